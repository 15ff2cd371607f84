"""Sphinx extension: canonical URLs, a sitemap and link previews for a published book.

They need the book's address as `site_url` in _config.yml; without it, pages have none of them.
Sphinx writes the canonical URLs, sphinx-sitemap the sitemap, sphinxext-opengraph the previews.
"""

from sphinx.errors import ConfigError

PREVIEW = "_static/playground.png"


def setup(app):
    # Jupyter Book passes its settings as overrides, which exist before any extension.
    site_url = app.config.overrides.get("site_url")
    if site_url:
        if not str(site_url).startswith("https://"):
            raise ConfigError(
                f"site_url in _config.yml: expected the book's address, https://…, "
                f"found {site_url!r}"
            )
        site_url = site_url.rstrip("/") + "/"
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.config.html_baseurl = app.config.site_url = site_url
        app.config.sitemap_url_scheme = "{link}"
        app.config.ogp_site_url = site_url
        app.config.ogp_image = site_url + PREVIEW
        app.config.ogp_image_alt = "The playground: a boundary winding between points"
        app.config.ogp_social_cards = {"enable": False}
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
