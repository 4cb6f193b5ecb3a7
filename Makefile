# One command a need; each does its own set-up.
PY := .venv/bin/python
.PHONY: setup run test test-postgres quick check bench apt locale faults attack walks

.venv/.ready: requirements.txt requirements-cluster.txt requirements-dev.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: .venv/.ready

run: setup
	$(PY) -m core serve

quick: setup
	$(PY) -m pytest -n 2 -m "not browser and not mariadb and not postgres" tests

test: setup apt
	$(PY) -m pytest -n 2 tests
	$(PY) -m pytest -n 2 --store=postgres -m "not postgres" tests/store

# The suites of what writes most, with every test's store in PostgreSQL, then what is about several processes on one.
# `make test` runs the store's own suite so, and the second line with all else.
test-postgres: setup apt
	$(PY) -m pytest -n 2 --store=postgres -m "not postgres and not browser" tests/store tests/flow tests/decide tests/stories

# What takes too long for every day: a week to the last dispatch under forty kills, and hundreds of seeded kill points.
faults: setup
	DANLIU_FAULTS=1 $(PY) -m pytest -p no:xdist tests/faults tests/stories/test_week_to_dispatch.py

# Walks in Chromium that wait for the sandbox's next orders.
walks: setup apt
	DANLIU_WALKS=1 $(PY) -m pytest -p no:xdist tests/browser/test_routing_sentence.py

# What a stranger, a shop's buyer or a person of the house might try: uploads, documents, pushes, routes, texts, back-ups.
attack: setup
	$(PY) -m pytest -n 2 tests/attack tests/web tests/people tests/house/test_rights.py tests/house/test_scope.py

check: setup
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-cache
	.venv/bin/pyright

bench: setup
	$(PY) -m pytest benchmarks --benchmark-only -p no:xdist --override-ini addopts="-q --import-mode=importlib"

# Chromium, MariaDB, PostgreSQL and a Chinese font for the tests that need the real thing; silently skipped where apt is not ours.
apt:
	@sh .ci/apt.sh
