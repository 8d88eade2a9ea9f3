# make serve   sets up, builds the default graph, serves http://127.0.0.1:8000/graphql
# make test    sets up, with Chromium, and runs the tests
# make check   what CI runs: lint, types, layers, tests
.PHONY: serve test check setup chromium lint schema clean
.DEFAULT_GOAL := serve

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

serve: setup
	$(BIN)/medcodegraph serve

test: setup chromium
	$(BIN)/python -m pytest

check: lint test

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

schema: setup
	$(BIN)/medcodegraph schema > schema.graphql

setup: $(READY)

$(READY): pyproject.toml constraints.txt service/web/bundle.py
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends python3-venv; }
	command -v npm >/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends npm; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

chromium:
	command -v chromium >/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends chromium; }

clean:
	rm -rf .venv data build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
