"""What makes, serves and measures the book, and grades a class: `make` runs it."""
