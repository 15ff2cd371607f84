"""Import the modules that the book's pages import, and use them once, inside Pyodide.

make_snapshot.mjs runs this before it saves Python's memory. The code runs in the pages' kernel
but sends nothing to a page. Afterwards the session is new: no names, no open widgets or
figures, and the execution count is 1.
"""

import gc
import linecache

import pyodide_kernel
from pyodide_kernel import ipython_shell, kernel_instance

USE_ONCE = [
    """
import matplotlib.pyplot as plt
import numpy as np
import nn_check, nn_core, nn_fast, nn_widgets
figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
ax.plot([1, 2, 3], label="a")
ax.set(title="Two lines", xlabel="x", ylabel="y")
ax.legend()
plt.show()
figure, axes = plt.subplots(1, 3, figsize=(9, 1.3), layout="constrained")
for ax in axes:
    ax.imshow(np.zeros((8, 8)), cmap="gray_r")
    ax.set_axis_off()
plt.show()
""",
    "print(nn_core.NeuralNetwork(2, 4, 1).fit(*nn_core.xor(), learning_rate=1, epochs=3))",
    "playground = nn_widgets.Playground(batch_size=10)\nplayground",
    "steps = nn_widgets.OneStep()\nsteps",
    """
import ipywidgets
ipywidgets.Widget.close_all()
plt.close("all")
del playground, steps
""",
]


def no_page(*args, **kwargs):
    """Do nothing: takes the place of functions that send something to a page."""


def main():
    publisher, streams = ipython_shell.display_pub, []
    ipython_shell.send_comm = no_page
    publisher.display_data_callback = no_page
    publisher.update_display_data_callback = no_page
    publisher.clear_output_callback = no_page
    ipython_shell.displayhook.publish_execution_result = no_page
    kernel_instance._parent_header = {}
    for stream in (pyodide_kernel.stdout_stream, pyodide_kernel.stderr_stream):
        stream.publish_stream_callback = no_page
        streams.append(stream)
    for code in USE_ONCE:
        result = ipython_shell.run_cell(code, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error:
            raise RuntimeError(f"This cell failed during warm-up:\n{code}") from error
    leave_no_trace(publisher, streams)


def leave_no_trace(publisher, streams):
    import comm
    import ipywidgets
    import matplotlib.font_manager
    import matplotlib.pyplot

    ipython_shell.reset(new_session=True)
    ipython_shell.execution_count = 1
    for stream in streams:
        stream.publish_stream_callback = None
    publisher.display_data_callback = None
    publisher.update_display_data_callback = None
    publisher.clear_output_callback = None
    ipython_shell.displayhook.publish_execution_result = None
    del ipython_shell.send_comm, kernel_instance._parent_header
    linecache.checkcache()
    for name in [n for n in linecache.cache if "ipykernel" in n or n[:1] == "<"]:
        del linecache.cache[name]
    matplotlib.font_manager._get_font.cache_clear()  # its cached fonts keep files open
    gc.collect()
    gc.collect()
    assert not comm.get_comm_manager().comms
    assert not ipywidgets.widgets.widget._instances
    assert not matplotlib.pyplot.get_fignums()


main()
