# onrecord: `make` lists what can be made. Needs python3 (3.11 or newer) and make; everything else goes into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers
DATA ?= data
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test quick lint format docs docs-site cookbook faults screenshots fuzz quality lock clean
.PHONY: bench bench-explore bench-html bench-landing bench-near bench-normalise bench-overhead bench-quotes bench-scale bench-stream
.PHONY: bench-warehouse

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with the locked dependencies

# The lock has hashes and no index lines. --no-deps, because it is complete and the pip that comes with Python 3.11
# refuses hashes together with extras; `pip check` then proves that it is complete.
$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "onrecord needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	@echo "Setting up $(VENV): about 2 GB to fetch and unpack. That takes minutes, in which nothing is printed."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	touch $@

run: $(READY) ## Ingest seeds/ into ./data (DATA=folder for another)
	$(BIN)/onrecord ingest seeds --data $(DATA)

test: $(READY) ## Run the tests
	$(BIN)/python -m pytest

quick: $(READY) ## Run the tests that need neither the model nor a Prefect server
	$(BIN)/python -m pytest -m "not model and not e2e and not faults"

lint: $(READY) ## Check style, types, import contracts and generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m warehouse.tables.docs | diff docs/tables.md -

format: $(READY) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY) ## Write docs/tables.md anew and render the docs as a site
	$(BIN)/python -m warehouse.tables.docs > docs/tables.md
	@$(MAKE) --no-print-directory docs-site

cookbook: $(READY) ## Write the results in the README and docs/cookbook.md anew
	$(BIN)/python -m tests.cookbook

docs-site: $(READY) ## Render the docs as a site in build/site; broken links fail
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

# Peers to measure against; what the lock has stays as it is, since it satisfies them.
$(PEERS): $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --editable '.[bench,fuzz]'
	touch $@

bench: $(PEERS) ## Measure speed against peers (an hour and more; goes on where it was interrupted, FRESH=1 begins anew)
	$(BIN)/python -m benchmarks.page $(if $(FRESH),--fresh)

bench-scale: $(READY) ## Measure how time and memory grow up to 30,000 articles (an hour; goes on where it was interrupted)
	$(BIN)/python -m benchmarks.scale $(if $(FRESH),--fresh)

bench-stream: $(READY) ## Measure memory over a stream of MINUTES (default 60)
	$(BIN)/python -m benchmarks.stream --minutes $(or $(MINUTES),60) --write

bench-warehouse: $(READY) ## Measure the warehouse beside Delta Lake (an hour, 6 GB)
	$(BIN)/python -m benchmarks.warehouse $(if $(BENCH_KEEP),--keep $(BENCH_KEEP))

bench-explore: $(READY) ## Measure the explorer on 100,000 documents in Chromium (minutes, 0.5 GB)
	$(BIN)/python -m benchmarks.explore --write $(if $(BENCH_KEEP),--keep $(BENCH_KEEP))

bench-html: $(PEERS) ## Score the text, date and title of web pages beside peers (needs ONRECORD_SHARED)
	$(BIN)/python -m benchmarks.html

bench-normalise: $(READY) ## Measure cleaning step by step on ONRECORD_SHARED
	$(BIN)/python -m benchmarks.normalise

bench-near: $(READY) ## Measure near duplicates on ONRECORD_SHARED: recall, pairs, speed
	$(BIN)/python -m benchmarks.near_duplicates

fuzz: $(PEERS) ## Feed hostile bytes to the readers and the quote matcher (45 minutes; ONLY="html csv", MINUTES=1)
	$(BIN)/python -m benchmarks.fuzz --jobs 2 $(if $(ONLY),--only $(ONLY)) $(if $(MINUTES),--minutes $(MINUTES),--write docs/fuzzing.md)

bench-landing: $(READY) ## List and plan 10k, 100k and 1M files: seconds and memory (half an hour)
	$(BIN)/python -m benchmarks.landing

bench-overhead: $(READY) ## A whole ingest against a plain loop on the same pool
	$(BIN)/python -m benchmarks.overhead

bench-quotes: $(PEERS) ## Measure quotes and speakers beside other systems, and what they cost (minutes)
	$(BIN)/python -m benchmarks.quotes_vs_peers --write
	$(BIN)/python -m benchmarks.quotes_cost --write
	$(BIN)/python -m benchmarks.rejected_marks

faults: $(READY) ## Kill, race and starve it (minutes)
	$(BIN)/python -u -m tests.faults --write docs/faults.md
	$(BIN)/python -m pytest -m faults --timeout 1800

screenshots: $(READY) ## Take the pictures of the UI in docs/images (needs Chromium)
	ONRECORD_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/e2e/test_browser.py tests/e2e/test_explore.py \
		tests/e2e/test_show_page.py::test_the_sample_article_tells_who_its_speaker_is

quality: $(READY) ## Score quotes and speakers on the gold of seeds/, and on ONRECORD_SHARED where present
	$(BIN)/python -m tests.quality

lock: $(READY) ## Resolve the dependencies anew into requirements.lock
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --extra docs --extra s3 --extra delta --extra dask --extra explore \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade pyproject.toml \
		--output-file requirements.lock

clean: ## Remove .venv, caches and ./data
	rm -rf $(VENV) data build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
