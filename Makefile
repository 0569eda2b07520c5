# make demo   sets everything up and builds both example issues
# make test   sets everything up and runs the whole test suite
# make check  ruff, mypy, import-linter, then the tests
# make soak   runs the sweeps of the page in full: all pairs of marks, many random issues
# make matrix runs the tests on another Debian release, in a chroot
# make messages brings the catalogues of translations up to the code, and compiles them
# make mutants changes the code a little, many times over, and asks the nearest tests (ROOMS="chinese tex")
# make logs   runs TeX on the broken layouts of the tests and keeps its logs
# make accept rewrites the expected files of the tests and shows every difference

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The tools for tests have an environment of their own: what is installed beside the package,
# plugins too, would change what the tests see.
DEV    := .venv-dev
TOOLS  := $(DEV)/bin
ISSUES := examples/363.yaml examples/365.yaml
PACKAGES := plugins/proofreading plugins/statistics
PLUGINS := $(addprefix -e ,$(PACKAGES))

.PHONY: demo test check lint accept messages logs bench soak mutants matrix system clean
.DEFAULT_GOAL := check

demo: system $(VENV)/.installed
	@echo "Building $(ISSUES) ..."
	@$(BIN)/jianbao build $(ISSUES) -o build
	@echo "Done. Open build/363.pdf and build/365.pdf."

test: system $(DEV)/.installed
	$(TOOLS)/python -m pytest -n auto

check: lint test

lint: $(DEV)/.installed
	$(TOOLS)/ruff check .
	$(TOOLS)/ruff format --check .
	$(TOOLS)/mypy
	$(TOOLS)/lint-imports
	$(TOOLS)/python tools/words.py

accept: system $(DEV)/.installed
	$(TOOLS)/python -m pytest -q -s tests/test_cases.py tests/test_boxes.py tests/test_breaks.py tests/test_broken.py tests/test_documents.py tests/test_schema.py tests/test_logs.py --accept

messages: $(DEV)/.installed
	$(TOOLS)/python tools/messages.py

logs: system $(DEV)/.installed
	$(TOOLS)/python tools/logs.py

soak: system $(DEV)/.installed
	$(TOOLS)/python -m pytest -n auto --soak tests/test_line_sweep.py tests/test_random_issues.py

mutants: system $(DEV)/.installed
	@$(TOOLS)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	$(TOOLS)/python tools/mutants.py $(ROOMS)

matrix:
	$(PYTHON) tools/matrix.py $(SUITE)

bench: system $(DEV)/.installed
	@$(TOOLS)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(TOOLS)/python benchmarks/engine.py
	$(TOOLS)/python benchmarks/checks.py
	$(TOOLS)/python benchmarks/printing.py
	$(TOOLS)/python benchmarks/reading.py
	$(TOOLS)/python benchmarks/plugins.py
	$(TOOLS)/python benchmarks/titles.py

system:
	@$(PYTHON) tools/setup_system.py

# An installation in place sees every change of the code.  It is made again only when the list of
# packages or the shim changes.  It compiles the shim of the engine that forks, and bytecode for a
# quick start.
SHIM := hatch_build.py src/jianbao_tex/typesetter/engine_c/fork.c

$(VENV)/.installed: pyproject.toml constraints.txt $(SHIM) | system
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e . $(PLUGINS)
	@$(BIN)/python -m compileall -q src plugins
	@touch $@

$(DEV)/.installed: pyproject.toml constraints.txt $(SHIM) | system
	@test -x $(TOOLS)/python || $(PYTHON) -m venv $(DEV)
	@echo "Installing the tools for tests into $(DEV) ..."
	@$(TOOLS)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(TOOLS)/python -m compileall -q src plugins
	@touch $@

clean:
	rm -f src/jianbao_tex/typesetter/engine_c/*.so
	rm -rf $(VENV) $(DEV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
