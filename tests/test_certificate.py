"""The certificate: what it says of a build is so, and it claims no more."""

from __future__ import annotations

import hashlib
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

from jianbao_tex.press import Press, PressResult, Source
from workshop import EXAMPLES, Workshop


def certified(press: Press, folder: Path) -> PressResult:
    source = Source.from_file(folder / "365.yaml")
    return press.press(source, ("certificate", "print", "pdf", "archive"))


def test_the_certificate_tells_of_all_that_was_made(press: Press) -> None:
    pressing = certified(press, EXAMPLES)
    files = {artifact.name: artifact.data for artifact in pressing.artifacts}
    data = json.loads(files["365-certificate.json"])
    outputs = {entry["file"]: entry for entry in data["outputs"]}

    assert [entry["sha256"] for entry in data["outputs"]] == [
        hashlib.sha256(files[name]).hexdigest() for name in outputs
    ]
    assert {name: entry["standard"] for name, entry in outputs.items()} == {
        "365-print.pdf": "PDF/X-4",
        "365.pdf": None,
        "365-archive-a1b.pdf": "PDF/A-1b",
        "365-archive-a3b.pdf": "PDF/A-3b",
    }
    assert outputs["365-print.pdf"]["plates"] == [
        {"pages": "1", "plates": ["Black", "PANTONE Red 032 C"]},
        {"pages": "2-8", "plates": ["Black"]},
    ]
    assert data["text"]["differences"] == 0
    assert data["text"]["characters"] > 3000
    assert data["grid"]["worst_mm"] < 0.01
    assert (
        data["inputs"]["365.yaml"]
        == hashlib.sha256((EXAMPLES / "365.yaml").read_bytes()).hexdigest()
    )
    assert {font["embedded"] for font in data["fonts"]} == {True}


def test_what_did_not_run_is_said(press: Press) -> None:
    """No file is called certified that no validator has seen."""
    files = {a.name: a.data for a in certified(press, EXAMPLES).artifacts}
    data = json.loads(files["365-certificate.json"])
    results = {v["name"]: v["result"] for v in data["validators"]}

    assert results["veraPDF (PDF/A-3b)"] == results["a validator of PDF/X-4"] == "not run"
    assert results["Apache PDFBox Preflight (PDF/A-1b)"] == "not run"
    assert set(results.values()) == {"not run", "self-checked"}
    assert b"not run" in files["365-certificate.html"]


def test_characters_of_other_fonts_are_named(press: Press) -> None:
    text = "masthead: {name: 工作简报}\narticles: {body: 王喆、李𬱖。}\n"
    pressing = press.press(Workshop.source(text), ("certificate",))
    data = json.loads(pressing.artifacts[0].data)
    served = "".join(font["fallback"] for font in data["fonts"])

    assert sorted(served) == ["喆", "𬱖"]


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 -- the parser's
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_report_for_people_is_whole_and_escaped(press: Press) -> None:
    text = "masthead: {name: '简报<script>&'}\narticles: {body: 正文。}\n"
    pressing = press.press(Workshop.source(text), ("pdf", "certificate"))
    page = pressing.artifacts[-1].data.decode()
    parser = _Texts()
    parser.feed(page)

    assert parser.open == []
    assert "<script" not in page
    assert "简报<script>& " in "".join(parser.texts)


def test_the_certificate_is_the_same_in_another_folder(press: Press, tmp_path: Path) -> None:
    for name in ("365.yaml", "series.yaml"):
        shutil.copy(EXAMPLES / name, tmp_path)

    first, second = (certified(press, folder).artifacts for folder in (EXAMPLES, tmp_path))
    assert [a.data for a in first] == [a.data for a in second]
