# GNU make. `make` lists the targets. Extra words for a target's command go into ARGS: make serve ARGS="--port 0"

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
CODE := mockserver tests typing_tests hatch_build.py
CLIENTS := tests/clients
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP := $(BIN)/python -m pip install --quiet --no-input

# Node.js trusts only the certificates it comes with; behind a company's proxy the system's are the right ones.
CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(CERTIFICATES),)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

.PHONY: help serve test lint format bench soak storm mutants conform docs check clean clients

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(VENV)/.serve  ## start the fake APIs on http://127.0.0.1:4080 (ARGS="--port 0")
	@exec $(BIN)/mockserver serve $(ARGS)

test: $(VENV)/.dev clients  ## run every test (ARGS="tests/cli -k help")
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(VENV)/.dev  ## check style, format and types
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

format: $(VENV)/.dev  ## put the code into its one format
	$(BIN)/ruff check --fix --exit-zero $(CODE)
	$(BIN)/ruff format $(CODE)

bench: $(VENV)/.dev  ## measure speed and print the table
	$(BIN)/python -m tests.benchmarks $(ARGS)

soak: $(VENV)/.dev  ## mixed traffic for minutes, with faults and restarts (ARGS="--minutes 30 -- --workers 2 --store redis://")
	$(BIN)/python -m tests.soak $(ARGS)

storm: $(VENV)/.dev  ## race, kill and stop servers, workers and redis-server (ARGS="--races 2000 --kills 200")
	$(BIN)/python -m tests.soak.workers $(ARGS)

mutants: $(VENV)/.dev  ## see which client bugs each suite of tests finds (ARGS="--suite c")
	$(BIN)/python -m tests.mutants $(ARGS)

docs: $(VENV)/.dev  ## write the generated tables of README.md and the guide anew
	$(BIN)/python -m tests.house.docs

conform: $(VENV)/.dev  ## see which server bugs mockserver check finds, and judge the fake itself (ARGS="--healthy --seeds 20")
	$(BIN)/python -m tests.servers $(ARGS)

check: lint test  ## what CI runs: lint, then test

clean:  ## remove .venv and everything else that was made
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis $(CLIENTS)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment of any Python from 3.11 on: the first of these that is one, or make PYTHON=/path/to/python.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && break; done)

$(BIN)/python:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then echo "No Python 3.11 or newer on PATH: install one, or name it: make PYTHON=/path/to/python" >&2; exit 3; fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); echo "$$python can't make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 3; }

$(VENV)/.serve: pyproject.toml | $(BIN)/python
	@echo "Installing mockserver into $(VENV) (once, about a minute)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing mockserver and its development tools into $(VENV) (once, about a minute)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.serve

clients: $(if $(wildcard $(CLIENTS)/package.json),$(if $(shell command -v npm),$(CLIENTS)/node_modules/.installed))  ## install the npm clients the tests use

$(CLIENTS)/node_modules/.installed: $(wildcard $(CLIENTS)/package.json $(CLIENTS)/package-lock.json)
	@echo "Installing the npm clients the tests use into $(CLIENTS)/node_modules"
	@npm ci --prefix $(CLIENTS) --no-audit --no-fund --loglevel=error
	@touch $@
