"""The plugins under ``plugins/``: each keeps the rules, and is found as what it is."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from command import jianbao
from jianbao_tex.testing import conformance
from workshop import ROOT

PLUGINS = {
    "approval_sheet": "folder",
    "leaders_remarks": "folder",
    "proofreading": "package",
    "statistics": "package",
}


def test_they_are_all_there() -> None:
    found = [path.name for path in sorted((ROOT / "plugins").iterdir()) if path.is_dir()]

    assert found == list(PLUGINS)


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_keeps_the_rules(name: str, tmp_path: Path) -> None:
    """Names, records, templates, examples, its own issues; the same twice and in parallel."""
    assert conformance(ROOT / "plugins" / name, tmp_path) == ()


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_says_how_it_is_used(name: str) -> None:
    folder = ROOT / "plugins" / name

    assert (folder / "README.md").is_file()
    assert any((folder / "tests").iterdir())
    assert (folder / "plugin.toml").is_file() == (PLUGINS[name] == "folder")


def test_folders_hold_no_python() -> None:
    folders = [ROOT / "plugins" / name for name, size in PLUGINS.items() if size == "folder"]

    assert [path for folder in folders for path in folder.rglob("*.py")] == []


def test_the_command_lists_them(tmp_path: Path) -> None:
    done = jianbao("plugins", "list", "--json", "--project", str(ROOT), folder=tmp_path)
    found = {one["name"]: one["size"] for one in json.loads(done.stdout)}

    assert found.items() >= PLUGINS.items()


@pytest.mark.parametrize("name", [name for name, size in PLUGINS.items() if size == "package"])
def test_a_package_works_as_pip_would_leave_it(name: str, tmp_path: Path) -> None:
    """Its wheel carries templates and styles, and its entry point is found."""
    wheel = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(wheel, cwd=ROOT / "plugins" / name, capture_output=True, timeout=120, check=True)
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "site")
    site = str(tmp_path / "site")
    listed = jianbao("plugins", "list", "--json", folder=tmp_path, PYTHONPATH=site)
    (found,) = json.loads(listed.stdout)
    section = "statistics" if name == "statistics" else "articles"
    jianbao("new", "issue.yaml", "--section", section, folder=tmp_path, PYTHONPATH=site)
    built = jianbao("build", "issue.yaml", "--strict", folder=tmp_path, PYTHONPATH=site)

    assert (found["name"], found["version"], found["state"]) == (name, "1.0", "active")
    assert built.returncode == 0, built.stderr
