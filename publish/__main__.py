"""`make book`: python -m tools.build."""

from publish.book import main

main()
