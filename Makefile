# Every target installs what it needs first, and only when the pinned requirements have changed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 4566
export PYTHON
VENVS := .local/venvs
LOCAL := $(VENVS)/local/bin/python -m local
DEV := $(VENVS)/dev/bin
NPM := tools/npm/node_modules
SAM := SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/$(VENVS)/sam/bin:$$PATH" AWS_DEFAULT_REGION=eu-west-1 sam

.PHONY: help
help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo
	@echo "  DETACH=1 lets run return when it is ready, PORT=4666 takes another port,"
	@echo "  ARGS='-k capture' goes to pytest."

# ---- the local system

.PHONY: run
run: ## Starts everything on this machine and stays until Ctrl-C (DETACH=1: returns when ready)
	@local/venv local sam
	@$(LOCAL) up --port $(PORT) $(if $(DETACH),--detach)

.PHONY: stop
stop: ## Ends what `make run DETACH=1` started
	@if [ -x $(VENVS)/local/bin/python ]; then $(LOCAL) down; else echo "Nothing was running."; fi

.PHONY: deploy
deploy: ## Brings your changes into the running local system
	@local/venv local sam
	@$(LOCAL) deploy --port $(PORT)

.PHONY: show
show: ## Says what to open
	@local/venv local
	@$(LOCAL) show --port $(PORT)

.PHONY: env
env: ## API and TOKEN of the first demo merchant: eval "$$(make -s env)"
	@local/venv local >&2
	@$(LOCAL) env --port $(PORT)

# ---- tests and checks

SYSTEM := tests/flows tests/browser

.PHONY: test
test: ## Everything that must hold: check, then all tests, those of the deployed system beside all others
	@local/venv dev local sam checkov
	@$(MAKE) -j2 check
	@local/chromium >/dev/null
	@(trap - INT; exec $(DEV)/python -m pytest $(SYSTEM) $(ARGS)) >.local/system.log 2>&1 & system=$$!; \
	  $(DEV)/python -m pytest $(addprefix --ignore=,$(SYSTEM)) $(ARGS); others=$$?; \
	  wait $$system; system=$$?; cat .local/system.log; \
	  for code in $$others $$system; do case $$code in 0) ;; 5) [ -n "$(ARGS)" ] || exit 5 ;; *) exit $$code ;; esac; done

.PHONY: check
check: lint types template description ## Lint, types, template and the API's description, without tests

.PHONY: lint
lint: ## Style, format, and which module may import which
	@local/venv dev
	@$(DEV)/ruff check .
	@$(DEV)/ruff format --check .
	@PYTHONPATH=layers/tillgate $(DEV)/lint-imports --no-cache --no-logo >.local/imports.log || { cat .local/imports.log; exit 1; }

.PHONY: format
format: ## Mends style and format
	@local/venv dev
	@$(DEV)/ruff check --fix .
	@$(DEV)/ruff format .

.PHONY: types
types: ## mypy, strict
	@local/venv dev
	@$(DEV)/mypy

.PHONY: template
template: $(NPM)/.package-lock.json ## The template: cfn-lint, sam validate, checkov, state machines
	@local/venv dev sam checkov
	@$(DEV)/cfn-lint template.yaml && echo "cfn-lint: clean"
	@$(SAM) validate --lint
	@$(VENVS)/checkov/bin/checkov --config-file .checkov.yaml --file template.yaml --quiet --compact
	@$(NPM)/.bin/asl-validator $(addprefix --yaml-path ,$(wildcard statemachines/*.asl.yaml))

.PHONY: description
description: $(NPM)/.package-lock.json ## The OpenAPI document, linted
	@$(NPM)/.bin/spectral lint functions/docs/describe_api/openapi.json --ruleset tools/npm/spectral.yaml --fail-severity=warn

.PHONY: fuzz
fuzz: ## The API against its description: EXAMPLES=30 cases and more for each call
	@local/venv dev local sam
	@TILLGATE_FUZZ_EXAMPLES=$(or $(EXAMPLES),30) $(DEV)/python -m pytest tests/flows/shared/test_fuzzing.py $(ARGS)

$(NPM)/.package-lock.json: tools/npm/package.json tools/npm/package-lock.json tools/npm/.npmrc
	@command -v npm >/dev/null || { echo "npm was not found; it brings the check of the state machines. On Debian: apt-get install npm"; exit 1; }
	@npm --prefix tools/npm ci --silent --ignore-scripts
	@touch $@

# ---- proofs

ORDERS ?= 500
EVERY ?= 1

.PHONY: prove
prove: ## Proves it: every state, every crash, mistakes made on purpose, faults from outside; a table at the end
	@rm -rf .local/proved
	@failed=0; for each in explore crash mutants chaos many; do $(MAKE) $$each || failed=1; done; \
	  $(DEV)/python -m proofs.summary; exit $$failed

.PHONY: explore
explore: ## Every state that an order can get into, and what holds in each
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m proofs.exploration

.PHONY: crash
crash: ## Every call of every use case dies once, and all comes right
	@local/venv dev
	@TILLGATE_CRASH=all $(DEV)/python -m pytest -q -p no:warnings proofs/crash

.PHONY: mutants
mutants: ## Mistakes made on purpose in domain and conditions: do tests notice? EVERY=10 takes every tenth
	@local/venv dev
	@$(DEV)/python -m proofs.mutants --every $(EVERY)

.PHONY: chaos
chaos: ## Orders live while AWS fails, in a local cloud behind a proxy: ORDERS=500
	@local/venv dev local sam chaos
	@$(DEV)/python -m proofs.chaos --orders $(ORDERS)

.PHONY: many
many: ## Splits over many vendors, some refusing, killed in the middle: VENDORS=1000
	@local/venv dev local sam
	@VENDORS=$(or $(VENDORS),1000) $(DEV)/python -m pytest -q -s -p no:warnings tests/flows/marketplace/test_many_vendors.py $(ARGS)

# ---- what it costs, what is generated

.PHONY: bench
bench: ## What a flow costs and a cold start imports: counts and ratios
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m benchmarks

.PHONY: docs
docs: ## Makes anew what is generated: lifecycle map, OpenAPI
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m tools.docs

# ---- upkeep

.PHONY: lock
lock: ## Pins every requirement anew, with hashes
	@local/venv dev
	@for each in layers/dependencies/requirements $(addprefix tools/requirements/,local sam checkov chaos dev); do \
	  $(DEV)/uv pip compile --quiet --no-config --upgrade --universal --python $(DEV)/python --python-version 3.13 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $$each.in -o $$each.txt || exit 1; done

.PHONY: clean
clean: stop ## Removes what the tools made, virtual environments included
	@rm -rf .local .aws-sam $(NPM) .mypy_cache .ruff_cache .pytest_cache .hypothesis
