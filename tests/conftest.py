"""Fixtures: one press for all tests of a worker, and issues built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from command import CACHE
from fence import FENCE
from file_plugins import ISSUE
from jianbao_tex.children import may_fork
from jianbao_tex.press import Press
from jianbao_tex.store import Store
from workshop import Workshop

# No clock, and the same strings in every run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

_MADE = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="all pairs of marks, more random issues")


def pytest_configure(config: pytest.Config) -> None:
    if not shutil.which("xelatex"):
        raise pytest.UsageError("xelatex is missing; run the tests by `make test`")
    if CACHE not in os.environ:
        # One cache for the whole run, as a user has one; workers inherit the variable, and
        # no matter who runs the tests again and again may name a folder for all runs.
        os.environ[CACHE] = config.stash[_MADE] = tempfile.mkdtemp(prefix="cache-of-tests-")


@pytest.fixture
def department(tmp_path: Path) -> Path:
    """The project of a department: an issue, and a place for its plugins."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "jianbao.toml").touch()
    (tmp_path / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    return tmp_path


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """
    A test that forks runs in a process of its own where this one has threads.

    The workers of pytest-xdist have some, and only a process with one thread may fork.
    """
    if may_fork() or not pyfuncitem.get_closest_marker("alone"):
        return None
    words = ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", pyfuncitem.nodeid]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=pyfuncitem.config.rootpath,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return True


def pytest_unconfigure(config: pytest.Config) -> None:
    if _MADE in config.stash:
        shutil.rmtree(config.stash[_MADE], ignore_errors=True)
        del os.environ[CACHE]


@pytest.fixture(scope="session")
def store() -> Store:
    """The cache of the run."""
    return Store(Path(os.environ[CACHE]))


@pytest.fixture(scope="session")
def press(store: Store) -> Iterator[Press]:
    """A press with the built-in plugin alone."""
    made = Press(plugins={}, sandbox=FENCE, store=store)
    yield made
    made.engine.close()


@pytest.fixture(scope="session")
def workshop(press: Press) -> Workshop:
    return Workshop(press)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """An empty cache for the tests of a file."""
    return Store(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of a test: what is left over is left here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path
