# make lab    opens the course            make test        checks everything it says
# make notebooks  executes them in place  make test-sizes  runs them with other hidden sizes
PYTHON ?= python3
BIN = .venv/bin
ASSIGNMENTS ?= assignments
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb))

.PHONY: lab update test test-oldest test-newest test-solutions test-sizes test-texts test-wheel browser-test assignments test-assignments notebooks lint links \
  slides pictures wheel mutation mutmut runs bench peers site site-test address lite lite-test

lab: .venv/ready
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

# The newest course. Notebooks that you changed are first copied into mine/, which git does not look at.
update:
	@changed=$$(git diff --name-only -- notebooks); if [ -n "$$changed" ]; then \
	  mine=mine/$$(date +%F_%H%M%S); mkdir -p $$mine && cp $$changed $$mine && git checkout --quiet -- $$changed && \
	  echo "Your changed notebooks are in $$mine"; fi
	git pull --ff-only

test: .venv/ready
	$(BIN)/pytest --nbval -n 2

# The same with the oldest versions that pyproject.toml allows, and with the newest, pre-releases too.
test-oldest test-newest: test-%: .venv-%/ready
	.venv-$*/bin/pytest --nbval -n 2

# Every notebook once more with its solutions in its stubs, and each equation's check with its sides perturbed;
# and every notebook without its deeper sections.
test-solutions: .venv/ready
	$(BIN)/pytest -m "solutions or core" -n 2 --dist=worksteal tests/test_solutions.py tests/test_core.py

test-sizes: .venv/ready
	$(BIN)/pytest -m sizes -n 2 --dist=worksteal tests/test_hidden_sizes.py

# Notebook 13 on every kind of text.
test-texts: .venv/ready
	$(BIN)/pytest -m own_texts tests/test_own_texts.py

# The wheel with all that it needs from the package index, in an environment of its own, then without network.
test-wheel: .venv/ready
	$(BIN)/pytest -m wheel tests/test_packaging.py

# dist/: the wheel and the sdist.
wheel: .venv/ready
	$(BIN)/python -m build

# Every notebook in JupyterLab in Chromium. Screenshots go to $SCREENSHOTS if it is set.
browser-test: .venv/browser
	@command -v chromium >/dev/null || { echo "browser-test needs chromium on the PATH (Debian: apt install chromium)" >&2; exit 1; }
	$(BIN)/pytest -m browser -s tests/test_browser.py tests/test_slides.py

# site/_build/: the course's site, to be served from any folder; site-test looks at it in Chromium.
site: .venv/site
	$(BIN)/python site/build.py

site-test: site
	@command -v chromium >/dev/null || { echo "site-test needs chromium on the PATH (Debian: apt install chromium)" >&2; exit 1; }
	-cd site && ../$(BIN)/python -c "import npm, pyodide; npm.package('axe-core'); pyodide.cdn_copies()"  # once, not by each process
	$(BIN)/pytest -m site -n 2 tests

# Where the course lives, from [project.urls] in pyproject.toml into README.
address:
	$(PYTHON) site/address.py

# site/_build/lite/: all notebooks in JupyterLite, to be served from any folder; lite-test runs each of them whole, in Chromium.
lite: .venv/site
	$(BIN)/python site/lite/jupyterlite.py

lite-test: .venv/site
	$(BIN)/pytest -m lite tests/test_lite.py

notebooks: .venv/ready
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)

lint: .venv/lint
	$(BIN)/ruff check .
	git ls-files | xargs $(BIN)/codespell
	$(BIN)/jupyter nbconvert --log-level=ERROR --ClearOutputPreprocessor.enabled=True --to markdown --stdout $(NOTEBOOKS) | $(BIN)/codespell -
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

# Do the pages that the course links to still answer? Needs a network.
links: .venv/ready
	$(BIN)/python tools/check_links.py

mutation: .venv/ready
	$(BIN)/python tools/mutation.py

# Every single-token change to the numerical modules, by mutmut: about ten minutes. docs/mutation.md explains what survives.
mutmut: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "mutmut>=3.3"
	OPENBLAS_NUM_THREADS=1 $(BIN)/mutmut run
	$(BIN)/mutmut results

# A deck of slides for each notebook, in slides/: docs/teaching.md.
slides: .venv/ready
	$(BIN)/python tools/make_slides.py slides

# README's two pictures.
pictures: .venv/ready
	$(BIN)/python tools/make_pictures.py

runs: .venv/ready
	$(BIN)/python tools/longer_runs.py

# An nbgrader course from the notebooks' exercises, in $(ASSIGNMENTS): docs/teaching.md.
assignments: .venv/teaching
	$(BIN)/python tools/make_assignments.py $(ASSIGNMENTS)

test-assignments: .venv/teaching
	$(BIN)/pytest -m nbgrader tests/test_assignments.py

# The others to be measured against, PyTorch and JAX; bench works without them, and says so.
peers: .venv/peers

bench: .venv/ready
	$(BIN)/python -m bench.bench

.venv/ready: requirements.txt pyproject.toml
	@echo "Setting up .venv: downloads JupyterLab and numpy, a minute or two, once."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	touch $@

.venv/lint .venv/browser .venv/teaching .venv/site .venv/peers: .venv/%: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$*]'
	touch $@

.venv-oldest/ready: VERSIONS = --resolution lowest-direct
.venv-newest/ready: VERSIONS = --prerelease allow
.venv-oldest/ready .venv-newest/ready: .venv-%/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-$*/bin/uv pip install --quiet --python .venv-$* $(VERSIONS) -r requirements.txt
	touch $@
