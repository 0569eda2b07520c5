# make demo   sets everything up and builds both example issues
# make test   sets everything up and runs the whole test suite
# make check  ruff, mypy, import-linter, then the tests
# make messages brings the catalogues of translations up to the code, and compiles them
# make logs   runs TeX on the broken layouts of the tests and keeps its logs
# make accept rewrites the expected files of the tests and shows every difference

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ISSUES := examples/363.yaml examples/365.yaml

.PHONY: demo test check lint accept messages logs bench system clean
.DEFAULT_GOAL := check

demo: system $(VENV)/.installed
	@echo "Building $(ISSUES) ..."
	@$(BIN)/jianbao build $(ISSUES) -o build
	@echo "Done. Open build/363.pdf and build/365.pdf."

test: system $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto

check: lint test

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=plugins/statistics/src:plugins/proofreading/src $(BIN)/mypy plugins/*/src
	$(BIN)/lint-imports

accept: system $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -s tests/test_cases.py tests/test_broken.py tests/test_documents.py tests/test_schema.py tests/test_logs.py --accept

messages: $(VENV)/.installed-dev
	$(BIN)/python tools/messages.py

logs: system $(VENV)/.installed-dev
	$(BIN)/python tools/logs.py

bench: system $(VENV)/.installed
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/checks.py
	$(BIN)/python benchmarks/printing.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/plugins.py

system:
	@$(PYTHON) tools/setup_system.py

# An installation in place sees every change of the code, so it is made anew only when
# the list of packages changes.
$(VENV)/.installed: pyproject.toml constraints.txt | system
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the tools for tests into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
