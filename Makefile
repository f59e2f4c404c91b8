# Two commands are enough for a newcomer: `make run` and `make test`. Each sets up all that it needs.

VENV ?= .venv
BIN := $(VENV)/bin
# The first interpreter that really runs and is new enough: some names on the path are only stand-ins for absent versions.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
DATA ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint bundle screenshots record bench clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python"; exit 2; }
	@"$(PYTHON)" -m venv "$(VENV)" || { rm -rf "$(VENV)"; \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 2; }

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/run.stamp ## Start the whole service with a sample discussion; PORT chooses the port
	@exec $(BIN)/python -m moderation serve

lint: $(VENV)/test.stamp ## Style, types and the rules of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## Everything that is checked, with servers and a browser of its own
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest -n 2 -rs

# Sums come out the same on every x86-64 processor with AVX2: what newer ones do differently is switched off.
SAME_SUMS := OPENBLAS_CORETYPE=Haswell NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR"

bundle: $(VENV)/run.stamp ## Train both shipped bundles again, bit for bit, from DATA=folder
	@test -n "$(DATA)" || { echo "Say where the labelled files are: make bundle DATA=folder"; exit 2; }
	$(SAME_SUMS) $(BIN)/python -m classifiers train --data "$(DATA)" --out classifiers/bundles/starter.alochona
	$(SAME_SUMS) $(BIN)/python -m classifiers train --data "$(DATA)" --permissive --out classifiers/bundles/starter-permissive.alochona

screenshots: $(VENV)/test.stamp ## Take a picture of every page, in both languages and themes, into var/screenshots
	$(BIN)/python -m tests.browser.screenshots

record: $(VENV)/test.stamp ## Record two moderators clearing a queue of 500, into var/recording
	ALOCHONA_RECORD=var/recording $(BIN)/python -m pytest -q tests/browser/test_two_moderators.py
	@echo "Look at it: $(BIN)/playwright show-trace var/recording/Nasrin.zip"

bench: $(VENV)/test.stamp ## Measure ingest and pipeline, each against its peer
	PYTHONPATH=. $(BIN)/python bench/ingest.py
	PYTHONPATH=. $(BIN)/python bench/pipeline.py

clean: ## Remove the virtual environment and caches; data under var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
