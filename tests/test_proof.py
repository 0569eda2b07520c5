"""The output proof: of good issues and of refused ones, with the findings at their lines."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import pikepdf
import pytest

from command import jianbao
from jianbao_tex.batch import Batch
from jianbao_tex.builtin.outputs.proof import make_proof
from jianbao_tex.errors import PreflightFailed, Refusal
from jianbao_tex.hooks import Job, MasterSubject
from jianbao_tex.press import Press, Source
from pdf_pages import pages_of, text_of
from workshop import EXAMPLES, Workshop

HIDDEN = """masthead: {name: 报}
sections:
- {name: 栏, type: hiding, text: 甲乙丙丁}
- {name: 动态, articles: [{title: 题目, body: 正文一段。}]}
"""
LAYOUT = '[section_types.hiding]\nlabel = "藏"\n[section_types.hiding.fields]\n'
LAYOUT += 'text = { type = "line", label = "文字", example = "甲", required = true }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a plugin that hides the text of its section."""
    home = tmp_path / "plugins" / "hiding"
    home.mkdir(parents=True)
    (home / "plugin.toml").write_text(f'label = "藏"\nversion = "1"\napi = "2.2"\n{LAYOUT}')
    (home / "hiding.tex.jinja").write_text(
        "\\special{pdf:literal direct q 3 Tr}<%= section.text %>\\special{pdf:literal direct Q}\n"
    )
    (tmp_path / "issue.yaml").write_text(HIDDEN, encoding="utf-8")
    (tmp_path / "jianbao.toml").write_text("")
    return tmp_path


def test_a_refused_issue_has_a_proof(folder: Path) -> None:
    """The command ends with 0, since the proof was made, and says what a build would refuse."""
    done = jianbao("build", "issue.yaml", "--output", "proof", "--json", folder=folder)
    (issue,) = json.loads(done.stdout)["issues"]

    assert done.returncode == 0
    assert issue["files"] == ["issue-proof.pdf"]
    assert issue["ok"]
    assert [f["code"] for f in issue["findings"] if f["severity"] == "error"] == ["JB338"]


def test_a_proof_beside_a_master_does_not_save_the_master(folder: Path) -> None:
    """The proof is written; the other output is refused, and the exit code says so."""
    outputs = ("--output", "pdf", "--output", "proof")
    done = jianbao("build", "issue.yaml", *outputs, folder=folder)

    assert done.returncode == 8
    assert "JB434" in done.stderr
    assert done.stdout.split() == ["issue-proof.pdf"]
    assert not (folder / "issue.pdf").exists()


def test_strict_does_not_keep_a_proof_back(folder: Path) -> None:
    """People ask for a proof to see what is wrong."""
    done = jianbao("build", "--strict", "issue.yaml", "--output", "proof", folder=folder)

    assert done.returncode == 0
    assert (folder / "issue-proof.pdf").exists()


def test_the_certificate_of_a_proof_says_what_it_is(folder: Path) -> None:
    outputs = ("--output", "proof", "--output", "certificate")
    done = jianbao("build", "issue.yaml", *outputs, folder=folder)
    certificate = json.loads((folder / "issue-certificate.json").read_text())
    alone = jianbao("build", "issue.yaml", "--output", "certificate", folder=folder)

    assert done.returncode == 0
    assert certificate["accepted"] is False
    assert [(out["file"], out["proof"]) for out in certificate["outputs"]] == [
        ("issue-proof.pdf", True)
    ]
    assert "样稿 proof" in (folder / "issue-certificate.html").read_text()
    # Without a proof there is no file that a certificate could describe.
    assert alone.returncode == PreflightFailed.exit_code


def proof_of(press: Press, text: str) -> pikepdf.Pdf:
    (artifact,) = press.press(Workshop.source(text), ("proof",)).artifacts
    assert artifact.name == "issue-proof.pdf"
    return pikepdf.open(io.BytesIO(artifact.data))


def test_the_pages_of_a_proof_are_those_of_the_issue(press: Press) -> None:
    """Nothing of the page moves; 样稿 is drawn, so that no search takes it for text."""
    text = (EXAMPLES / "365.yaml").read_text(encoding="utf-8")
    source = Workshop.source(text, EXAMPLES)
    master = press.prove(press.compose(source))
    (artifact,) = press.press(source, ("proof",)).artifacts
    pages, originals = pages_of(artifact.data), pages_of(master.pdf)

    assert len(pages) == len(originals) + 1
    for page, original in zip(pages, originals, strict=False):
        # Two readers: pdfium looks at what stands on the word.
        assert [g[8:] for g in page.glyphs] == [g[8:] for g in original.glyphs]
        assert [g.text for g in page.glyphs] == [g.text for g in original.glyphs]
        assert [n for g in page.glyphs for n in g[1:8]] == pytest.approx(
            [n for g in original.glyphs for n in g[1:8]], abs=0.001
        )
    assert "样稿" not in text_of(artifact.data)


