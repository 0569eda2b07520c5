"""Compiles the shim that makes a server of xetex, where there is a C compiler; see engine_c/fork.c."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path(__file__).parent / "src" / "jianbao_tex" / "typesetter" / "engine_c"
FLAGS = ("-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared")
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)")
# The oldest that wheels for Linux name (PEP 600).
_OLDEST_GLIBC = 17


class ShimHook(BuildHookInterface):
    """The build hook: with a shim the wheel is for this kind of machine, without one for all."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel, or an installation in place, is made."""
        path = compile_shim()
        if path and version != "editable":
            numbers = [int(n) for n in _GLIBC.findall(path.read_bytes())]
            glibc = max([_OLDEST_GLIBC, *numbers])
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-manylinux_2_{glibc}_{platform.machine()}"
            build_data["artifacts"].append(str(path.relative_to(self.root)))


def compile_shim() -> Path | None:
    """
    The compiled shim of this machine, made again if its source has changed.

    ``None`` where it cannot be made, or where JIANBAO_PURE asks for a wheel for all machines:
    everything works without it, batches more slowly.
    """
    compiler = shutil.which(os.environ.get("CC", "cc"))
    is_glibc = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"
    if not compiler or not is_glibc or os.environ.get("JIANBAO_PURE"):
        return None
    source, path = FOLDER / "fork.c", FOLDER / f"fork-linux-{platform.machine()}.so"
    if path.is_file() and path.stat().st_mtime >= source.stat().st_mtime:
        return path
    # Renamed when it is whole: an engine may start meanwhile.
    unfinished = path.with_suffix(".new")
    command = [compiler, *FLAGS, "-o", str(unfinished), str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        print(f"the shim is not compiled: {result.stderr}", file=sys.stderr)
        return None
    unfinished.replace(path)
    return path
