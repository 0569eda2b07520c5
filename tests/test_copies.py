"""Layouts that are copied to be edited: the same page at first, and news of the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import jianbao
from workshop import EXAMPLES

TEXT = "layout: ours\nmasthead: {name: 工作简报}\narticles: {title: 标题, body: 正文。}\n"


def eject(folder: Path, *words: str) -> Path:
    done = jianbao("layouts", "eject", *words, "--as", "ours", folder=folder)
    (folder / "issue.yaml").write_text(TEXT, encoding="utf-8")

    assert (done.returncode, done.stdout) == (0, "plugins/ours\n")
    return folder / "plugins" / "ours" / "layouts" / "ours"


@pytest.mark.parametrize("name", ["classic", "newsletter"])
def test_a_copy_gives_the_same_pages_byte_by_byte(name: str, tmp_path: Path) -> None:
    eject(tmp_path, name, "--part", "masthead", "--part", "sections")
    for file in ("365.yaml", "series.yaml"):
        (tmp_path / file).write_bytes((EXAMPLES / file).read_bytes())
    issue = (tmp_path / "365.yaml").read_text(encoding="utf-8")
    pdfs = []
    for layout in (name, "ours"):
        (tmp_path / "365.yaml").write_text(f"layout: {layout}\n{issue}", encoding="utf-8")
        done = jianbao("build", "365.yaml", folder=tmp_path)
        pdfs.append((tmp_path / "365.pdf").read_bytes())

        assert done.returncode == 0, done.stderr
    assert pdfs[0] == pdfs[1]


def test_a_part_of_the_copy_overrides_the_shared_one(tmp_path: Path) -> None:
    copy = eject(tmp_path, "classic", "--part", "sections")
    part = copy / "sections.tex.jinja"
    part.write_text("\\par ours \\par\n" + part.read_text(encoding="utf-8"), encoding="utf-8")
    jianbao("tex", "issue.yaml", folder=tmp_path)

    assert "\\par ours \\par" in (tmp_path / "tex" / "issue.tex").read_text(encoding="utf-8")


def test_a_change_of_the_original_is_reported_until_it_is_seen(tmp_path: Path) -> None:
    copy = eject(tmp_path, "classic", "--part", "masthead")
    good = jianbao("check", "issue.yaml", folder=tmp_path)
    origin = copy / "origin" / "masthead.tex.jinja"
    origin.write_text("old\n" + origin.read_text(encoding="utf-8"), encoding="utf-8")
    stale = jianbao("check", "issue.yaml", folder=tmp_path)
    diff = jianbao("layouts", "diff", "ours", folder=tmp_path)
    seen = jianbao("layouts", "diff", "ours", "--seen", folder=tmp_path)
    again = jianbao("check", "issue.yaml", folder=tmp_path)

    assert good.stderr == again.stderr == "issue.yaml: no findings\n"
    assert "warning JB217" in stale.stderr
    assert "masthead.tex.jinja" in stale.stderr
    assert diff.stdout.splitlines()[3] == "-old"
    assert seen.returncode == 0


def test_an_edited_copy_is_no_change_of_the_original(tmp_path: Path) -> None:
    copy = eject(tmp_path, "classic")
    toml = copy / "layout.toml"
    text = toml.read_text(encoding="utf-8").replace("rows = { value = 22", "rows = { value = 20")
    toml.write_text(text, encoding="utf-8")
    done = jianbao("check", "issue.yaml", folder=tmp_path)

    assert done.stderr == "issue.yaml: no findings\n"


def test_comments_of_the_original_are_kept(tmp_path: Path) -> None:
    toml = (eject(tmp_path, "classic") / "layout.toml").read_text(encoding="utf-8")

    assert toml.startswith('# The layout "classic"')
    assert 'name = "ours"' in toml
    assert 'copied = "classic"' in toml


def test_a_file_that_the_original_lost_is_seen_too(tmp_path: Path) -> None:
    copy = eject(tmp_path, "classic")
    (copy / "origin" / "gone.sty").write_text("old\n")
    stale = jianbao("check", "issue.yaml", folder=tmp_path)
    jianbao("layouts", "diff", "ours", "--seen", folder=tmp_path)

    assert "gone.sty" in stale.stderr
    assert jianbao("check", "issue.yaml", folder=tmp_path).stderr == "issue.yaml: no findings\n"
