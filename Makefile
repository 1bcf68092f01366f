# What a developer types. `make help` lists it.

PYTHON3 ?= python3
ARGS ?=
PROCESSES ?= 2
OPERATIONS ?= 10000
SECONDS ?= 120
SEED ?= $(shell date +%s)

SALEOR := .venv/saleor/bin/python
TOOLS := .venv/tools/bin
POSTGRES := $(TOOLS)/python dev/postgres.py
WITH_TEST_DATABASE := $(POSTGRES) with test --
MANAGE := DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=. PYTHONWARNINGS=ignore $(SALEOR) -m django

# The checks and the tests share one PostgreSQL.
.NOTPARALLEL:

.PHONY: help
help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: env
env: .venv/saleor/ready .venv/tools/ready ## the two environments under .venv/, made once and again when a lock file changes

.venv/saleor/ready: dev/saleor-2.10.1.lock setup.cfg setup.py
	@$(PYTHON3) dev/environments.py saleor

.venv/tools/ready: dev/tools.lock
	@$(PYTHON3) dev/environments.py tools

.venv/bench/ready: dev/bench.lock
	@$(PYTHON3) dev/environments.py bench

.venv/package/ready: dev/package.lock
	@$(PYTHON3) dev/environments.py package

.venv/peers/ready: dev/peers.lock
	@$(PYTHON3) dev/environments.py peers

.PHONY: test
test: env ## the test suite against Saleor 2.10.1 and a real PostgreSQL, on two processes; ARGS="-k refund" narrows it
	@$(WITH_TEST_DATABASE) $(SALEOR) -m pytest --numprocesses $(PROCESSES) --dist loadscope $(ARGS)

.PHONY: fuzz
fuzz: env ## ten thousand strange GraphQL operations; SEED=… repeats a run, OPERATIONS=… runs another number
	@$(WITH_TEST_DATABASE) env FUZZ_OPERATIONS=$(OPERATIONS) FUZZ_SEED=$(SEED) $(SALEOR) -m pytest tests/graphql/test_fuzz.py --timeout 3600 $(ARGS)

.PHONY: stress
stress: env ## everything at once for two minutes, SECONDS=600 for longer; SEED=… repeats the choices of a run
	@$(WITH_TEST_DATABASE) env STRESS_SECONDS=$(SECONDS) STRESS_SEED=$(SEED) $(SALEOR) -m pytest tests/faults/test_everything.py $(ARGS)

.PHONY: power-cut
power-cut: env ## PostgreSQL stopped at once under load and restarted, three times; ARGS="--cuts 10" for more
	@$(POSTGRES) with crash -- $(SALEOR) -W ignore -m tests.faults.power_cut --cut "$(POSTGRES) crash crash" --start "$(POSTGRES) start crash" $(ARGS)

CHECKS := lint format layers types dead-code migrations schema

.PHONY: check $(addprefix check-,$(CHECKS))
check: $(addprefix check-,$(CHECKS)) ## everything that can be said without running the tests

check-lint: env
	@echo "== lint"
	@$(TOOLS)/ruff check .

check-format: env
	@echo "== format"
	@$(TOOLS)/ruff format --check .

check-layers: env
	@echo "== layers"
	@$(TOOLS)/lint-imports

check-types: env
	@echo "== types"
	@$(SALEOR) -m mypy

check-dead-code: env
	@echo "== dead code"
	@$(TOOLS)/python dev/dead_code.py

check-migrations: env
	@echo "== missing migrations"
	@$(WITH_TEST_DATABASE) env $(MANAGE) makemigrations --check --dry-run reciprocity

check-schema: env
	@echo "== stale GraphQL schema"
	@$(WITH_TEST_DATABASE) env $(MANAGE) reciprocity_schema --check

.PHONY: fix
fix: env ## lets ruff repair what it can
	@$(TOOLS)/ruff check --fix .
	@$(TOOLS)/ruff format .

.PHONY: demo demo-check demo-stop pictures
demo: env ## a Saleor with the plugin, a story played in it, and the server left running
	@$(SALEOR) demo/shop.py play

demo-check: env ## the same story; ends with status 0 or 1 and stops the server
	@$(SALEOR) demo/shop.py check

pictures: env ## takes the pictures of the README anew, from the demo
	@$(SALEOR) demo/shop.py pictures

demo-stop: env ## stops the demo's server and database; what is in it is kept
	@$(SALEOR) demo/shop.py stop

.PHONY: bench
bench: env $(if $(findstring --peers,$(ARGS)),.venv/peers/ready) ## what the plugin costs, as ratios: a table, and all figures in .cache/bench.json; ARGS="--orders 50" for less
	@$(POSTGRES) with bench -- $(SALEOR) -W ignore -m bench $(ARGS)

.PHONY: bench-recommendations
bench-recommendations: .venv/bench/ready ## how good recommendations are on real baskets, beside the methods of the field
	@.venv/bench/bin/python -W ignore -m bench.recommendations $(ARGS)

.PHONY: bench-scale
bench-scale: .venv/bench/ready ## what learning recommendations costs in larger shops; ARGS="--people 100000 --ranges 15"
	@.venv/bench/bin/python -W ignore -m bench.scale $(ARGS)

.PHONY: bench-real-people
bench-real-people: .venv/bench/ready ## what the report says of real people, with no effect and with known ones; ARGS="--divisions 200" for fewer
	@.venv/bench/bin/python -W ignore -m bench.real_people $(ARGS)

.PHONY: prove
prove: env ## simulated shops beside what the report promises; ARGS="--shops 200" for fewer
	@$(WITH_TEST_DATABASE) env $(MANAGE) reciprocity_prove $(ARGS)

.PHONY: bench-market
bench-market: env ## what recommendations cost in a large shop's database; ARGS="--products 10000" for a smaller one
	@$(POSTGRES) with bench -- $(SALEOR) -W ignore -m bench.market $(ARGS)

.PHONY: package
package: env .venv/package/ready ## builds what goes to the index and starts a new shop with it; ARGS="--saleor PATH --database URL" on that Saleor 3, too
	@$(TOOLS)/python dev/package.py $(ARGS)

.PHONY: lock
lock: env ## resolves dev/*.in again to today's newest versions
	@$(PYTHON3) dev/environments.py lock

.PHONY: clean
clean: ## stops everything and removes all that was made
	@if [ -x $(TOOLS)/python ] && [ -x $(SALEOR) ]; then $(SALEOR) demo/shop.py stop && $(POSTGRES) stop test && $(POSTGRES) stop bench && $(POSTGRES) stop crash && $(POSTGRES) stop package; fi
	@rm -rf .venv .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
