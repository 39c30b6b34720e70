# newsline: `make run` and `make test` need Python 3.11 and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# setuptools warns of every editable install
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint bench clean

run: $(VENV)/.run
	@$(BIN)/newsline run $(FEEDS)

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench

# pip 23.2, which Python 3.11 brings, fails on lxml[html-clean]: a newer one comes first.
$(VENV)/.pip: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' || \
	  { echo "newsline needs Python 3.11 or 3.12, and $(PYTHON) is another: make PYTHON=python3.11"; exit 1; }
	@echo "installing into $(VENV), about 800 MB: a minute or two, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) --upgrade pip
	@touch $@

$(VENV)/.run: $(VENV)/.pip pyproject.toml
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@$(INSTALL) --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) .cache data build *.egg-info
