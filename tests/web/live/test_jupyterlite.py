"""Every notebook runs in JupyterLite, from top to bottom and without an error."""

import pytest

from publish.serve import serving
from tests.conftest import nightly_but
from tests.nn_widgets.playground_in_a_notebook import (
    check,
    playground_of,
    run_all_cells,
    scroll_to,
)
from tests.web.live.test_live_pages import (
    CHAPTERS,
    PLAYGROUND,
    ROOT,
    screenshot_of_failure,
    visiting,
)

pytestmark = pytest.mark.browser

EXERCISES = sorted(path.stem for path in (ROOT / "notebooks/exercises").glob("*.ipynb"))


def test_the_notebooks_find_the_data(built_book):
    assert (built_book / "lite/files/notebooks/data/digits.npz").is_file()


@pytest.fixture(scope="module")
def reader(browser, built_book):
    """Yield a visit in which one reader opens all the notebooks, served by `make serve`."""
    with serving(built_book) as address, visiting(browser, address) as visit:
        yield visit


NOTEBOOKS = [*CHAPTERS, *(f"exercises/{name}" for name in EXERCISES)]


@pytest.mark.parametrize("notebook", nightly_but(PLAYGROUND, NOTEBOOKS))
def test_notebook_runs_in_jupyterlite(reader, notebook):
    """Protects readers without Jupyter: a notebook runs whole, under the book's policy."""
    page = reader.open(f"lite/lab/index.html?reset&path=notebooks/{notebook}.ipynb")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-CodeCell")
    run_all_cells(page)
    with screenshot_of_failure(page, f"jupyterlite-{notebook.split('/')[-1]}"):
        page.wait_for_function(
            """() => {
                const error = document.querySelector('[data-mime-type$="jupyter.error"]');
                const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
                return error || prompts.length
                    && prompts.every(prompt => /[0-9]/.test(prompt.textContent));
            }"""
        )
    errors = page.eval_on_selector_all(
        '[data-mime-type$="jupyter.error"], [data-mime-type$="jupyter.stderr"]',
        "all => all.map(output => output.textContent.slice(-500))",
    )
    assert errors == []
    if notebook == PLAYGROUND:
        playground = playground_of(page)
        scroll_to(page, playground)
        check(page, playground)
