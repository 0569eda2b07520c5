"""docs/plugins.md: the ten minutes work as they are written, and the tables name all there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from command import jianbao
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
