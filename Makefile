# All commands run in .venv, which the first one creates. `make help` lists them.

PYTHON ?= python3
RUN := .venv/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check

ifdef MIRROR # install and fetch from a folder that `make mirror` has written, not from a registry
checked := $(shell $(PYTHON) -m web.export.mirror --check "$(MIRROR)" >&2 && echo yes)
ifneq ($(checked),yes)
$(error MIRROR="$(MIRROR)" cannot be used)
endif
export PIP_NO_INDEX := 1
export PIP_FIND_LINKS := $(shell $(PYTHON) -c 'import pathlib, sys; \
    print((pathlib.Path(sys.argv[1]).resolve() / "packages").as_uri())' "$(MIRROR)")
export NN_BOOK_CACHE := $(shell cd "$(MIRROR)" && pwd)/files
endif

.PHONY: help book slides pdf serve lint check test test-all test-hub exercises release grade bench bench-grading \
    lock mirror release-book readme-pictures clean
.DEFAULT_GOAL := help

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 24

book: .venv/book ## build the book in _build/html (SOLUTIONS=0: without solutions)
	@$(if $(SOLUTIONS),SOLUTIONS=$(SOLUTIONS)) $(RUN) -m publish

slides: .venv/book ## write the slides again, from the results of the last build
	@$(RUN) -m web.export.slides

pdf: book .venv/pdf ## write the book as one PDF to _build/pdf (needs Chromium)
	@$(RUN) -m web.export.pdf

serve: .venv/book ## serve the built book on this computer, and print its address
	@$(RUN) -m publish.serve

lint: .venv/test ## check format, common mistakes and types
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m publish.javascript check

check: lint ## lint, and run the quick tests: no browser, no build, no sandbox
	@$(RUN) -m pytest -n auto -q \
	    -m "not (build or nightly or browser or slow or grading)"

# On a busy machine a page may not respond for a minute: a test that timed out waiting for one is
# retried once, and the summary names it.
ONCE_MORE = --reruns 1 --only-rerun "Timeout(Error|Exception)" --only-rerun "still not so after"

test: lint ## run all tests that protect readers, students and teachers, in Chromium
	@$(RUN) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ONCE_MORE) \
	    -m "not nightly"

test-all: test ## also test other browsers and versions, long fuzzing, the hub
	@FUZZ_TIMES=$${FUZZ_TIMES:-20} $(RUN) -m pytest $(ONCE_MORE) \
	    -m "nightly or fuzz"
	@$(MAKE) --no-print-directory test-hub

test-hub: .venv/hub ## test a class on a real JupyterHub (as root, on Linux)
	@$(RUN) -m tests.hub.try_jupyterhub

exercises: .venv/classroom ## write notebooks/exercises/, for students, from exercises/
	@$(RUN) -m grading.student_copies

release: .venv/classroom ## pack the exercises for students, one .zip for each assignment
	@$(RUN) -m grading.command release

grade: .venv/classroom ## grade SUBMISSIONS=folder-or-zip; without it, write the tables again
	@$(RUN) -m grading.command grade $(if $(SUBMISSIONS),"$(SUBMISSIONS)") $(if $(DASK),--dask $(DASK))

bench: book .venv/bench ## run the benchmarks of the page "How fast, and why"
	@$(RUN) benchmarks/run_all.py

bench-grading: .venv/classroom ## benchmark grading with 300 submissions, also interrupted
	@$(RUN) benchmarks/grading_a_class.py --json _build/grading.json

lock: .venv/lock ## update requirements-lock.txt to the newest versions (for LOCKED=1)
	@$(RUN) -m publish.lock_requirements

mirror: .venv/book ## copy all downloads of a build to _build/mirror (for MIRROR=folder)
	@$(RUN) -m web.export.mirror $(if $(LOCKED),--locked)

release-book: book ## pack the built book into one .zip, for any static host
	@$(RUN) -m web.export.release_book

readme-pictures: book .venv/test ## take the README's pictures again
	@$(RUN) -m web.export.readme_pictures

clean: ## delete _build and .venv
	rm -rf _build .venv

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and \
	    "The book needs Python 3.10 or newer; make book PYTHON=python3.12 names another")'
	@echo "Setting up .venv …"
	@$(PYTHON) -m venv --clear .venv
	@pwd > $@

.venv/book: pyproject.toml requirements.txt .venv/made
	@echo "Installing the packages of the book (a minute or two) …"
ifeq ($(LOCKED),1)
	@$(INSTALL) --require-hashes --only-binary=:all: -r requirements-lock.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
else
	@$(INSTALL) -r requirements.txt
endif
	@touch $@

.venv/test .venv/pdf .venv/bench .venv/lock .venv/classroom .venv/hub: .venv/%: .venv/book
	@echo "Installing packages ($*) …"
	@$(INSTALL) -e ".[$*]"
	@touch $@

# An environment cannot be moved: if the project's folder was moved, create it again.
ifneq ($(shell cat .venv/made 2>/dev/null),$(shell pwd))
$(shell rm -f .venv/made)
endif