def test_the_title_and_the_name_of_a_proof_say_what_it_is(press: Press) -> None:
    document = proof_of(press, "masthead: {name: 工作简报}\nnumber: 3\narticles: {body: 文。}\n")

    assert str(document.docinfo["/Title"]) == "工作简报 第3期 样稿"
    with document.open_metadata() as metadata:
        assert "样稿" in str(metadata["dc:title"])


def test_each_page_of_a_proof_bears_the_word_across_it(press: Press) -> None:
    """Turned by half a right angle, in the middle, below the text; on the list too."""
    document = proof_of(press, "masthead: {name: 报}\narticles: {body: 文。}\n")

    assert len(document.pages) == 2
    for page in document.pages:
        operators = list(pikepdf.parse_content_stream(page))
        first = [str(item.operator) for item in operators[:4]]
        matrix = [float(value) for value in operators[1].operands]
        assert first[:3] == ["q", "cm", "g"]
        assert matrix[0] == matrix[1] == pytest.approx(0.7071)
        assert matrix[4:] == pytest.approx([297.6, 420.9], abs=0.1)


def marked(press: Press, text: str) -> list[tuple[int, str, list[float]]]:
    """The rectangles that a proof draws: page, colour, box."""
    document = proof_of(press, text)
    found = []
    for number, page in enumerate(document.pages, 1):
        colour = ""
        for item in pikepdf.parse_content_stream(page, "rg re"):
            values = [float(value) for value in item.operands]
            if str(item.operator) == "rg":
                colour = " ".join(f"{value:g}" for value in values)
            else:
                found.append((number, colour, values))
    return found


def test_a_finding_is_marked_under_its_text_in_the_colour_of_its_weight(press: Press) -> None:
    """And at each place where the text is printed: in the contents and above the article."""
    text = "masthead: {name: 报}\narticles:\n- {title: 甲⼈乙, body: 文。}\n- {title: 丙, body: 文。}\n"
    pages = pages_of(press.prove(press.compose(Workshop.source(text))).pdf)
    places = [(g.x, g.baseline) for page in pages for g in page.facts.glyphs if g.text in "⼈人"]
    boxes = [box for page, colour, box in marked(press, text) if colour == "0.8 0.45 0"]

    assert len(places) == len(boxes) == 2
    for (x, baseline), box in zip(places, boxes, strict=True):
        assert box[0] * 25.4 / 72 == pytest.approx(x, abs=0.6)
        assert 297 - box[1] * 25.4 / 72 == pytest.approx(baseline, abs=2)


def test_the_list_of_findings_stays_on_its_page(press: Press) -> None:
    """Also where the name of the issue is longer than a line."""
    text = "masthead: {name: 报}\narticles: {body: 文⼈。}\n"
    name = "/".join(["二〇二六年工作简报"] * 12) + ".yaml"
    (artifact,) = press.press(Source.from_bytes(text.encode(), name), ("proof",)).artifacts
    with pikepdf.open(io.BytesIO(artifact.data)) as document:
        across = [
            float(item.operands[0])
            for item in pikepdf.parse_content_stream(document.pages[-1], "m l")
            if item.operands
        ]

    assert 71 <= max(across) <= 595.3 - 71


def test_a_good_issue_has_a_proof_too(workshop: Workshop) -> None:
    outcome = Batch(workshop.press, ("proof",)).press_source(
        Workshop.source("masthead: {name: 报}\narticles: {body: 文。}\n")
    )

    assert (outcome.exit_code, outcome.findings, len(outcome.artifacts)) == (0, (), 1)
    assert outcome.is_proof


def test_what_would_run_code_has_no_proof(workshop: Workshop) -> None:
    """To open a proof must be as safe as to read the finding."""
    subject: MasterSubject = workshop.subject("masthead: {name: 报}\narticles: {body: 文。}\n")
    measured = dataclasses.replace(subject.measured, unexpected_keys=("/OpenAction",))
    changed = dataclasses.replace(subject, measured=measured)

    with pytest.raises(Refusal, match="JB379"):
        make_proof(changed.with_job(Job()))


def test_an_issue_that_tex_cannot_set_has_no_proof(tmp_path: Path) -> None:
    (tmp_path / "issue.yaml").write_text("masthead: {name: 报}\narticles: {body: 𓀀}\n")
    done = jianbao("build", "issue.yaml", "--output", "proof", folder=tmp_path)

    assert done.returncode == 1
    assert "JB401" in done.stderr
    assert [*tmp_path.glob("*.pdf")] == []
