"""nbgrader's settings for the book's exercises: book/grading.md explains them.

nbgrader reads this file when it is started in this folder. The course's files go to the
folder classroom/, or to the one that the environment variable CLASSROOM names.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # nbgrader may be of a Python that lacks this project

from grading.marks.nbgrader_settings import settings  # noqa: E402

get_config().merge(  # noqa: F821  (nbgrader provides it)
    settings(os.environ.get("CLASSROOM", HERE / "classroom"))
)
