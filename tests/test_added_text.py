"""Words that the issue does not have: what plugins print as artifacts and on inserted pages."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from command import jianbao
from jianbao_tex.content import Mark
from jianbao_tex.hooks import ArtifactSource, MasterSubject
from jianbao_tex.press import Press
from measured import said, with_glyphs, with_page
from workshop import Workshop

FALSE = "此件作废，以本行为准。"
PLUGIN = """label = "附言"
version = "1.0"
api = "2.2"
[section_types.words]
label = "附言栏"
{artifacts}
[section_types.words.fields]
text = {{ type = "line", label = "文字", example = "甲乙", required = true }}
"""
STYLES = {
    "artifact": "\\NewDocumentCommand \\wordsAdded { } { \\jb_marked:nn { Artifact } { %s } }",
    "insert": "\\NewDocumentCommand \\wordsAdded { } { }\n"
    "\\AtEndDocument { \\newpage \\jb_marked:nn { JbInsert } { %s } \\newpage }",
    "made of parts": "\\NewDocumentCommand \\wordsAdded { }"
    " { \\exp_args:Ne \\jb_marked:nn { Arti \\use:n { fact } } { %s } }",
}
ISSUE = """masthead: {name: 报}
sections:
- {name: 栏, type: words, text: 甲乙丙丁}
- {name: 动态, articles: [{title: 题, body: 文。}]}
"""


def project(folder: Path, way: str, *, artifacts: str = "") -> Path:
    """A folder with a plugin that prints words of its own, and an issue that uses it."""
    home = folder / "plugins" / "words"
    home.mkdir(parents=True)
    (home / "plugin.toml").write_text(PLUGIN.format(artifacts=artifacts), encoding="utf-8")
    style = "\\ProvidesExplPackage {words} {2026-01-01} {1.0} {Words}\n" + STYLES[way] % FALSE
    (home / "words.sty").write_text(style + "\n", encoding="utf-8")
    template = "<%= section.text %>\\par\n\\noindent\\wordsAdded{}\n"
    (home / "words.tex.jinja").write_text(template, encoding="utf-8")
    (folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    (folder / "jianbao.toml").write_text("", encoding="utf-8")
    return folder


@pytest.mark.parametrize("way", STYLES)
def test_words_of_a_plugin_are_reported_with_its_name(tmp_path: Path, way: str) -> None:
    """Nobody who reads the issue knows them, and the page shows them as if they were of it."""
    done = jianbao("build", "issue.yaml", "--json", folder=project(tmp_path, way))
    (issue,) = json.loads(done.stdout)["issues"]
    (finding,) = issue["findings"]

    assert done.returncode == 0
    assert finding["code"] == "JB346"
    assert finding["message"].endswith(f", from words 1.0: {FALSE}")
    assert finding["file"].endswith("words.sty")


def test_a_plugin_whose_record_says_so_prints_them_without_a_finding(tmp_path: Path) -> None:
    """They are in the report and in the certificate all the same, word by word."""
    folder = project(tmp_path, "artifact", artifacts="artifacts = true")
    done = jianbao("check", "--pdf", "issue.yaml", "--json", folder=folder)
    (issue,) = json.loads(done.stdout)["issues"]
    built = jianbao("build", "issue.yaml", "--output", "certificate", "-o", "out", folder=folder)
    certificate = json.loads((folder / "out" / "issue-certificate.json").read_text())
    added = [{"page": 1, "kind": "artifact", "text": FALSE, "plugins": ["words 1.0"]}]

    assert (done.returncode, built.returncode) == (0, 0)
    assert issue["findings"] == []
    assert issue["measured"]["added_texts"] == added
    assert certificate["added_texts"] == added
    assert FALSE in (folder / "out" / "issue-certificate.html").read_text()


HEADS = f"""masthead: {{name: 报}}
articles:
  - body:
      - table:
          head: [姓名, 数量]
          rows: [{", ".join(["[甲, 一]"] * 40)}]
"""


@pytest.fixture(scope="module")
def subject(workshop: Workshop) -> MasterSubject:
    made = workshop.subject(HEADS)
    assert len(made.measured.pages) > 1
    return made


def test_page_numbers_and_repeated_heads_are_no_added_text(
    press: Press, subject: MasterSubject
) -> None:
    """The page has more of them than the issue, but nobody is surprised."""
    text = "".join(glyph.text for page in subject.measured.pages for glyph in page.glyphs)

    assert text.count("姓名数量") > 1
    assert subject.added_texts == ()
    assert said(press, subject, "added-text") == []


@pytest.mark.parametrize("where", ["after the number", "beside the head", "at its own place"])
def test_words_that_lean_on_a_number_or_a_head_are_added_text(
    press: Press, subject: MasterSubject, where: str
) -> None:
    """A check that looks for the number alone would let them pass."""
    glyphs = list(subject.measured.pages[1].glyphs)
    artifacts = [i for i, glyph in enumerate(glyphs) if glyph.mark == Mark.ARTIFACT]
    at = {"after the number": artifacts[-1] + 1, "beside the head": artifacts[0]}.get(where, 5)
    word = [glyphs[artifacts[0]]._replace(text=c, mark=Mark.ARTIFACT) for c in "作废"]
    changed = with_page(subject, 2, with_glyphs([*glyphs[:at], *word, *glyphs[at:]]))
    (message,) = said(press, changed, "added-text")

    assert "作废" in message
    assert message.startswith("page 2 prints words that the issue does not have, from ")


def test_of_several_plugins_those_that_do_not_say_so_are_named(
    press: Press, subject: MasterSubject
) -> None:
    glyph = subject.measured.pages[0].glyphs[0]._replace(text="废", mark=Mark.ARTIFACT)
    changed = with_page(subject, 1, with_glyphs([*subject.measured.pages[0].glyphs, glyph]))
    sources = [ArtifactSource("a 1", "a.sty", True), ArtifactSource("b 2", "b.sty", False)]
    heard = {
        count: said(
            press,
            dataclasses.replace(changed, artifact_sources=tuple(sources[:count])),
            "added-text",
        )
        for count in (0, 1, 2)
    }

    assert heard[1] == []
    assert ["from a style of the layout:" in message for message in heard[0]] == [True]
    assert ["from b 2:" in message for message in heard[2]] == [True]
