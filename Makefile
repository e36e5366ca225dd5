# Every target first installs what it needs, if the pinned requirements have changed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 4566
LISTEN ?= http://127.0.0.1:3000
export PYTHON CALL
VENVS := .local/venvs
LOCAL := $(VENVS)/local/bin/python -m local
DEV := $(VENVS)/dev/bin
NPM := tools/npm/node_modules
DOCUMENT := functions/docs/describe_api/openapi.json
SAM := SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/$(VENVS)/sam/bin:$$PATH" AWS_DEFAULT_REGION=eu-west-1 sam

.PHONY: help
help: ## Lists the targets
	@awk -F ':.*## ' '/^# ---- / {print "\n" substr($$0, 8)} /^[a-z-]+:.*## / {gsub("[$$][$$]", "$$", $$2); printf "  make %-16s%s\n", $$1, $$2}' Makefile
	@echo
	@echo "  DETACH=1 makes run return when the system is ready, PORT=4666 selects another port,"
	@echo "  LISTEN=http://127.0.0.1:8000 lets run notify a server of yours there, not at port 3000,"
	@echo "  PSP=stripe sends the first demo merchant's cards to what stands in for Stripe,"
	@echo "  ARGS='-k capture' is passed to pytest."

# ---- the local system

.PHONY: run
run: ## Starts the whole system on this machine; Ctrl-C stops it (DETACH=1: returns when ready)
	@local/venv local sam $(filter stripe,$(PSP))
	@$(LOCAL) up --port $(PORT) $(if $(DETACH),--detach) --psp "$(PSP)" --listen "$(LISTEN)"

.PHONY: stop
stop: ## Stops what `make run DETACH=1` started
	@if [ -x $(VENVS)/local/bin/python ]; then $(LOCAL) down; else echo "Nothing was running."; fi

.PHONY: deploy
deploy: ## Deploys your changes into the running local system
	@local/venv local sam
	@$(LOCAL) deploy --port $(PORT)

.PHONY: show
show: ## Prints the URLs of the running system
	@local/venv local
	@$(LOCAL) show --port $(PORT)

.PHONY: env
env: ## Exports API, TOKEN and more of the first demo merchant: eval "$$(make -s env)"
	@local/venv local >&2
	@$(LOCAL) env --port $(PORT)

.PHONY: admin
admin: ## Calls the function of the operators: make admin CALL='{"action": "list_work"}'
	@local/venv local >&2
	@$(LOCAL) admin --port $(PORT) "$$CALL"

.PHONY: listen
listen: ## Prints the first demo merchant's events as they come, each verified; Ctrl-C ends it
	@local/venv local
	@$(LOCAL) listen --port $(PORT)

.PHONY: time
time: ## Lets time pass for one order: make time ORDER=ord_... MINUTES=31
	@local/venv local
	@$(LOCAL) time --port $(PORT) "$(ORDER)" "$(MINUTES)"

# ---- tests and checks

SYSTEM := tests/flows tests/browser

.PHONY: test
test: ## Runs check, then all tests; those of the deployed system run in parallel, at a higher priority
	@local/venv dev local sam stripe checkov iam clients
	@$(MAKE) -j2 check
	@local/chromium >/dev/null
	@(trap - INT; exec $(DEV)/python -m pytest $(SYSTEM) $(ARGS)) >.local/system.log 2>&1 & system=$$!; \
	  nice -n 10 $(DEV)/python -m pytest $(addprefix --ignore=,$(SYSTEM)) $(ARGS); others=$$?; \
	  wait $$system; system=$$?; cat .local/system.log; \
	  for code in $$others $$system; do case $$code in 0) ;; 5) [ -n "$(ARGS)" ] || exit 5 ;; *) exit $$code ;; esac; done

CARDS := $(addprefix tests/flows/,payments orders shoppers invoices marketplace payouts merchants/test_exports.py \
  psp/test_backoffice.py psp/test_stripe.py psp/test_stripe_vendors.py)

.PHONY: flows
flows: ## Runs the flows through the deployed local cloud; PSP=stripe runs those that pay by card with what stands in for Stripe
	@local/venv dev local sam stripe clients
	@$(if $(PSP),PSP=$(PSP)) $(DEV)/python -m pytest $(if $(PSP),$(CARDS),tests/flows) $(ARGS)

