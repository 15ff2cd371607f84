"""Chapter 6 in a real Jupyter Notebook: its playground works as in JupyterLab."""

from tests.browser.jupyter_server import serving
from tests.browser.playground_in_a_notebook import (
    PATIENCE,
    check,
    playground_of,
    scroll_to,
)


def test_playground_in_notebook(browser, tmp_path, free_port):
    with serving("notebook", tmp_path, free_port()) as (address, log):
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        troubles = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{address}/notebooks/06_train.ipynb")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=PATIENCE)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        playground = playground_of(page)
        scroll_to(page, playground)
        check(page, playground)
        page.close()
        assert troubles == []
        assert "Traceback" not in log.read_text()
