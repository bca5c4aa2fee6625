# make lab    opens the course            make test        checks everything it says
# make notebooks  executes them in place  make test-sizes  runs them with other hidden sizes
PYTHON ?= python3
BIN = .venv/bin
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb))

.PHONY: lab test test-sizes notebooks lint mutation runs

lab: .venv/ready
	$(BIN)/jupyter lab notebooks/

test: .venv/ready
	$(BIN)/pytest --nbval -n 2

test-sizes: .venv/ready
	$(BIN)/pytest -m sizes -n 2 --dist=load tests/test_hidden_sizes.py

notebooks: .venv/ready
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)

lint: .venv/ready
	$(BIN)/ruff check .

mutation: .venv/ready
	$(BIN)/python tools/mutation.py

runs: .venv/ready
	$(BIN)/python tools/longer_runs.py

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@
