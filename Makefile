# make serve   sets up, builds the default graph, serves http://127.0.0.1:8000/graphql
# make test    sets up, with Chromium, and runs the tests
# make check   what CI runs: lint, types, layers, tests
# make fuzz    10,000 random operations against the query compiler
# make schema  writes schema.graphql
# make bench   this service beside other GraphQL servers, where its time goes, and how it grows
.PHONY: serve test check fuzz bench setup chromium lint schema clean
.DEFAULT_GOAL := serve

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

serve: setup
	$(BIN)/medcodegraph serve

test: setup chromium
	$(BIN)/python -m pytest

check: lint test

# 10,000 drawn operations, compiled and interpreted; FUZZ_SEED=n begins elsewhere
fuzz: setup
	MEDCODEGRAPH_FUZZ=$(or $(FUZZ),10000) MEDCODEGRAPH_FUZZ_SEED=$(or $(FUZZ_SEED),0) $(BIN)/python -m pytest -s tests/execution/test_compiler_fuzz.py

# Half an hour on two idle cores: beside other servers, where the time goes, the memory of workers,
# growth to two million concepts
bench: setup
	command -v wrk >/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends wrk; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	mkdir -p build/peers
	cp benchmarks/peers/node/* build/peers/
	cd build/peers && npm install --no-audit --no-fund --loglevel=error
	test -e data/manifest.json || $(BIN)/medcodegraph build
	$(BIN)/python -m benchmarks.peers.run data
	$(BIN)/python -m benchmarks.peers.profile data
	$(BIN)/python -m benchmarks.workers data
	$(BIN)/python -m benchmarks.growth

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
