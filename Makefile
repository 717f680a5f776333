# `make up` runs the wallet, `make test` runs every test. Both make their virtualenv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help up cluster test lint watch schema psql explain bench soak clean

help:  ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

up: .venv/ready  ## run the wallet on its own PostgreSQL under .pgwallet/
	@$(BIN)/pgwallet up

cluster: .venv/ready  ## run a cluster of 16 partitions on two servers of its own, with demo data
	@$(BIN)/pgwallet cluster up --postgres "$$($(BIN)/python -m tests.support.thirdparty plproxy)"

test: .venv/ready  ## lint, pgTAP and pytest
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: .venv/ready  ## ruff, mypy, sqlfluff and the conventions
	$(BIN)/python -m pytest tests/lint

watch: .venv/ready  ## on every save: load the saved function and run its tests
	@$(BIN)/python -m tests.support.watch

schema: .venv/ready  ## write what is generated: schema, locks, reference, OpenAPI
	$(BIN)/python -m tests.support.schema
	$(BIN)/pgwallet openapi > gateway/static/openapi.json

psql: .venv/ready  ## psql on that wallet; as another role: make psql ROLE=wallet_auditor
	@PSQLRC=db/psqlrc PGOPTIONS="$(PGOPTIONS) $(ROLE:%=-crole=%)" $(BIN)/pgwallet psql

explain: .venv/ready  ## the query plans of a function: make explain F=spend
	@$(BIN)/python -m tests.support.explain $(F)

bench: .venv/ready  ## every figure, on a PostgreSQL of its own (ARGS=--help)
	@$(BIN)/python -m bench $(ARGS)

soak: .venv/ready  ## 100,000 operations at random, many examples, then crash after crash (ARGS=--help)
	PGWALLET_TEST_OPERATIONS=100000 PGWALLET_TEST_EXAMPLES=30 $(BIN)/python -m pytest \
	    tests/race/test_hammer.py tests/race/test_properties.py tests/http/test_schemathesis.py
	PGWALLET_TEST_CUSTOMERS=1 $(BIN)/python -m pytest tests/race/test_purchases.py
	@$(BIN)/python -m tests.soak $(ARGS)

clean:  ## remove what the targets above made, but no data
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache
