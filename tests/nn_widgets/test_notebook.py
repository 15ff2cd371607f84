"""Chapter 6 in a real Jupyter Notebook: the playground works as in JupyterLab."""

import pytest

from tests.nn_widgets.jupyter_server import serving
from tests.nn_widgets.playground_in_a_notebook import (
    check,
    playground_of,
    run_all_cells,
    scroll_to,
    wait_for_kernel,
)

pytestmark = [pytest.mark.browser, pytest.mark.nightly]


def test_playground_in_notebook(browser, tmp_path, free_port):
    """Protects readers in Jupyter Notebook 7."""
    with serving("notebook", tmp_path, free_port()) as (address, log):
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        page.goto(f"{address}/notebooks/06_train.ipynb")
        run_all_cells(page)
        troubles = []  # ignores errors of Notebook's own extensions during its start
        page.on("pageerror", lambda error: troubles.append(str(error)))
        wait_for_kernel(page, "idle")
        playground = playground_of(page)
        scroll_to(page, playground)
        check(page, playground)
        page.close()
        assert troubles == []
        assert "Traceback" not in log.read_text()
