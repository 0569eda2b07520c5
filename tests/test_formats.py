"""Precompiled formats: the same pages, made once, made again when they are spoilt."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines import TOOLS, calls, counting, engine, tree
from fence import FENCE
from jianbao_tex.children import Sandbox
from jianbao_tex.press import Press, Source
from jianbao_tex.store import FORMAT_VERSION, Store
from jianbao_tex.testing import plugin_at
from jianbao_tex.typesetter import Engine, Limits
from pdf_pages import text_of
from workshop import EXAMPLES, ROOT

NEWSLETTER = "layout: newsletter\n"
ISSUES = {
    "363": EXAMPLES / "363.yaml",
    "365": EXAMPLES / "365.yaml",
    "every block": ROOT / "tests/cases/every_block/issue.yaml",
    "rare characters": ROOT / "tests/cases/rare_characters_and_symbols/issue.yaml",
    "statistics": ROOT / "plugins/statistics/tests/many.yaml",
    "leaders_remarks": ROOT / "plugins/leaders_remarks/tests/two_remarks.yaml",
    "approval_sheet": ROOT / "plugins/approval_sheet/tests/one_article.yaml",
}


@pytest.fixture(scope="module")
def plugins() -> dict[str, object]:
    """The plugins of this checkout that set type."""
    names = ("statistics", "leaders_remarks", "approval_sheet")
    found = [plugin_at(ROOT / "plugins" / name) for name in names]
    return {plugin.name: plugin for plugin in found}


@pytest.mark.parametrize("name", ISSUES)
def test_the_pdf_is_the_same_with_and_without_a_format(
    name: str, plugins: dict[str, object], store: Store
) -> None:
    """Byte for byte: plain, from a format, and from an engine that waited."""
    source = Source.from_file(ISSUES[name])
    plain = Press(plugins=plugins, sandbox=FENCE).press(source)
    ahead = Press(plugins=plugins, sandbox=FENCE, store=store)
    ahead.engine.keep = 1
    made = [ahead.press(source) for _ in range(2)]
    ahead.engine.close()

    assert [m.artifacts[0].data == plain.artifacts[0].data for m in made] == [True, True]
    assert "JB425" not in [finding.code for finding in made[0].findings]


@pytest.mark.parametrize("name", ["363", "365"])
def test_the_newsletter_is_the_same_too(name: str, store: Store) -> None:
    text = NEWSLETTER + ISSUES[name].read_text(encoding="utf-8")
    source = Source.from_bytes(text.encode(), f"{name}.yaml", EXAMPLES)
    made = [
        Press(plugins={}, sandbox=FENCE, store=one).press(source).artifacts[0].data
        for one in (None, store)
    ]

    assert made[0] == made[1]


def test_red_stays_red_and_black_stays_black(store: Store) -> None:
    """A colour that is made before a format is dumped would be lost in silence."""
    from jianbao_tex.measure import measure

    press = Press(plugins={}, sandbox=FENCE, store=store)
    pdf = press.prove(press.compose(Source.from_file(EXAMPLES / "363.yaml"))).pdf

    assert measure(pdf).pages[0].colours >= {
        ("k", "0", "0.8", "0.8", "0"),
        ("k", "0", "0", "0", "1"),
    }


def test_a_format_is_made_once_and_again_when_its_class_changes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    typeset = engine(store=store).typeset
    style = b"\\ProvidesPackage{own}\\def\\own{%s}\n"
    head = "\\documentclass{article}\n\\usepackage{own}\n"
    words = (b"one", b"one", b"two")
    pdfs = [typeset(tree(r"\own", head, **{"own.sty": style % word})).pdf for word in words]

    assert ["one" in text_of(pdf) for pdf in pdfs] == [True, True, False]
    assert len(_formats(store)) == 2


@pytest.mark.parametrize("spoil", ["truncate", "flip", "empty", "remove", "record"])
def test_a_spoilt_format_is_made_again(spoil: str, tmp_path: Path) -> None:
    """What lies in the cache is believed only as far as it is what was put there."""
    store = Store(tmp_path)
    first = engine(store=store).typeset(tree("text")).pdf
    (path,) = _formats(store)
    data = path.read_bytes()
    if spoil == "truncate":
        path.write_bytes(data[: len(data) // 2])
    elif spoil == "flip":
        middle = len(data) // 3
        path.write_bytes(data[:middle] + bytes(b ^ 0xFF for b in data[middle : middle + 400_000])
                         + data[middle + 400_000 :])  # fmt: skip
    elif spoil == "empty":
        path.write_bytes(b"")
    elif spoil == "remove":
        path.unlink()
    else:
        path.with_suffix(".json").write_text("{}")

    assert engine(store=store).typeset(tree("text")).pdf == first
    assert engine(store=store).typeset(tree("text")).pdf == first


def test_a_format_of_other_files_of_tex_is_not_used(tmp_path: Path) -> None:
    """After an upgrade of TeX the old format would set old pages."""
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    style = inputs / "upgraded.sty"
    style.write_text("\\def\\version{before}\n")
    tools, log = counting(tmp_path, TEXINPUTS=f"{inputs}:")
    store = Store(tmp_path / "cache")
    document = tree(r"\version", "\\documentclass{article}\n\\usepackage{upgraded}\n")

    def text() -> str:
        return text_of(Engine(tools, Sandbox.OFF, Limits(), store).typeset(document).pdf)

    assert text().startswith("before")
    assert text().startswith("before")
    assert calls(log, "-ini") == 1
    style.write_text("\\def\\version{after the upgrade}\n")
    assert text().startswith("after")
    assert calls(log, "-ini") == 2


def test_a_style_that_loads_a_font_is_set_without_a_format(tmp_path: Path) -> None:
    """XeTeX cannot dump it; the page comes all the same, and it is said why it took long."""
    style = b'\\font\\own="[lmroman10-regular.otf]" at 10pt\n'
    head = "\\documentclass{article}\n\\usepackage{own}\n"
    store = Store(tmp_path)
    draft = engine(store=store).typeset(tree(r"\own text", head, **{"own.sty": style}))

    assert "dump" in next(m.text for m in draft.log if m.kind == "plain")
    assert _formats(store) == []
    # The next process knows it from the record.
    again = engine(store=store).typeset(tree(r"\own text", head, **{"own.sty": style}))
    assert any(m.kind == "plain" for m in again.log)


@pytest.mark.parametrize(
    "style",
    [r"\newlength\own\footnotesize\setlength\own{1em}\normalsize", r"\setbox0\hbox{text}"],
)
def test_a_style_that_needs_type_while_it_is_read_is_set_without_a_format(
    style: str, tmp_path: Path
) -> None:
    """Its lengths would come out otherwise, and nobody would know."""
    head = "\\documentclass{article}\n\\usepackage{own}\n"
    made = tree("text", head, **{"own.sty": style.encode()})

    assert any(m.kind == "plain" for m in engine(store=Store(tmp_path)).typeset(made).log)


def test_em_and_ex_of_a_style_are_those_of_the_font(tmp_path: Path) -> None:
    """Lengths in em, set while a style is read, are the same with and without a format."""
    head = "\\documentclass{article}\n\\usepackage{own}\n"
    style = rb"\newdimen\own\own=1em \newdimen\owx\owx=1ex \newdimen\ows\ows=\fontdimen2\font"
    made = tree(r"\the\own/\the\owx/\the\ows", head, **{"own.sty": style})
    texts = [text_of(engine(store=one).typeset(made).pdf) for one in (None, Store(tmp_path))]

    assert texts[0] == texts[1]
    assert "10.0pt/4.31pt/3.33pt" in texts[0]


@pytest.mark.parametrize("folder", ["a file", "somebody else's", "without a way to write"])
def test_a_cache_that_cannot_be_used_costs_time_and_nothing_else(
    folder: str, tmp_path: Path
) -> None:
    """Read-only, a file in its place, writable for all: nothing of it is run or believed."""
    place = tmp_path / "cache"
    if folder == "a file":
        place.write_text("")
    else:
        (place / FORMAT_VERSION).mkdir(parents=True)
        (place / FORMAT_VERSION).chmod(0o777 if folder == "somebody else's" else 0o500)
    store = Store(place)
    if folder == "without a way to write" and os.getuid() == 0:
        # No permission stops root, but this is no disk.
        store = Store(Path("/proc/1/cache"))
    assert engine(store=store).typeset(tree("text")).pages == 1
    assert _formats(store) == []


def test_several_processes_make_a_format_once(tmp_path: Path) -> None:
    """The others wait for the first."""
    _, log = counting(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from engines import TOOLS, tree\n"
        "from jianbao_tex.store import Store\n"
        "from jianbao_tex.children import Sandbox\n"
        "from jianbao_tex.typesetter import Engine, Limits\n"
        "import dataclasses\n"
        "tools = dataclasses.replace(TOOLS, xelatex=Path(sys.argv[2]) / 'xelatex')\n"
        "store = Store(Path(sys.argv[2]) / 'cache')\n"
        "Engine(tools, Sandbox.OFF, Limits(), store).typeset(tree('text'))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(ROOT / "tests"), str(tmp_path)])
        for _ in range(3)
    ]
    for process in running:
        process.wait(120)

    assert [process.returncode for process in running] == [0, 0, 0]
    assert calls(log, "-ini") == 1


def test_an_error_in_the_text_is_told_as_without_a_format(tmp_path: Path) -> None:
    """Line and file are those of the document, no matter who read its opening."""
    bad = tree("good\n\n\\nothing")
    store = Store(tmp_path)
    said = []
    for one in (None, store):
        with pytest.raises(Exception, match="JB313") as raised:
            engine(store=one).typeset(bad)
        said.append(re.sub(r"in \S+", "", str(raised.value)))

    assert said[0] == said[1]
    assert "issue.tex:5" in said[0]


def test_an_error_in_the_opening_is_told_as_without_a_format(tmp_path: Path) -> None:
    head = "\\documentclass{article}\n\\nothing\n"
    said = []
    for one in (None, Store(tmp_path)):
        with pytest.raises(Exception, match="JB313") as raised:
            engine(store=one).typeset(tree("text", head))
        said.append(str(raised.value))

    assert said[0] == said[1]
    assert "issue.tex:2" in said[0]


def test_today_is_the_day_of_the_issue(tmp_path: Path) -> None:
    """An engine that was started before anybody knew the issue has its day all the same."""
    import dataclasses

    dated = dataclasses.replace(tree(r"\number\year/\number\month/\number\day"), epoch=1583798400)
    for one in (None, Store(tmp_path)):
        assert "2020/3/10" in text_of(engine(store=one).typeset(dated).pdf)


def test_a_document_of_another_shape_is_set_plainly(tmp_path: Path) -> None:
    store = Store(tmp_path)
    odd = tree("text", "\\RequirePackage{fix-cm}\n\\documentclass{article}\n")

    assert engine(store=store).typeset(odd).pages == 1
    assert _formats(store) == []


def test_pages_are_limited() -> None:
    body = "\\newcount\\n\\loop\\ifnum\\n<30 \\advance\\n1 x\\newpage\\repeat"
    with pytest.raises(Exception, match="JB321"):
        Engine(TOOLS, FENCE, Limits(pages=20)).typeset(tree(body))


def _formats(store: Store) -> list[Path]:
    return sorted((store.folder / "formats").glob("*.fmt"))
