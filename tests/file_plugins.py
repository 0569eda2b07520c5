"""Plugins as a department writes them: of one file, in a project of their own; or installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from command import python

ISSUE = "masthead: {name: 工作简报}\narticles: {title: 标题, body: 正文。}\n"
HEAD = """\
import os, signal, subprocess, sys, time
from pathlib import Path
from typing import Any
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


def changing_article(change: str) -> str:
    """A `jianbao_prepare` that changes the first article ``a``: ``change`` is the update."""
    return f"""\
@hookimpl
def jianbao_prepare(issue):
    section = issue.sections[0]
    a = section.articles[0]
    a = a.model_copy(update={change})
    section = section.model_copy(update={{'articles': (a, *section.articles[1:])}})
    return issue.model_copy(update={{'sections': (section, *issue.sections[1:])}})
"""


def answer(project: Path, *words: str) -> dict[str, Any]:
    """The JSON of a command whose plugins may use a second each."""
    cache = str(project / "cache")
    done = python(DRIVER, *words, "--trust-plugins", "--json", folder=project, JIANBAO_CACHE=cache)

    assert "Traceback" not in done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["exit_code"] == done.returncode
    return said


def quick(project: Path, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and findings of such a command for one issue."""
    said = answer(project, *words)
    return said["exit_code"], said["issues"][0]["findings"]


def installed(site: Path, name: str, module: str, version: str = "1.0") -> Path:
    """Makes a module look installed as a plugin, as pip would leave it; ``site`` as a path."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[jianbao_tex]\n{name} = {module}\n", encoding="utf-8")
    return site
