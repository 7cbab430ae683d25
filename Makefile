# Every target is one line into Python or Pulumi. `make PYTHON=python3.12 …` picks the Python that makes .venv.
# STACK names the stack: local (the local workspace), dev, prod; STACKS several of them; BASE a version to compare with.
PYTHON ?= python3
STACK ?= local
STACKS ?= dev prod
BASE ?= origin/main
VENV := .venv/bin
WORKSPACE := $(VENV)/python -m local_workspace
PIPELINES := $(VENV)/python -m pipelines
# The local stack has a backend and credentials of its own; for others they come from the environment.
ENVIRONMENT = $(if $(filter local,$(STACK)),$(WORKSPACE),$(VENV)/python -m toolchain) env
WITH_PULUMI = variables="$$($(ENVIRONMENT))" && eval "$$variables" &&

.DEFAULT_GOAL := help
.PHONY: help local preview check review values deploy settled drift comment issue stop clean venv toolchain test lint bench evaluate

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

local: venv toolchain  ## deploy everything to a local workspace and show the values
	@$(WORKSPACE) deploy

preview:  ## show what a deployment to STACK (the local workspace) would change
	@$(WITH_PULUMI) pulumi preview --diff --stack $(STACK)

check: venv  ## check every metric and monitor, without a workspace
	@$(VENV)/python -m monitoring check

review: venv toolchain  ## what a deployment to STACK would change, as text for a pull request
	@$(WITH_PULUMI) $(PIPELINES) review --stack $(STACK)

values: venv  ## which values of metrics differ from BASE, on the sample data
	@$(PIPELINES) values --base "$(BASE)"

deploy: venv toolchain  ## deploy to STACK, wait for new tables, write their comments
	@$(WITH_PULUMI) $(PIPELINES) deploy --stack $(STACK)

settled: venv toolchain  ## fail when a deployment to STACK would still change something
	@$(WITH_PULUMI) pulumi preview --expect-no-changes --non-interactive --stack $(STACK)

drift: venv toolchain  ## fail when the workspace of STACK is not as it was deployed
	@$(WITH_PULUMI) $(PIPELINES) drift --stack $(STACK)

comment: venv  ## put what `review` kept of STACKS, and `values`, on PULL_REQUEST, in one comment
	@$(PIPELINES) comment --stacks "$(STACKS)" --pull-request "$(PULL_REQUEST)"

issue: venv  ## open, renew or close the one issue about what `drift` kept of STACKS
	@$(PIPELINES) issue --stacks "$(STACKS)"

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

bench: venv  ## measure against other ways to get the same numbers, and write docs/benchmarks.md (2 hours)
	@$(VENV)/python -m benchmarks --write docs/benchmarks.md

evaluate: venv  ## how well the alerts find known incidents; REAL=folder evaluates labelled files too
	@$(VENV)/python -m evaluation $(if $(REAL),--real "$(REAL)") $(if $(SAVE),--save "$(SAVE)")
