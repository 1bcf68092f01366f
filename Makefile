# What a developer types. `make help` lists it.

PYTHON3 ?= python3
ARGS ?=

SALEOR := .venv/saleor/bin/python
TOOLS := .venv/tools/bin
POSTGRES := $(TOOLS)/python dev/postgres.py

.PHONY: help env
help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

env: .venv/saleor/ready .venv/tools/ready ## the two environments under .venv/, made once

.venv/%/ready: 
	@$(PYTHON3) dev/environments.py $*

.venv/saleor/ready: dev/saleor-2.10.1.lock setup.cfg setup.py
.venv/tools/ready: dev/tools.lock
