"""Fixtures: one press for all tests of a worker, and issues built once."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import settings

from fence import FENCE
from jianbao_tex.press import Press
from workshop import Workshop

# No clock, and the same strings in every run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:  # noqa: ARG001 -- pytest's signature
    if not shutil.which("xelatex"):
        raise pytest.UsageError("xelatex is missing; run the tests by `make test`")


@pytest.fixture(scope="session")
def press() -> Press:
    """A press with the built-in plugin alone."""
    return Press(plugins={}, sandbox=FENCE)


@pytest.fixture(scope="session")
def workshop(press: Press) -> Workshop:
    return Workshop(press)
