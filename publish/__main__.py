"""Build the book, as `make book` does: python -m publish."""

from publish.book import main

main()
