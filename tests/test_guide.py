"""docs/plugins.md: the ten minutes work as they are written, and the tables name all there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from command import jianbao
from file_plugins import installed
from jianbao_tex.plugins.fields import DeclaredField, FieldType
from jianbao_tex.plugins.project import Project
from jianbao_tex.plugins.tables import ManifestTable, PartTable
from workshop import ROOT

GUIDE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
TEN_MINUTES = GUIDE.split("## A section type in ten minutes")[1].split("\n## ")[0]
# A file is named in the sentence before its block.
STEPS = re.compile(r"(?:`(?P<path>[\w./]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def test_the_ten_minutes_work_as_they_are_written(tmp_path: Path) -> None:
    """Every file is written where the guide says, every command prints what it shows."""
    steps = list(STEPS.finditer(TEN_MINUTES))
    for step in steps:
        if step["kind"] != "console":
            (tmp_path / step["path"]).write_text(step["text"], encoding="utf-8")
            continue
        for command in re.split(r"^\$ ", step["text"], flags=re.MULTILINE)[1:]:
            line, _, shown = command.partition("\n")
            done = jianbao(*line.split()[1:], folder=tmp_path)

            assert (done.returncode, done.stdout) == (0, shown), done.stderr
    kept = (tmp_path / "plugins/visits/tests/two_entries.tex").read_text(encoding="utf-8")

    assert len(steps) == 6
    assert "\\visitsPlace{西河村}{}" in kept
    assert (tmp_path / "issue.pdf").read_bytes().startswith(b"%PDF")


def test_what_the_guide_says_of_messages_is_so(tmp_path: Path) -> None:
    """A missing 地点 is reported at the line of its visit, by its Chinese name."""
    test_the_ten_minutes_work_as_they_are_written(tmp_path)
    issue = tmp_path / "plugins" / "visits" / "tests" / "two_entries.yaml"
    broken = issue.read_text(encoding="utf-8").replace("- place: 西河村\n        found", "- found")
    (tmp_path / "issue.yaml").write_text(broken, encoding="utf-8")
    done = jianbao("check", "issue.yaml", folder=tmp_path)

    assert "issue.yaml:9:9: error JB140: place is missing" in done.stderr
    assert "add the key place (地点)" in done.stderr


def test_every_key_and_every_type_of_field_is_named() -> None:
    keys = {*DeclaredField.model_fields, *PartTable.model_fields, *ManifestTable.model_fields}
    names = {*keys, *get_args(FieldType)}

    assert len(names) > 25
    assert [
        name for name in sorted(names) if f"`{name}" not in GUIDE and f"[{name}" not in GUIDE
    ] == []


def test_the_project_file_of_the_guide_is_one(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(\[plugins\].*?)```", GUIDE, re.DOTALL)
    (tmp_path / "jianbao.toml").write_text(text, encoding="utf-8")
    project = Project.of(tmp_path)

    assert project.disabled == {"weather"}
    assert project.choices.order == ("names", "dates")
    assert project.choices.required == ("statistics",)
    assert project.choices.prefer == {("section_types", "figures"): "statistics"}


def test_the_readme_of_a_new_folder_says_what_works(tmp_path: Path) -> None:
    """The issue that it shows builds, and its command finds nothing."""
    jianbao("plugins", "new", "visits", folder=tmp_path)
    readme = (tmp_path / "plugins" / "visits" / "README.md").read_text(encoding="utf-8")
    (issue,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    (command,) = re.findall(r"^`jianbao (plugins check .*?)`", readme, re.MULTILINE)
    (tmp_path / "issue.yaml").write_text(issue, encoding="utf-8")
    built = jianbao("build", "issue.yaml", "--strict", folder=tmp_path)
    checked = jianbao(*command.split(), folder=tmp_path)

    assert (built.returncode, built.stdout, built.stderr) == (0, "issue.pdf\n", "")
    assert checked.returncode == 0


def test_the_readme_of_a_new_package_says_what_works(tmp_path: Path) -> None:
    """Its commands do as it says, with the package in the search path as pip would put it."""
    jianbao("plugins", "new", "visits", "--size", "package", folder=tmp_path)
    home = tmp_path / "plugins" / "visits"
    readme = (home / "README.md").read_text(encoding="utf-8")
    install, *commands = re.findall(r"^\$ (.*)", readme, re.MULTILINE)
    site = installed(tmp_path / "site", "visits", "jianbao_visits")
    path = f"{site}:{home / 'src'}"

    assert install == "pip install -e plugins/visits"
    for command in (*commands, "jianbao plugins check plugins/visits"):
        done = jianbao(*command.split()[1:], folder=tmp_path, PYTHONPATH=path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "issue.pdf").is_file()
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(home)]
    assert subprocess.run(tests, check=False, cwd=home).returncode == 0


@pytest.mark.parametrize("name", ["plugins", "printing"])
def test_the_chinese_document_has_what_the_english_one_has(name: str) -> None:
    """As many sections, tables and blocks, the same of each kind in the same order."""
    english, chinese = (
        re.findall(
            r"^(#+ |\|---|```\w*$)",
            (ROOT / "docs" / f"{name}{language}.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        for language in ("", ".zh")
    )

    assert chinese == english


def test_the_reader_and_the_delivery_of_the_guide_work(tmp_path: Path) -> None:
    names: dict[str, object] = {}
    blocks = re.findall(r"^```py\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    head = "from pathlib import Path\nfrom jianbao_tex.hooks import *\n"
    exec(head + "\n".join(blocks), names)
    hooks = SimpleNamespace(**names)
    imported = hooks.read(hooks.ForeignFile("news.csv", "一,文。\n".encode()))
    kept = {"archive.folder": str(tmp_path)}
    hooks.keep(hooks.DeliverySubject({Path("out/a.pdf"): b"PDF"}, {}, kept))

    assert imported.issue["articles"] == [{"title": "一", "body": "文。"}]
    assert (tmp_path / "a.pdf").read_bytes() == b"PDF"
    with pytest.raises(hooks.Refusal):
        hooks.read(hooks.ForeignFile("news.csv", b""))
