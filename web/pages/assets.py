"""Publish style sheets, scripts and pictures that lie beside the extension that needs them."""


def publish_assets(app, folder, *names):
    """Copy files of the folder into the built book's _static folder."""

    def add(app, config):
        config.html_static_path += [str(folder / name) for name in names]

    app.connect("config-inited", add, priority=400)  # before Sphinx looks at the paths
