"""Release and grade exercises with options: python tools/grade.py --help."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the project, installed or not

from grading.command import main  # noqa: E402

if __name__ == "__main__":
    main()
