# The house's commands; `make help` lists them. Needs Python 3.11 or newer and make, nothing else.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; print("$(name)") if sys.version_info >= (3, 11) else None' 2>/dev/null)))

# The name of a stamp holds the lock's checksum: another lock asks for another installation, an unchanged one costs nothing.
checksum = $(firstword $(shell cksum < $(1)))
INSTALLED := $(VENV)/.installed-$(call checksum,requirements.txt)
INSTALLED_DEV := $(VENV)/.installed-dev-$(call checksum,requirements-dev.txt)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-build --python-version 3.11 \
	--custom-compile-command "make lock"
PYTHONS := 3.11 3.12 3.13 3.14

.PHONY: help
help: ## what there is
	@echo "Chợ OCOP: make <command>"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

.PHONY: run
run: $(INSTALLED) ## the whole shop with demo data at http://localhost:8000 (PORT=…, HOST=…)
	@$(BIN)/python manage.py serve --port $(PORT) $(if $(HOST),--host $(HOST))

.PHONY: test
test: $(INSTALLED_DEV) ## all tests, with every service that can be had (ARGS=… goes to pytest)
	@$(BIN)/python -m tests.run $(ARGS)

.PHONY: check
check: $(INSTALLED_DEV) ## everything that judges code without running it
	@$(BIN)/python -m tests.check

.PHONY: bench
bench: bench-shop bench-search bench-orders ## how fast the shop and its search are, beside what is asked of them

.PHONY: bench-shop
bench-shop: $(INSTALLED_DEV) ## requests a second, each as a ratio to a bare view
	@$(BIN)/python -m tests.benchmarks.bench $(ARGS)

.PHONY: bench-search
bench-search: $(INSTALLED_DEV) ## search pages and rebuilds at 1,000 and 100,000 goods (ARGS="--products 20000")
	@$(BIN)/python -m tests.benchmarks.search_bench $(ARGS)

.PHONY: bench-orders
bench-orders: $(INSTALLED_DEV) ## orders a second beside Oscar's own placement, on PostgreSQL
	@$(BIN)/python -m tests.benchmarks.orders_bench $(ARGS)

.PHONY: services
services: $(INSTALLED_DEV) ## start PostgreSQL, Redis, Elasticsearch, stripe-mock; find Chromium
	@$(BIN)/python -m tests.services

.PHONY: messages
messages: $(INSTALLED_DEV) ## gather the strings of code and templates into the Vietnamese catalogue
	@$(BIN)/python manage.py extract_messages
	@$(BIN)/python manage.py compile_messages

.PHONY: format
format: $(INSTALLED_DEV) ## put code and templates into the house's form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

.PHONY: lock
lock: $(INSTALLED_DEV) ## make requirements.txt and requirements-dev.txt anew (ARGS=--upgrade)
	$(LOCK) $(ARGS) requirements.in -o requirements.txt
	$(LOCK) $(ARGS) requirements-dev.in -o requirements-dev.txt
	@$(MAKE) --no-print-directory lock-check

.PHONY: lock-check
lock-check: $(INSTALLED_DEV) # the locks resolve, from wheels alone, for each Python we support
	@for version in $(PYTHONS); do \
		$(BIN)/uv pip compile --quiet --no-build --python-version $$version \
			requirements-dev.in -c requirements-dev.txt > /dev/null \
			&& echo "The lock resolves for Python $$version." || exit 1; \
	done

.PHONY: reset
reset: ## forget all local state (database, media, index, cache) in DATA_DIR
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) manage.py reset_data $(ARGS)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found. Name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): | $(BIN)/python
	@echo "Installing the shop's packages into $(VENV) (once) …"
	@$(INSTALL) -r requirements.txt
	@touch $@

# The second lock contains the first.
$(INSTALLED_DEV): | $(BIN)/python
	@echo "Installing the shop's and the builders' packages into $(VENV) (once) …"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(INSTALLED)
