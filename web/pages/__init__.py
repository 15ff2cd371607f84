"""Sphinx extensions of the book; _config.yml lists them."""
