# Everything a newcomer needs: `make demo` to see it work, `make test` to see that it holds.
# Only python3 (3.11 or newer), git and make are needed; the rest goes into .venv.
# Works with GNU make 3.81 and later, so with the make of macOS too.

# Candidates in order; the first that is new enough and can make a virtual environment is taken.
# `make demo PYTHON=/opt/python3.12/bin/python3` names one.
PYTHON ?= python3 python3.13 python3.12 python3.11 python3.14

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --no-input
ROUND := instances/seaford-60
OUT := out/demo

.PHONY: help demo test check lint format types floors docs slow bench lock clean distclean

help:
	@echo "make demo       set up .venv, place the shipped round, verify it, say where the report is"
	@echo "make test       set up .venv with the developer's tools and run the tests"
	@echo "make check      everything a change must pass: format, lint, types, floors, docs, tests"
	@echo "make slow       the long suites that 'make test' leaves out"
	@echo "make bench      the speed guard, measured on this machine"
	@echo "make docs       build the documentation into docs/_build/html"
	@echo "make format     rewrite the code in the house's format"
	@echo "make lock       write constraints.txt again from pyproject.toml (UPGRADE=--upgrade for newest)"
	@echo "make clean      remove what was made, except .venv; 'make distclean' removes that too"

demo: .venv/.stamp-run
	@mkdir -p out
	$(BIN)/allocator place $(ROUND) -o $(OUT) --overwrite
	$(BIN)/allocator verify $(OUT)
	@echo
	@echo "The report is at $$(pwd)/$(OUT)/report.html"
	@echo "Open it in any browser; it needs no network. The workbook is placements.xlsx beside it."

test: .venv/.stamp-dev
	$(BIN)/python -m pytest

check: lint types floors docs test

lint: .venv/.stamp-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: .venv/.stamp-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: .venv/.stamp-dev
	$(BIN)/mypy

floors: .venv/.stamp-dev
	$(BIN)/lint-imports

docs: .venv/.stamp-dev
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs docs/_build/html
	@echo "The documentation is at $$(pwd)/docs/_build/html/index.html"

slow: .venv/.stamp-dev
	$(BIN)/python -m pytest -m slow

bench: .venv/.stamp-dev
	@mkdir -p out
	$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-json=out/bench.json

lock: .venv/.stamp-run
	$(PIP) install uv
	UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet $(UPGRADE) --universal --all-extras \
	  --no-header --no-annotate --python-version 3.11 pyproject.toml -o constraints.txt

clean:
	rm -rf out docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache
	find allocator benchmarks tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv

# A stamp is newer than the lock and the project file once they are installed as they stand.
.venv/.stamp-run: pyproject.toml constraints.txt
	@$(MAKE_VENV)
	@echo "Installing allocator and what it needs (a minute or two the first time) ..."
	@$(PIP) install -c constraints.txt -e .
	@touch $@

.venv/.stamp-dev: .venv/.stamp-run pyproject.toml constraints.txt
	@echo "Installing the developer's tools (a minute or two the first time) ..."
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

# A .venv whose python and pip answer is kept; anything else is made anew.
define MAKE_VENV
if .venv/bin/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
chosen=; bare=; \
for python in $(PYTHON); do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
  if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then chosen=$$python; break; fi; \
  bare="$$bare $$python"; \
done; \
if [ -n "$$chosen" ]; then \
  echo "Making .venv with $$("$$chosen" --version) ..."; \
  "$$chosen" -m venv --clear .venv; \
elif [ -n "$$bare" ]; then \
  echo "Found$$bare, but without the module that makes virtual environments." >&2; \
  echo "On Debian or Ubuntu: apt install python3-venv. Then run make again." >&2; \
  exit 1; \
else \
  echo "Python 3.11 or newer is needed. Tried: $(PYTHON)." >&2; \
  echo "Install one, or name it: make demo PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi
endef
