"""What a cell prints stands in the page as it was printed.

A kernel sends it in pieces, cut where the clock would have it. MyST-NB (nb_merge_streams)
gives each piece a line end of its own, so a cut just before a line end makes an empty line.
Here the pieces are joined first, and MyST-NB finds one.
"""

from myst_nb.core import render

from tools.build.printed_text import joined

_coalesce_streams = render.coalesce_streams


def setup(app):
    """Sphinx calls this when it loads the extension."""
    render.coalesce_streams = lambda outputs: _coalesce_streams(joined(outputs))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
