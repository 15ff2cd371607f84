"""Every notebook runs in JupyterLite, from top to bottom and without an error."""

import contextlib

import pytest
from playwright.sync_api import TimeoutError as TookTooLong

from tests.browser.playground_in_a_notebook import check, playground_of, scroll_to
from tests.browser.test_live_pages import (
    CHAPTERS,
    PLAYGROUND,
    ROOT,
    keep_screenshot,
    visiting,
)

EXERCISES = sorted(path.stem for path in (ROOT / "notebooks/exercises").glob("*.ipynb"))


@pytest.fixture(scope="module")
def reader(browser, book_address):
    """One reader, who opens one notebook after the other."""
    with visiting(browser, book_address) as visit:
        yield visit


@pytest.mark.parametrize(
    "notebook", [*CHAPTERS, *(f"exercises/{name}" for name in EXERCISES)]
)
def test_notebook_runs_in_jupyterlite(reader, notebook):
    page = reader.open(f"lite/lab/index.html?reset&path=notebooks/{notebook}.ipynb")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-CodeCell")
    page.wait_for_selector(
        '.jp-Notebook-ExecutionIndicator[data-status="idle"]', state="attached"
    )
    for _ in range(3):  # once in 65 runs a press was lost
        page.click(".lm-MenuBar-itemLabel >> text=Run")
        page.click(".lm-Menu-itemLabel >> text=Run All Cells")
        with contextlib.suppress(TookTooLong):
            page.wait_for_selector(
                ".jp-CodeCell .jp-InputPrompt >> text=/[*0-9]/", timeout=30_000
            )
            break
    with keep_screenshot(page, f"jupyterlite-{notebook.split('/')[-1]}"):
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
