"""The certificate: what it says of a build is so, and it claims no more."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pikepdf
from PIL import Image

from fence import FENCE
from icc_profiles import press_profile
from jianbao_tex.hooks import Finding, MasterCheck, MasterSubject, Where, hookimpl, say, warning
from jianbao_tex.press import Press, PressResult, Source
from jianbao_tex.report.origins import origins_as_json
from jianbao_tex.store import Store
from jianbao_tex.testing import plugin_at
from workshop import EXAMPLES, ROOT, Workshop


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


class Gossip:
    """A plugin whose check names files of the machine, as an exception of Python does."""

    SENTENCES = (
        "[Errno 2] No such file: '/home/li/my plan/a.txt'",
        "C:\\Users\\li\\b.icc cannot be read, nor can ~/c.icc and ~li/d.icc",
        "see \\\\server\\share\\e.png (file:///srv/f.png)",
    )

    @hookimpl
    def jianbao_checks(self) -> list[MasterCheck]:
        reported = warning("GO1", "{sentence}", "look at {sentence}")

        def run(_: MasterSubject) -> list[Finding]:
            where = Where("/home/li/g.yaml")
            return [reported.at(where, sentence=say("{text}", text=s)) for s in self.SENTENCES]

        return [MasterCheck("gossip", "闲话", run)]


def _texts_in(data: bytes) -> str:
    """All that a file says, unpacked; of a PDF without the files attached to it."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(name + _texts_in(archive.read(name)) for name in archive.namelist())
    if not data.startswith(b"%PDF"):
        return data.decode("utf-8", "replace")
    with pikepdf.open(io.BytesIO(data)) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Type") == "/EmbeddedFile":
                item.write(b"")
        unpacked = io.BytesIO()
        document.save(
            unpacked,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return unpacked.getvalue().decode("latin-1")


def test_no_file_names_a_folder_of_the_machine(tmp_path: Path, store: Store) -> None:
    """
    The issue, its series, picture, profile and plugin have whole paths; who reads the files
    learns their names, not the folders of the office.
    """
    folder, plugins = tmp_path / "office", tmp_path / "plugins"
    shutil.copytree(ROOT / "plugins" / "leaders_remarks", plugins / "leaders_remarks")
    folder.mkdir()
    Image.new("RGB", (600, 400), "red").save(folder / "a.png")
    (folder / "shop.icc").write_bytes(press_profile("Shop"))
    (folder / "series.yaml").write_text("masthead: {name: 工作简报}\n", encoding="utf-8")
    text = (
        f"series: {folder}/series.yaml\noptions: {{print.profile: {folder}/shop.icc}}\nsections:\n"
        f"- type: leaders_remarks\n  name: 批示\n  remarks: [{{leader: 李, text: 好。}}]\n"
        f"- articles: [{{body: [正文。, {{image: {{file: {folder}/a.png, width: 0.3}}}}]}}]\n"
    )
    (folder / "365.yaml").write_text(text, encoding="utf-8")
    found = plugin_at(plugins / "leaders_remarks")
    press = Press(plugins={found.name: found, "gossip": Gossip()}, sandbox=FENCE, store=store)
    outputs = ("certificate", "tex", "archive", "print", "pdf")
    composed = press.compose(Source.from_file(folder / "365.yaml"))
    pressing = press.press(Source.from_file(folder / "365.yaml"), outputs)
    press.engine.close()
    texts = {a.name: _texts_in(a.data) for a in pressing.artifacts}
    texts["origins.json"] = json.dumps(origins_as_json(composed), ensure_ascii=False)
    data = json.loads(texts["365-certificate.json"])

    for name, content in texts.items():
        assert str(tmp_path) not in content, name
        # Elsewhere a ~ is a space of expl3, or one of many bytes.
        if name.endswith((".json", ".html")):
            assert not re.search(r"/home/|/srv/|Users|~li|~/|\\server", content), name
    assert {"365.yaml", "series.yaml", "a.png", "shop.icc"} <= data["inputs"].keys()
    assert any(name.startswith("leaders_remarks/") for name in data["inputs"])
    assert [f["message"] for f in data["findings"] if f["code"] == "GO1"] == [
        "[Errno 2] No such file: 'a.txt'",
        "b.icc cannot be read, nor can c.icc and d.icc",
        "see e.png (f.png)",
    ]
    with pikepdf.open(
        io.BytesIO(next(a.data for a in pressing.artifacts if a.name.endswith("-a3b.pdf")))
    ) as document:
        assert set(document.attachments) == {"365.yaml", "series.yaml"}


def test_the_name_of_an_upload_leaves_its_folders_behind(press: Press) -> None:
    """A browser on Windows sends the whole path as the name of a file."""
    source = Source.from_bytes(
        "masthead: {name: 简报}\narticles: {body: 文。}\n".encode(), "C:\\Users\\li\\7.yaml"
    )
    pressing = press.press(source, ("txt", "certificate"))

    assert [a.name for a in pressing.artifacts] == [
        *("7.txt", "7-certificate.json", "7-certificate.html"),
    ]
    assert "7.yaml" in json.loads(pressing.artifacts[1].data)["inputs"]
