"""`make book`: python -m tools.build."""

from tools.build.book import main

main()
