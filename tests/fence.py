"""Whether the sandbox works on this machine, and what its tests do where it does not."""

from __future__ import annotations

import os

import pytest

from jianbao_tex.typesetter import Sandbox, Tools, sandbox_works

_BWRAP = Tools.find().bwrap
FENCE = Sandbox.REQUIRED if _BWRAP and sandbox_works(_BWRAP) else Sandbox.OFF
"""The mode for tests that have another subject than the sandbox."""


def demand_fence() -> None:
    """Without a working sandbox its tests fail in CI; elsewhere the summary names them."""
    if FENCE is Sandbox.REQUIRED:
        return
    reason = "bubblewrap does not work here: user namespaces are not allowed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
