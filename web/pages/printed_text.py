"""Sphinx extension: show what a cell prints as it was printed.

A kernel sends printed text in pieces, split at arbitrary points, depending on timing. MyST-NB
(nb_merge_streams) ends each piece with a line break of its own, so that a split just before a
line break adds an empty line. Here the pieces are joined before MyST-NB sees them.
"""

from myst_nb.core import render

_coalesce_streams = render.coalesce_streams


def joined(outputs):
    """Return a cell's outputs with all text of one stream in its first piece."""
    streams, kept = {}, []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = output
            kept.append(output)
    return kept


def setup(app):
    """Join the pieces for Sphinx's builds."""
    render.coalesce_streams = lambda outputs: _coalesce_streams(joined(outputs))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
