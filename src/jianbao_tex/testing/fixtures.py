"""Fixtures for pytest: ``-p jianbao_tex.testing.fixtures``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jianbao_tex.testing.golden import compare
from jianbao_tex.testing.project import Project


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option ``--accept``."""
    parser.addoption("--accept", action="store_true", help="rewrite expected files, show changes")


def pytest_configure(config: pytest.Config) -> None:
    """Refuses ``--accept`` in CI, where nobody sees the changes."""
    if config.getoption("--accept") and os.environ.get("CI"):
        raise pytest.UsageError("expected files change only under someone's eyes, never in CI")


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    """Makes a project in an empty folder: ``project("plugins/mine")``."""

    def make(*paths: Path | str, plugins: Mapping[str, object] | None = None) -> Project:
        return Project(tmp_path, plugins or [Path(path) for path in paths])

    return make


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with an expected file; ``--accept`` rewrites it and shows the change."""

    def check(expected: Path, actual: str) -> None:
        compare(expected, actual, accept=bool(request.config.getoption("--accept")))

    return check
