"""TeX that means harm, or does it by mistake: in the text, in a style, ahead or plain."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engines import engine, none_left, tree
from fence import demand_fence
from jianbao_tex.children import Rung
from jianbao_tex.errors import JianbaoError, LimitReached
from jianbao_tex.master import TexTree
from jianbao_tex.store import Store
from pdf_pages import streams_of, text_of

CANARY = "CANARY"

READING = [
    r"\input{|printf CAN%sRY A}",
    r"\input{PLACE/canary.tex}",
    r"\input{../canary.tex}",
    r"\input{$HOME/canary.tex}",
    r"\input{$JIANBAO_PLACE/canary.tex}",
    r"\input{~/canary.tex}",
    r"\input{$SELFAUTOGRANDPARENT/etc/hostname}",
    r"\newread\r\openin\r=PLACE/canary.tex \read\r to\x\x",
    r"\newread\r\openin\r=~/canary.tex \read\r to\x\x",
    r"\filesize{PLACE/canary.tex}\mdfivesum file{PLACE/canary.tex}",
    r"\setbox0\hbox{\XeTeXpicfile PLACE/canary.png }\copy0",
    r"\setbox0\hbox{\XeTeXpdffile PLACE/canary.pdf }\copy0",
    r"\special{pdf:fstream @x (PLACE/canary.tex)}\special{pdf:put @catalog <</X @x>>}x",
    r"\special{pdf:image (PLACE/canary.png)}x",
    r"\special{pdf:epdf (PLACE/canary.pdf)}x",
    r"\special{PSfile=PLACE/canary.tex}x",
    r"\special{dvipdfmx:config D touch PLACE/made}\special{PSfile=x.eps}x",
    r"\font\x=PLACE/canary\x x",
    r"\font\x=[PLACE/canary.otf]\x x",
]
WRITING = [
    r"\immediate\write18{touch PLACE/made}x",
    r"\newwrite\f\immediate\openout\f=PLACE/made\immediate\write\f{x}x",
    r"\newwrite\f\immediate\openout\f=../made\immediate\write\f{x}x",
    r"\newwrite\f\immediate\openout\f=~/made\immediate\write\f{x}x",
    r"\newwrite\f\immediate\openout\f=$JIANBAO_PLACE/made\immediate\write\f{x}x",
    r"\newwrite\f\immediate\openout\f=../owner\immediate\write\f{x}x",
    r"\newwrite\f\immediate\openout\f=../jianbao.fmt\immediate\write\f{x}x",
]
ENDLESS = {
    "a macro": r"\def\a{\a}\a",
    "a loop of text": r"\def\a{x \a}\a",
    "pages": r"\def\a{x\newpage\a}\a",
    "memory": r"\def\a{\edef\b{\b\b}\a}\def\b{xxxxxxxxxxxxxxxx}\a",
    "groups": r"\def\a{\begingroup\a}\a",
    "boxes": r"\def\a{\setbox0\hbox{\a}}\a",
    "the log": r"\def\a{\immediate\write-1{xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}\a}\a",
    "a file": r"\newwrite\f\immediate\openout\f=x \def\a{\immediate\write\f{xxxxxxxxxxxxx}\a}\a",
    "files": r"\newcount\n\newwrite\f\def\a{\advance\n1 \immediate\openout\f=x\the\n\relax\a}\a",
    "the terminal": r"\def\a{\immediate\write16{xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}\a}\a",
    "waiting": r"\scrollmode\read16 to\x\read16 to\y x\a",
    "a word": "y" * 1100,
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with canaries in it, which also lie beside the folder of the job."""
    for name in ("canary.tex", "canary.otf", "canary.pdf", "canary.png"):
        (tmp_path / name).write_text(CANARY)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JIANBAO_PLACE", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def _in_the_text(attack: str) -> TexTree:
    return tree(f"{attack}\n")


def _in_a_style(attack: str) -> TexTree:
    """A style, which is read while a format is made."""
    head = "\\documentclass{article}\n\\usepackage{own}\n"
    return tree("text", head, **{"own.sty": f"{attack}\n".encode()})


