"""``jianbao new``, and the samples that it and the conformance check are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import jianbao
from fence import FENCE
from jianbao_tex.language import language
from jianbao_tex.reader.samples import PICTURE, sample_of
from jianbao_tex.testing import Project
from workshop import ROOT

SECTIONS = ["articles", "briefs", "text", "statistics", "leaders_remarks"]
BLOCKS = [
    "attachment", "heading", "image", "list", "note", "page_break", "paragraph", "quote", "table",
]  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    plugins = [ROOT / "plugins" / name for name in ("statistics", "leaders_remarks")]
    return Project(tmp_path_factory.mktemp("new"), plugins, FENCE)


@pytest.mark.parametrize("name", ["en", "zh"])
@pytest.mark.parametrize("section", SECTIONS)
def test_a_new_issue_has_no_findings(project: Project, section: str, name: str) -> None:
    """Of every section type, in both languages."""
    text = sample_of(project.registry, [section], language=language(name))
    built = project.check(text)

    assert built.codes == []


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_has_an_example_that_is_right(project: Project, block: str) -> None:
    from PIL import Image

    Image.new("L", (600, 400)).save(project.folder / PICTURE)
    built = project.check(sample_of(project.registry, [], blocks=[block]))

    assert built.codes == []


def test_every_block_is_asked_for(project: Project) -> None:
    assert sorted(project.registry.blocks) == BLOCKS
    assert set(project.registry.section_types) == set(SECTIONS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_writes_an_issue_that_builds(lang: str, tmp_path: Path) -> None:
    made = jianbao("new", "issue.yaml", "--section", "briefs", "--section", "文章", "--lang", lang,
                   folder=tmp_path)  # fmt: skip
    done = jianbao("check", "issue.yaml", "--strict", folder=tmp_path)

    assert (made.returncode, made.stdout) == (0, "issue.yaml\n")
    assert (done.returncode, done.stderr) == (0, "issue.yaml: no findings\n")
