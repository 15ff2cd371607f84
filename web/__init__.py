"""All that makes pages of the HTML: Sphinx extensions, styles and JavaScript."""