@pytest.mark.parametrize("made", [_in_the_text, _in_a_style])
@pytest.mark.parametrize("attack", [*READING, *WRITING])
def test_nothing_outside_is_read_or_written(
    attack: str, made: object, place: Path, shelf: Store
) -> None:
    """Also by an engine that waited, and by the one that makes a format."""
    demand_fence()
    before = sorted(path.name for path in place.iterdir())
    hostname = Path("/etc/hostname")
    secrets = [CANARY, hostname.read_text().strip() if hostname.exists() else CANARY]
    document = made(attack.replace("PLACE", str(place)))  # type: ignore[operator]
    one = engine(store=shelf, wall_s=20.0)
    pdf, said = b"", ""
    try:
        pdf = one.typeset(document).pdf
    except JianbaoError as wrong:
        said = str(wrong)
    finally:
        one.close()

    assert sorted(path.name for path in place.iterdir()) == before
    assert CANARY not in said
    assert not pdf or not any(CANARY.encode() in data for data in streams_of(pdf))
    assert not pdf or not any(secret in text_of(pdf) for secret in secrets)
    for kept in (shelf.folder / "formats").glob("*.fmt"):
        assert CANARY.encode() not in kept.read_bytes()


@pytest.mark.parametrize("made", [_in_the_text, _in_a_style])
@pytest.mark.parametrize("name", ENDLESS)
def test_work_without_end_is_ended(name: str, made: object, place: Path, shelf: Store) -> None:
    """By TeX's own bounds, or by ours: in time, with a finding, and nothing is left."""
    one = engine(store=shelf, wall_s=4.0, cpu_s=3, file=20_000_000, pages=500)
    started = time.monotonic()
    findings: tuple[object, ...] = ()
    try:
        one.typeset(made(ENDLESS[name]))  # type: ignore[operator]
    except JianbaoError as wrong:
        findings = wrong.findings
    finally:
        one.close()

    # What a style does while it is read may be harmless; a long word is, on this machine.
    assert findings or name in {"a word", "waiting"}

    assert time.monotonic() - started < 30
    assert [path.name for path in place.iterdir() if path.is_dir()] == []
    assert none_left(str(place))


def test_pages_without_end_are_a_limit(place: Path, shelf: Store) -> None:
    assert place
    with pytest.raises(LimitReached, match=r"JB32[01]"):
        engine(store=shelf, wall_s=20.0, file=3_000_000).typeset(tree(ENDLESS["pages"]))


@pytest.mark.parametrize("rung", [Rung.PID, Rung.MOUNT])
def test_nothing_outside_is_read_or_written_by_a_fork(
    rung: Rung, place: Path, shelf: Store
) -> None:
    """One attack after another on the same server; a clean job is as before after each."""
    demand_fence()
    before = sorted(path.name for path in place.iterdir())
    one = engine(store=shelf, keep=1, best=rung, wall_s=20.0)
    clean = one.typeset(tree("text")).pdf
    for attack in (*READING, *WRITING):
        pdf, said = b"", ""
        try:
            pdf = one.typeset(_in_the_text(attack.replace("PLACE", str(place)))).pdf
        except JianbaoError as wrong:
            said = str(wrong)
        after = one.typeset(tree("text"))

        assert CANARY not in said
        assert not pdf or not any(CANARY.encode() in data for data in streams_of(pdf))
        assert not pdf or CANARY not in text_of(pdf)
        assert (after.pdf == clean, after.tools["isolation"]) == (True, rung)
    one.close()

    assert sorted(path.name for path in place.iterdir()) == before


@pytest.mark.parametrize("rung", [Rung.PID, Rung.MOUNT])
def test_work_without_end_in_a_fork_is_ended(rung: Rung, place: Path, shelf: Store) -> None:
    """Several at a time; what one uses up, the others still have."""
    demand_fence()
    one = engine(store=shelf, keep=4, best=rung, wall_s=8.0, cpu_s=1, file=5_000_000, pages=100)
    clean = one.typeset(tree("text")).pdf

    def work(name: str) -> tuple[object, ...]:
        try:
            one.typeset(_in_the_text(ENDLESS[name]))
        except JianbaoError as wrong:
            return wrong.findings
        return ()

    with ThreadPoolExecutor(4) as executor:
        findings = dict(zip(ENDLESS, executor.map(work, ENDLESS), strict=True))
    after = one.typeset(tree("text"))
    one.close()

    assert {name for name, found in findings.items() if not found} <= {"a word", "waiting"}
    assert (after.pdf == clean, after.tools["isolation"]) == (True, rung)
    assert [path.name for path in place.iterdir() if path.is_dir()] == []
    assert none_left(str(place))
