"""Whether this machine may use the engine that forks, and what happens where it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engines import TOOLS, engine, faults, tree
from fence import FENCE, demand_fence
from jianbao_tex.children import Rung
from jianbao_tex.store import Store
from jianbao_tex.typesetter import acceptance, pool
from jianbao_tex.typesetter.server import Server
from jianbao_tex.typesetter.starter import Starter
from jianbao_tex.typesetter.workplace import JobFolder
from pdf_pages import text_of


@pytest.fixture(autouse=True)
def _fenced() -> None:
    demand_fence()


def test_a_machine_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass is remembered for these programs and this shim; a failure is tried again."""
    store = Store(tmp_path / "cache")
    starter = Starter(TOOLS, FENCE)
    tried: list[Rung] = []
    real = acceptance._fault

    def counted(*given: object) -> object:
        tried.append(given[1])  # type: ignore[arg-type]
        return "a fault" if store.folder.parent.name == "other" else real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(acceptance, "_fault", counted)
    assert acceptance.rung_of(starter, store) == (Rung.PID, "")
    assert acceptance.rung_of(starter, store) == (Rung.PID, "")
    assert tried == [Rung.PID]
    store = Store(tmp_path / "other")
    assert acceptance.rung_of(starter, store) == (Rung.BWRAP, "a fault")
    assert acceptance.rung_of(starter, store) == (Rung.BWRAP, "a fault")
    assert tried[1:] == [Rung.PID, Rung.MOUNT] * 2


def test_a_shim_that_makes_another_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two PDFs of the sample are compared byte by byte."""
    monkeypatch.setattr(acceptance, "_plain_sample", lambda _: b"%PDF another")
    rung, reason = acceptance.rung_of(Starter(TOOLS, FENCE), Store(tmp_path))

    assert rung is Rung.BWRAP
    assert "another PDF" in str(reason)


def test_without_a_compiler_all_works(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptance, "shim", lambda: None)
    made = engine(store=Store(place / "cache"), keep=1)
    drafts = [made.typeset(tree("text")) for _ in range(2)]
    made.close()

    assert [draft.tools["isolation"] for draft in drafts] == ["bwrap", "bwrap"]
    assert [faults(draft) for draft in drafts] == [[], []]


def test_a_shim_that_is_no_library_falls_back_once(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader only warns of it; xetex then reads the end of its input."""
    wrong = tmp_path / "wrong.so"
    wrong.write_bytes(b"no library")
    monkeypatch.setattr(acceptance, "shim", lambda: wrong)
    made = engine(store=Store(place / "cache"), keep=1)
    drafts = [made.typeset(tree("text")) for _ in range(2)]
    made.close()

    assert [draft.tools["isolation"] for draft in drafts] == ["bwrap", "bwrap"]
    assert [len(faults(draft)) for draft in drafts] == [1, 0]


@pytest.mark.parametrize(
    ("hook", "body"),
    [
        (r"\AtBeginDocument{cover\newpage}", "text"),
        (r"\newwrite\f\immediate\openout\f=a.txt\immediate\write\f{x}\immediate\closeout\f",
         r"text \input{a.txt}"),
    ],
)  # fmt: skip
def test_an_opening_that_a_fork_cannot_go_on_from_gets_engines(
    hook: str, body: str, shelf: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has begun a page, or closed a file that the text reads: no server, and no fault."""
    tried: list[object] = []

    def counted(*given: object) -> object:
        tried.append(given)
        return Server(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pool, "Server", counted)
    document = tree(body, f"\\documentclass{{article}}\n{hook}\n")
    alone = engine(store=shelf)
    expected = alone.typeset(document).pdf
    made = engine(store=shelf, keep=1)
    drafts = [made.typeset(document) for _ in range(3)]
    tried_for_it = len(tried)
    other = made.typeset(tree("text"))
    made.close()
    alone.close()

    assert [draft.pdf == expected for draft in drafts] == [True] * 3
    assert {draft.tools["isolation"] for draft in drafts} == {"bwrap"}
    assert [faults(draft) for draft in (*drafts, other)] == [[]] * 4
    assert (tried_for_it, other.tools["isolation"]) == (1, "pid")
    assert list(place.iterdir()) == []


def test_a_file_that_the_opening_has_begun_is_whole_in_each_job(shelf: Store) -> None:
    """What was written of it before the fork lies in the folder of the server."""
    head = (
        "\\documentclass{article}\n\\newcount\\n\\newwrite\\f\\immediate\\openout\\f=a.txt\n"
        "\\loop\\advance\\n 1 \\immediate\\write\\f{line \\number\\n.}\\ifnum\\n<2000 \\repeat\n"
    )
    document = tree(r"\immediate\closeout\f \input{a.txt}", head)
    alone = engine(store=shelf)
    expected = alone.typeset(document).pdf
    made = engine(store=shelf, keep=1)
    drafts = [made.typeset(document) for _ in range(2)]
    made.close()
    alone.close()

    assert [(draft.pdf == expected, draft.tools["isolation"]) for draft in drafts] == [
        (True, "pid")
    ] * 2
    assert "line1.line2." in text_of(expected)


def test_what_a_job_leaves_is_read_only_if_it_is_a_file(tmp_path: Path) -> None:
    """A link would be followed with our rights, a pipe would never end."""
    (tmp_path / "secret").write_text("SECRET")
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    job = JobFolder.below(jobs, 1)
    (job.folder / "link.log").symlink_to(tmp_path / "secret")
    (job.folder / "folder.log").mkdir()
    os.mkfifo(job.folder / "pipe.log")
    job.write({"good.log": b"text"})

    assert [job.read(f"{name}.log") for name in ("link", "folder", "pipe", "none")] == [""] * 4
    assert job.read("good.log") == "text"
    assert job.read_bytes("link.log") is None
