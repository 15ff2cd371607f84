"""Build the book where there is no make: python tools/build_book.py."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the project, installed or not

from publish.book import main  # noqa: E402

if __name__ == "__main__":
    main()
