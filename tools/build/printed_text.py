"""What a cell prints, in one piece: a kernel sends it cut where the clock would have it."""


def joined(outputs):
    """Return a cell's outputs with all that went to one stream in its first piece."""
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
