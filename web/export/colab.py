"""Sphinx extension: Jupyter Book's Colab button, where Colab finds a notebook that runs there.

The theme makes the button of `launch_buttons.colab_url` and `repository` in _config.yml. Its
notebooks are those of web/export/downloads.py, which only chapters have, and only if the
book's address is known; .github/workflows/pages.yml puts them into the repository.
"""

from sphinx.errors import ConfigError

from publish.paths import NOTEBOOKS


def need_an_address(app, config):
    buttons = config.html_theme_options.get("launch_buttons", {})
    if buttons.get("colab_url") and not config.overrides.get("site_url"):
        raise ConfigError(
            "launch_buttons.colab_url in _config.yml: a notebook in Colab installs the book's "
            "modules from the book's address. Expected that address as site_url, found none."
        )


def keep_on_chapters(app, pagename, templatename, context, doctree):
    chapters = {f"notebooks/{path.stem}" for path in NOTEBOOKS.glob("*.ipynb")}
    if pagename not in chapters and "header_buttons" in context:
        context["header_buttons"] = [
            button
            for button in context["header_buttons"]
            if button.get("label") != "launch-buttons"
        ]


def setup(app):
    app.connect("config-inited", need_an_address)
    app.connect("html-page-context", keep_on_chapters, priority=502)  # the theme's: 501
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
