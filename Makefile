# newsline: `make run` and `make test` need Python 3.11 to 3.14 and nothing else.
# Another interpreter than python3 gets an environment of its own: make check PYTHON=python3.13
PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV := $(if $(filter file,$(origin PYTHON)),.venv,.venv-$(VERSION))
BIN := $(VENV)/bin
# setuptools warns of every editable install
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Every file must have a hash of requirements/, which `make lock` writes.
LOCKED := $(INSTALL) --require-hashes
RUNTIME := requirements/connectors.txt requirements/worker.txt
TOOLS := .venv-tools

.PHONY: run docs cluster cluster-stop test check check-pythons lint bench bench-extraction bench-cluster quality quality-rules soak day gameday data lock sbom clean

run: $(VENV)/.run
	@$(BIN)/newsline run $(FEEDS)

# Files in parallel, the longest first: tests/conftest.py sorts them.
PYTEST := $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder
WITHOUT_SERVERS := not kafka and not flink and not postgres and not browser and not slow

# Three at a time on two cores: a test on Kafka or Flink waits for half of its time.
test: lint
	$(PYTEST) --numprocesses 3 --durations 20

# Every test that needs no server.
check: lint
	$(PYTEST) --numprocesses 2 -m "$(WITHOUT_SERVERS)"

# The same on the oldest and the newest Python of this machine: on the PATH, or by pyenv or uv.
PLACES := $(HOME)/.pyenv/versions/*/bin $(HOME)/.local/share/uv/python/*/bin $(subst :, ,$(PATH))
python = $(firstword $(foreach version,$(1),$(wildcard $(addsuffix /python$(version),$(PLACES)))))
PYTHONS = $(sort $(call python,3.11 3.12 3.13 3.14) $(call python,3.14 3.13 3.12 3.11))

check-pythons:
	@for python in $(PYTHONS); do $(MAKE) check PYTHON=$$python || exit 1; done

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Kafka and Flink as processes of this machine: needs a JDK 17 and Maven.
cluster: $(VENV)/.run
	@$(BIN)/python -m deploy.local start

cluster-stop: $(VENV)/.run
	@$(BIN)/python -m deploy.local stop

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

# Texts of real pages, by the measure of a public benchmark; under a minute.
bench-extraction: $(VENV)/.test
	$(BIN)/python -m benchmarks.extraction

# Reference pages in docs/, from the code.
docs: $(VENV)/.test
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tools.test_map

# How good the enrichment is, beside the bare libraries; writes docs/reference/quality.md.
quality: $(VENV)/.test
	$(BIN)/python -m evaluation

# Each rule of extraction left out, on three sets of pages; writes docs/reference/extraction-rules.md.
quality-rules: $(VENV)/.test
	$(BIN)/python -m evaluation.rules

bench-cluster: $(VENV)/.test
	$(BIN)/python -m benchmarks.cluster

# A thousand random faults on each broker and runner, in hours; SOAK_FAULTS says otherwise.
# The results are in data/soak; simulation.soak.page writes docs/reference/soak.md from them.
soak: $(VENV)/.test
	$(BIN)/python -m simulation.soak

# A day of a hundred news sites in a few minutes; DAY_SEED=… repeats one.
day: $(VENV)/.test
	$(BIN)/python -m simulation.day

# Each fault in a real newsline, watched by a real Prometheus with the shipped rules, in half an hour.
# The results are in data/gameday; simulation.gameday.page writes docs/reference/game-day.md from them.
gameday: $(VENV)/.test
	$(BIN)/python -m simulation.gameday

# Makes each shipped table and model again and compares; WRITE=1 replaces the shipped ones.
INPUTS ?= ../shared/data/topics
data: $(VENV)/.data
	$(BIN)/python -m tools.data $(INPUTS) $(if $(WRITE),--write)

# The packages of constraints.txt with the hashes of all their files, for each platform and Python.
LOCK := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --constraint constraints.txt

lock: $(TOOLS)/.done
	echo pip setuptools | tr ' ' '\n' | $(LOCK) --output-file requirements/build.txt -
	$(LOCK) --output-file requirements/connectors.txt --extra connectors pyproject.toml
	$(LOCK) --output-file requirements/worker.txt --extra flink pyproject.toml
	$(LOCK) --output-file requirements/otlp.txt --extra otlp pyproject.toml
	$(LOCK) --output-file requirements/test.txt --group test
	$(LOCK) --output-file requirements/tools.txt --group tools
	$(LOCK) --output-file requirements/data.txt --group data --group train --no-deps

# CycloneDX, of each image's Python packages. The image builder adds those of the base image.
sbom: $(TOOLS)/.done
	@mkdir -p build
	@for image in connectors worker; do \
	  PYTHONWARNINGS=ignore $(TOOLS)/bin/cyclonedx-py requirements requirements/$$image.txt --pyproject pyproject.toml \
	    --output-reproducible --output-file build/newsline-$$image.cdx.json && echo "build/newsline-$$image.cdx.json"; \
	done

# pip 23.2, which Python 3.11 brings, fails on lxml[html-clean]: a newer one comes first.
$(VENV)/.pip: requirements/build.txt
	$(if $(filter 3.11 3.12 3.13 3.14,$(VERSION)),,$(error newsline needs Python 3.11 to 3.14; $(PYTHON) is $(or $(VERSION),missing): make PYTHON=python3.13))
	@echo "installing into $(VENV), about 800 MB: a minute or two, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(LOCKED) --requirement requirements/build.txt
	@touch $@

$(VENV)/.run: $(VENV)/.pip pyproject.toml $(RUNTIME)
	@$(LOCKED) $(RUNTIME:%=--requirement %)
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt requirements/otlp.txt
	@$(LOCKED) --requirement requirements/test.txt --requirement requirements/otlp.txt
	@touch $@

$(VENV)/.data: $(VENV)/.run requirements/data.txt
	@$(LOCKED) --no-deps --requirement requirements/data.txt
	@touch $@

$(TOOLS)/.done: requirements/tools.txt
	@test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/tools.txt
	@touch $@

clean:
	test ! -e data/cluster/cluster.json || $(BIN)/python -m deploy.local stop
	rm -rf .venv .venv-3.* $(TOOLS) .cache data build *.egg-info