.PHONY: check
check: lint types template description ## Checks lint, types, the template and the OpenAPI document; runs no tests

.PHONY: lint
lint: ## Checks style, format and the import contracts
	@local/venv dev
	@$(DEV)/ruff check .
	@$(DEV)/ruff format --check .
	@PYTHONPATH=layers/tillgate $(DEV)/lint-imports --no-cache --no-logo >.local/imports.log || { cat .local/imports.log; exit 1; }

.PHONY: format
format: ## Fixes style and format
	@local/venv dev
	@$(DEV)/ruff check --fix .
	@$(DEV)/ruff format .

.PHONY: types
types: ## Runs mypy in strict mode
	@local/venv dev
	@$(DEV)/mypy

.PHONY: template
template: $(NPM)/.package-lock.json ## Checks the template (cfn-lint, sam validate, checkov, quotas, policies) and the state machines
	@local/venv dev sam checkov iam
	@$(DEV)/cfn-lint template.yaml && echo "cfn-lint: clean"
	@$(SAM) validate --lint
	@$(VENVS)/checkov/bin/checkov --config-file .checkov.yaml --file template.yaml --quiet --compact
	@PYTHONPATH=. $(VENVS)/sam/bin/python -m tools.transformed .local/transformed.json
	@PYTHONPATH=. $(VENVS)/iam/bin/python -W ignore -m tools.policies .local/transformed.json
	@$(NPM)/.bin/asl-validator $(addprefix --yaml-path ,$(wildcard statemachines/*.asl.yaml))

.PHONY: description
description: $(NPM)/.package-lock.json ## Lints the OpenAPI document (spectral:oas, redocly, openapi-spec-validator)
	@local/venv clients
	@$(NPM)/.bin/spectral lint $(DOCUMENT) --ruleset tools/npm/spectral.yaml --fail-severity=hint
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NODE_NO_WARNINGS=1 \
	  $(NPM)/.bin/redocly lint $(DOCUMENT) --config tools/npm/redocly.yaml --format summary 2>.local/redocly.log || { cat .local/redocly.log; exit 1; }
	@$(VENVS)/clients/bin/openapi-spec-validator $(DOCUMENT)

.PHONY: vulnerabilities
vulnerabilities: ## Looks up known vulnerabilities of every pinned package at OSV; exits with 2 if OSV cannot be reached
	@local/venv dev
	@PYTHONPATH=. $(DEV)/python -m tools.vulnerabilities

.PHONY: conformance
conformance: ## Runs the conformance kit on our connectors and writes their tables; CONNECTOR=my_package runs it on yours
	@local/venv dev
	@if [ -n "$(CONNECTOR)" ]; then PYTHONPATH=.:layers/tillgate $(DEV)/python -m pytest -p connector_kit.plugin --connector $(CONNECTOR) $(ARGS); \
	  else PYTHONPATH=.:layers/tillgate $(DEV)/python -m tools.conformance; fi

.PHONY: fuzz
fuzz: ## Tests the API against its description: at least EXAMPLES=30 cases per call
	@local/venv dev local sam
	@TILLGATE_FUZZ_EXAMPLES=$(or $(EXAMPLES),30) $(DEV)/python -m pytest tests/flows/shared/test_fuzzing.py $(ARGS)

$(NPM)/.package-lock.json: tools/npm/package.json tools/npm/package-lock.json tools/npm/.npmrc
	@command -v npm >/dev/null || { echo "npm was not found. It installs the checks of the state machines and the OpenAPI document. On Debian: apt-get install npm"; exit 1; }
	@npm --prefix tools/npm ci --silent --ignore-scripts
	@touch $@

# ---- what is released

.PHONY: release
release: $(NPM)/.package-lock.json ## Builds into dist/ what a release consists of, reproducibly: the built template, the SDKs, checksums
	@local/venv dev sam clients
	@PYTHONPATH=. $(DEV)/python -m tools.release

.PHONY: sdk
sdk: $(NPM)/.package-lock.json ## Builds into dist/ the SDKs: a wheel and an npm package
	@local/venv clients
	@PYTHONPATH=. $(VENVS)/clients/bin/python -m tools.sdk.build

# ---- proofs

ORDERS ?= 500
EVERY ?= 1
STEPS ?= 60000
PROOFS := explore walk crash mutants chaos many upgrade restore

.PHONY: prove
prove: ## Runs all proofs below and prints a summary; fails if one of them does
	@local/venv dev
	@rm -rf .local/proved && mkdir -p .local/proved
	@for each in $(PROOFS); do $(MAKE) $$each; echo $$? >.local/proved/$$each.code; done; $(DEV)/python -m proofs.summary

.PHONY: explore
explore: ## Explores every reachable state of an order and checks the invariants in each
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m proofs.exploration $(ARGS)

.PHONY: walk
walk: ## Random walks over orders, with and without vendors, from a printed seed: STEPS=60000 of each, ARGS='--seed 7'
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m proofs.exploration.walk --steps $(STEPS) $(ARGS)

.PHONY: crash
crash: ## Crashes every use case at every call and checks that everything recovers
	@local/venv dev
	@TILLGATE_CRASH=all $(DEV)/python -m pytest -q -p no:warnings proofs/crash

.PHONY: mutants
mutants: ## Mutation tests of the domain and the write conditions; EVERY=10 runs every tenth mutant
	@local/venv dev
	@$(DEV)/python -m proofs.mutants --every $(EVERY)

.PHONY: chaos
chaos: ## Runs ORDERS=500 orders in a local cloud behind a proxy that injects AWS faults
	@local/venv dev local sam chaos
	@$(DEV)/python -m proofs.chaos --orders $(ORDERS)

.PHONY: many
many: ## Splits payments between VENDORS=1000 vendors, some refusing, interrupted halfway
	@local/venv dev local sam
	@VENDORS=$(or $(VENDORS),1000) $(DEV)/python -m pytest -q -s -p no:warnings tests/flows/marketplace/test_many_vendors.py $(ARGS)

.PHONY: upgrade
upgrade: ## Deploys an earlier commit (SINCE=HEAD~1), then this one, into a local cloud under load: no call may fail
	@local/venv dev local sam
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m proofs.upgrade --since $(or $(SINCE),HEAD~1) $(ARGS)

.PHONY: restore
restore: ## Restores the orders table under another name in a local cloud, as docs/deploy.md says, and goes on with it
	@local/venv dev local sam
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m proofs.restore $(ARGS)

# ---- what is measured, what is generated

.PHONY: newcomer
newcomer: ## Times the way from a fresh clone to the first captured payment, by curl, Python and TypeScript
	@local/venv dev
	@PYTHONPATH=. $(DEV)/python -m tools.newcomer --port $(PORT) $(ARGS)

.PHONY: bench
bench: ## Measures what a flow costs, and what handlers cost warm and cold beside a bare one
	@local/venv dev sam bench
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m benchmarks

.PHONY: reach
reach: ## Prints the write units of the hottest partitions at 1,000 and 10,000 orders a second
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m benchmarks.reach

.PHONY: record
record: ## Records what this release stores, for those after it to read: RELEASE=0.1.0
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m tools.record_release $(RELEASE) >.local/recorded.log

.PHONY: docs
docs: ## Regenerates the lifecycle map, the demands, the OpenAPI document and what the SDKs have of it
	@local/venv dev
	@PYTHONPATH=.:layers/tillgate $(DEV)/python -m tools.docs

.PHONY: pictures
pictures: ## Takes the pictures of README and docs anew, from a local system in a browser
	@local/venv dev local sam stripe
	@local/chromium >/dev/null
	@rm -f docs/images/*
	@$(DEV)/python -m pytest tests/browser -k picture $(ARGS)

# ---- upkeep

.PHONY: lock
lock: ## Upgrades and re-pins every requirement, with hashes
	@local/venv dev
	@for each in layers/dependencies/requirements layers/signing/requirements $(addprefix tools/requirements/,local sam stripe checkov iam chaos bench clients dev); do \
	  $(DEV)/uv pip compile --quiet --no-config --upgrade --universal --python $(DEV)/python --python-version 3.13 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $$each.in -o $$each.txt || exit 1; done

.PHONY: clean
clean: stop ## Removes everything that was generated or installed, including virtual environments
	@rm -rf .local .aws-sam $(NPM) .mypy_cache .ruff_cache .pytest_cache .hypothesis
