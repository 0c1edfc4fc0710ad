# Everything a newcomer needs: `make demo` and `make test`. Both set up what they need first.
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
SOAK_SECONDS ?= 1800

.PHONY: help demo demo-serve test lint types check matrix real soak mutants audit bench docs \
	manifests lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): requirements-dev.lock scripts/find-python.sh
	@python=$$(sh scripts/find-python.sh) || exit 1; \
	echo "Setting up $(VENV) with $$python (once, about half a minute)"; \
	"$$python" -m venv --clear $(VENV)
	@# The lock file is whole. Told to resolve, pip would look at newer releases of what has extras,
	@# and refuse them for having no hash.
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@$(PY) -m pip check -qq --disable-pip-version-check
	@ln -sf ../../scripts/ocean-custom $(VENV)/bin/ocean-custom
	@touch $(READY)

demo: $(READY) ## a real resync through Ocean core, against local servers, with no Port account
	@$(PY) -m cli.demo

demo-serve: $(READY) ## the demo, whose catalog page stays at http://127.0.0.1:8010/ until Ctrl-C
	@$(PY) -m cli.demo --serve

test: $(READY) ## the whole test suite
	@$(PY) -m pytest -n auto --dist worksteal

lint: $(READY) ## ruff, style and format
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

types: $(READY) ## mypy --strict on the project's own code
	@$(PY) -m mypy

check: lint types test ## style, types and tests

matrix: $(READY) ## every cell of the fault matrix: each fault, pagination and page
	@FAULT_MATRIX=whole $(PY) -m pytest -q -n auto tests/core/test_fault_matrix.py

real: $(READY) ## resyncs of third-party servers from npm and PyPI, installed into .real/ once
	@$(PY) -m pytest -n auto --dist worksteal tests/real

soak: $(READY) ## half an hour of resyncs under random faults, against a model of the catalog
	@$(PY) -m tests.soak --seconds $(SOAK_SECONDS)

MUTANTS := .venv-mutants/bin
mutants: $(READY) ## mutation testing; OF=auth for one of pagination, auth, client, entities and resync
	@test -x $(MUTANTS)/mutmut || { $(PY) -m venv --clear .venv-mutants \
		&& $(MUTANTS)/pip install -qq --require-hashes --no-deps -r requirements-dev.lock \
		&& $(MUTANTS)/pip install -qq "mutmut>=3.8,<4"; }
	@$(MUTANTS)/mutmut run $(if $(OF),"$(OF).*")
	@$(MUTANTS)/mutmut results | { grep -v "not checked" || true; }

AUDIT := .venv-audit/bin
audit: $(READY) ## known vulnerabilities of what is locked (asks PyPI for them)
	@test -x $(AUDIT)/pip-audit || { $(PY) -m venv --clear .venv-audit \
		&& $(AUDIT)/pip install -qq "pip-audit>=2.9,<3"; }
	@$(AUDIT)/pip-audit --strict --no-deps --disable-pip -r requirements.lock

bench: $(READY) ## speed and memory against their bars, about ten minutes; fails if one is not met
	@$(PY) -m benchmarks --check

docs: $(READY) ## write docs/settings.md from .port/spec.yaml
	@$(PY) -m scripts.settings_reference

MANIFESTS := .venv-manifests/bin
manifests: $(READY) ## check deploy/kubernetes by Kubernetes' own schemas (asks PyPI for them)
	@test -x $(MANIFESTS)/kubernetes-validate || { $(PY) -m venv --clear .venv-manifests \
		&& $(MANIFESTS)/pip install -qq "kubernetes-validate>=1.31,<2"; }
	@$(MANIFESTS)/kubernetes-validate --strict deploy/kubernetes/*.yaml

lock: $(READY) ## renew the lock files from pyproject.toml (needs uv on PATH)
	@sh scripts/lock.sh

clean: ## remove what set-up made
	@rm -rf $(VENV) .real .venv-mutants .venv-audit .venv-manifests mutants .pytest_cache \
		.mypy_cache .ruff_cache
