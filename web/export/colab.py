"""Sphinx extension: keep the theme's Colab button on pages whose notebook runs in Colab.

The theme makes the button from `launch_buttons.colab_url` and `repository` in _config.yml. It
opens the notebooks of web/export/downloads.py, which exist for chapters, and only if the book's
address is known; .github/workflows/pages.yml commits them to the repository.
"""

from sphinx.errors import ConfigError

from publish.paths import NOTEBOOKS


def require_address(app, config):
    buttons = config.html_theme_options.get("launch_buttons", {})
    if buttons.get("colab_url") and not config.overrides.get("site_url"):
        raise ConfigError(
            "launch_buttons.colab_url in _config.yml: a notebook in Colab installs the book's "
            "modules from the book's address. Expected that address as site_url, found none."
        )


def remove_from_other_pages(app, pagename, templatename, context, doctree):
    chapters = {f"notebooks/{path.stem}" for path in NOTEBOOKS.glob("*.ipynb")}
    if pagename not in chapters and "header_buttons" in context:
        context["header_buttons"] = [
            button
            for button in context["header_buttons"]
            if button.get("label") != "launch-buttons"
        ]


def setup(app):
    app.connect("config-inited", require_address)
    after_the_theme = 502
    app.connect("html-page-context", remove_from_other_pages, after_the_theme)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
