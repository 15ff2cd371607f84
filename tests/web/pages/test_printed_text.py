"""A page shows the same printed text however the kernel has split it."""

import pytest
from nbformat.v4 import new_output

from web.pages import printed_text


@pytest.mark.parametrize("cut", range(12))
def test_where_it_is_cut_makes_no_difference(cut):
    text = "one\n\n two\nx\n"
    picture = new_output("display_data", {"image/png": ""})
    outputs = [
        new_output("stream", name="stdout", text=text[:cut]),
        picture,
        new_output("stream", name="stderr", text="warning\n"),
        new_output("stream", name="stdout", text=text[cut:]),
    ]
    found = printed_text._coalesce_streams(printed_text.joined(outputs))
    assert [output.get("text") for output in found] == [text, None, "warning\n"]
    assert found[1] is picture
