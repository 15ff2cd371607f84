"""The files that bring the book's pages to life."""
