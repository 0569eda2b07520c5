"""Plugins of one file, as a department writes them, in a project of their own."""

from __future__ import annotations

import json
from pathlib import Path

from command import python

ISSUE = "masthead: {name: 工作简报}\narticles: {title: 标题, body: 正文。}\n"
HEAD = """\
import os, signal, subprocess, sys, time
from pathlib import Path
from jianbao_tex.hooks import *

JIANBAO_API = "2.3"
__version__ = "1.0"
KIND = warning("OWN001", "the good check has run in {folder}", "look")
"""
DRIVER = """\
import sys
from jianbao_tex.registry import tasks
tasks.SECONDS, tasks._PATIENCE = 1.0, 8
from jianbao_tex.cli import entry
sys.argv[0] = "jianbao"
entry()
"""


def write(project: Path, name: str, text: str) -> None:
    (project / "plugins" / f"{name}.py").write_text(HEAD + text, encoding="utf-8")


def quick(project: Path, *words: str) -> tuple[int, list[dict[str, str]], str]:
    """Exit code, findings and messages of a command whose plugins may use a second each."""
    cache = str(project / "cache")
    done = python(DRIVER, *words, "--trust-plugins", "--json", folder=project, JIANBAO_CACHE=cache)

    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)["issues"][0]["findings"], done.stderr
