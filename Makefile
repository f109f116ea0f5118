# `make demo` and `make test` set everything up by themselves, in .venv, and are cheap to run again.

.DEFAULT_GOAL := help
.PHONY: help demo example test check format docs bench clean

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/.ready-$(shell pwd | cksum | cut -d' ' -f1)
INSTALL = PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install -q --disable-pip-version-check

help:
	@echo "make demo     lint, draw, train, evaluate and predict a network on scans of digits"
	@echo "make example NAME=reviews    the same with another spec that has data: see README.md"
	@echo "make test     the tests"
	@echo "make check    style, types, floors, generated pages"
	@echo "make format   mend the style"
	@echo "make docs     write the generated pages under docs/, and the site of them to build/site"
	@echo "make bench    start-up and lint, measured"
	@echo "make clean    remove all that the other targets made"

# Made last, so that a set-up that was cut off is taken up again; named after this folder, since a
# .venv cannot be moved. The probe finds one that is half made, or of a Python that has gone.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python"; exit 1; }
	@$(BIN)/pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "installing into $(VENV), once: a minute or two"
	@$(INSTALL) -e '.[dev,demo]'
	@$(BIN)/python -m compileall -q modelspec
	@touch $@

demo: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash specs/demo.sh

example: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash specs/example.sh $(NAME)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python docs/generate.py
	@$(BIN)/python -c 'import material, mkdocstrings' 2>/dev/null || $(INSTALL) -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict -f docs/site/mkdocs.yml
	@echo "the site: build/site/index.html; its search needs a server: python -m http.server -d build/site"

bench: $(READY)
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/lint_scale.py

clean:
	rm -rf $(VENV) build *.egg-info demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find modelspec tests docs benchmarks specs -name __pycache__ -prune -exec rm -rf {} +
