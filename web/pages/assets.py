"""Provide the files that Sphinx is to publish before it looks for them."""

from publish.errors import exit_on_build_error
from web.pages.bundle import bundle

BEFORE_CHECKS = 400  # Sphinx checks paths at priority 800 and reads _toc.yml at 900


def prepare_files(app, prepare):
    """Call prepare() at the start of a build; its BuildError stops the build."""

    def run(app, config):
        with exit_on_build_error():
            prepare()

    app.connect("config-inited", run, priority=BEFORE_CHECKS)


def publish_assets(app, folder, *names):
    """Copy files of the folder into the built book's _static folder, scripts bundled."""

    def add(app, config):
        config.html_static_path += [
            str(bundle(name) if name.endswith(".js") else folder / name)
            for name in names
        ]

    app.connect("config-inited", add, priority=BEFORE_CHECKS)
