# Every target is one line into Python. `make PYTHON=python3.12 …` picks the Python that makes .venv.
PYTHON ?= python3
VENV := .venv/bin
WORKSPACE := $(VENV)/python -m local_workspace

.DEFAULT_GOAL := help
.PHONY: help local preview stop clean venv toolchain test lint bench evaluate

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

local: venv toolchain  ## deploy everything to a local workspace and show the values
	@$(WORKSPACE) deploy

preview:  ## show what a deployment to the local workspace would change
	@variables="$$($(WORKSPACE) env)" && eval "$$variables" && pulumi preview --diff --stack local

stop:  ## end the local workspace; its data stays
	@$(WORKSPACE) stop

clean:  ## end the local workspace and remove everything in .local and dist
	@if [ -x $(VENV)/python ]; then $(WORKSPACE) stop; fi && rm -rf .local dist

venv:  ## make .venv with the pinned packages, again when they change
	@$(PYTHON) -m toolchain venv

toolchain:  ## make the Pulumi programs available: an official CLI, or built into a cache (10 minutes, once)
	@$(PYTHON) -m toolchain install

lint: venv  ## formatting, lint rules, types
	@$(VENV)/python -m ruff format --check . && $(VENV)/python -m ruff check . && $(VENV)/python -m mypy

test: venv toolchain lint  ## everything: lint and all tests, with the real Pulumi programs
	@$(VENV)/python -m pytest -n 2

bench: venv  ## measure against other ways to get the same numbers, and write docs/benchmarks.md (25 minutes)
	@$(VENV)/python -m benchmarks --write docs/benchmarks.md

evaluate: venv  ## how well the alerts find known incidents; REAL=folder evaluates labelled files too
	@$(VENV)/python -m evaluation $(if $(REAL),--real "$(REAL)") $(if $(SAVE),--save "$(SAVE)")
