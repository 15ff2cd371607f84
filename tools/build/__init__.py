"""The HTML book, its slides and its PDF."""
