# Everything a newcomer needs. `make run` and `make test` work on a machine that has Python 3.11 and make, nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The interpreter to build .venv with; by default the newest suitable one that is found.
PYTHON ?=
export PYTHON

BIN := .venv/bin
TEMPLATES := templates

.PHONY: help run dev test bench load lint format messages requirements clean environment-run environment-test

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment-run ## Run the whole site with demo data (PORT, DATABASE_URL and REDIS_URL are honoured)
	@exec $(BIN)/python -m config.supervisor

dev: environment-test ## Run Django's development server with DEBUG on and code reloaded
	@DEBUG=$${DEBUG:-true} exec $(BIN)/python manage.py runserver $${PORT:-8000}

test: environment-test ## Run every check and every test
	@exec $(BIN)/python -m scripts.checks

bench: environment-test ## Measure everything with a million bookings, and compare with what docs/performance.md promises (QUICK=1: little data)
	@exec $(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)

load: environment-test ## Let guests of a real day load the production server until it breaks (USERS, DURATION in seconds)
	@exec $(BIN)/python -m benchmarks.load $(if $(USERS),--users $(USERS)) $(if $(DURATION),--duration $(DURATION)) $(ARGS)

lint: environment-test ## Run the checks without the tests
	@exec $(BIN)/python -m scripts.checks --no-tests

format: environment-test ## Put code and templates into shape
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .
	@$(BIN)/djlint --quiet --reformat $(TEMPLATES) || true

messages: environment-test ## Collect the texts to translate into locale/ and compile what is translated (needs gettext)
	@command -v xgettext >/dev/null && command -v msgfmt >/dev/null || \
		{ echo "gettext is missing: install it (Debian and Ubuntu: apt-get install gettext)." >&2; exit 1; }
	@DEBUG=false $(BIN)/python manage.py makemessages --all --no-location \
		--ignore '.venv/*' --ignore 'tests/*' --ignore 'staticfiles/*'
	@DEBUG=false $(BIN)/python manage.py compilemessages --ignore '.venv/*'

requirements: ## Compile the pins in requirements/ from pyproject.toml (needs uv)
	@sh scripts/requirements.sh

clean: ## Remove what can be made again; the development data in .run stays
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis staticfiles test-results
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

environment-run:
	@sh scripts/environment.sh base

environment-test:
	@sh scripts/environment.sh dev
