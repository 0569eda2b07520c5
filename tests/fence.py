"""Whether the sandbox works on this machine, and what its tests do where it does not."""

from __future__ import annotations

import subprocess

import pytest

from jianbao_tex.children import Sandbox
from jianbao_tex.testing.project import usual_sandbox
from jianbao_tex.typesetter import Tools

FENCE = usual_sandbox()
"""The mode for tests that have another subject than the sandbox."""


def demand_fence() -> None:
    """
    Tests of the sandbox fail where bubblewrap works and our way of calling it does not.

    Where it cannot work at all, as in most containers, they are left out, and the summary
    names them.
    """
    if FENCE is Sandbox.REQUIRED:
        return
    bwrap = Tools.find().bwrap
    bare = [str(bwrap), "--unshare-all", "--ro-bind", "/", "/", "true"]
    if bwrap and subprocess.run(bare, capture_output=True, check=False).returncode == 0:
        pytest.fail("bubblewrap works here, and our sandbox does not")
    pytest.skip("bubblewrap does not work here: user namespaces are not allowed")
