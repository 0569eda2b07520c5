"""Findings as people, machines and code hosts get them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sarif_pydantic import Sarif

from command import jianbao
from jianbao_tex.cli.terminal import aligned, cells, excerpt, wrapped
from jianbao_tex.findings import Where, visible
from workshop import ROOT

BROKEN = ROOT / "tests" / "broken"
MANY = "masthead: {name: 简报}\narticles:\n" + "".join(
    f"  - {{title: 第{n}篇, bodi: 正文}}\n" for n in range(12)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "issue.yaml").write_text(MANY, encoding="utf-8")
    return tmp_path


def test_findings_that_say_the_same_are_folded_into_the_first(folder: Path) -> None:
    done = jianbao("check", "issue.yaml", folder=folder)

    assert done.stderr.count("error JB121") == 1
    assert "11 more like this, in lines 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 …" in done.stderr
    assert done.stderr.endswith("12 errors, 0 warnings\n")


def test_machines_get_every_finding_with_its_own_place(folder: Path) -> None:
    data = json.loads(jianbao("check", "issue.yaml", "--json", folder=folder).stdout)
    found = data["issues"][0]["findings"]

    assert [f["line"] for f in found] == list(range(3, 15))
    assert {(f["column"], f["end_line"] - f["line"]) for f in found} == {(18, 0), (19, 0)}


def test_at_most_so_many_are_shown_errors_first(tmp_path: Path) -> None:
    """What is left out is counted; nothing is left out by 0."""
    wrong = "".join(f"key{n}: x\n" for n in range(9))
    (tmp_path / "issue.yaml").write_text(f"masthead: {{name: 简报}}\n{wrong}", encoding="utf-8")
    few = jianbao("check", "issue.yaml", "--max-findings", "4", folder=tmp_path)
    all_ = jianbao("check", "issue.yaml", "--max-findings", "0", folder=tmp_path)
    data = json.loads(
        jianbao("check", "issue.yaml", "--max-findings", "4", "--json", folder=tmp_path).stdout
    )

    assert few.stderr.count("error JB121") == 4
    assert "5 more findings are not shown; --max-findings 0 shows all" in few.stderr
    assert all_.stderr.count("error JB121") == 9
    assert len(data["issues"][0]["findings"]) == 4
    assert data["issues"][0]["findings_left_out"] == 5


def test_raw_lines_of_tex_are_for_those_who_ask(tmp_path: Path) -> None:
    """Without --verbose no finding quotes the log, which knows the server's folders."""
    case = BROKEN / "tex_command_unknown"
    variables = {"PYTHONPATH": str(ROOT / "tests" / "local_layouts")}
    plain, verbose = (
        json.loads(
            jianbao("build", "issue.yaml", "--json", *more, "-o", str(tmp_path), folder=case, **variables).stdout
        )["issues"][0]["findings"][0]
        for more in ([], ["--verbose"])
    )  # fmt: skip

    assert "raw" not in plain
    assert "Undefined control sequence" in verbose.pop("raw")
    assert plain == verbose


@pytest.mark.parametrize("name", ["issue.yaml", "第 365 期 50%.yaml", "a#b?.yaml"])
def test_sarif_is_what_code_hosts_read(name: str, tmp_path: Path) -> None:
    """Rules, results, places in characters, file names as references."""
    (tmp_path / name).write_text(MANY, encoding="utf-8")
    done = jianbao("check", name, "--sarif", folder=tmp_path)
    log = Sarif.model_validate_json(done.stdout)
    (run,) = log.runs
    raw = json.loads(done.stdout)["runs"][0]
    places = [r["locations"][0]["physicalLocation"] for r in raw["results"]]
    lines = MANY.split("\n")

    assert done.returncode == 1
    assert raw["columnKind"] == "unicodeCodePoints"
    assert {rule.id for rule in run.tool.driver.rules or ()} == {"JB121"}
    assert len(run.results or ()) == 12
    for place in places:
        region = place["region"]
        text = lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1]
        assert text == "bodi"
        assert unquote(place["artifactLocation"]["uri"]) == name


def test_sarif_names_both_places(tmp_path: Path) -> None:
    case = BROKEN / "tex_number_missing"
    variables = {"PYTHONPATH": str(ROOT / "tests" / "local_layouts")}
    done = jianbao("build", "issue.yaml", "--sarif", "-o", str(tmp_path), folder=case, **variables)
    (result,) = json.loads(done.stdout)["runs"][0]["results"]
    other = result["relatedLocations"][0]["physicalLocation"]

    Sarif.model_validate_json(done.stdout)
    assert other["artifactLocation"]["uri"] == "issue.yaml"


def test_json_and_sarif_do_not_go_together(folder: Path) -> None:
    assert jianbao("check", "issue.yaml", "--json", "--sarif", folder=folder).returncode == 2


@pytest.mark.parametrize("columns", ["24", "80", "300"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_keep_to_the_width_of_the_terminal(columns: str, language: str, folder: Path) -> None:
    """No line begins with a closing mark; only a word wider than the terminal goes beyond."""
    done = jianbao(
        "check", "issue.yaml", "none.yaml", folder=folder, COLUMNS=columns, JIANBAO_LANG=language
    )
    for line in done.stderr.splitlines():
        # The place with its weight and code stays whole, for those who look for it.
        rest = re.sub(r"^\S+: (error|错误) JB\d+:$", "", line)
        assert cells(rest) <= int(columns) or " " not in rest.strip(), line
        assert line.strip()[:1] not in "，。、；：）”》", line


def test_a_terminal_of_another_encoding_gets_escapes_not_a_traceback(folder: Path) -> None:
    done = jianbao(
        "check", "issue.yaml", "--lang", "zh", folder=folder, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )  # fmt: skip

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "JB121" in done.stderr


WORDS = st.text("ab 中文，。（）“”《》1%-", max_size=60)


@given(WORDS, st.integers(8, 40))
def test_wrapping_loses_nothing(text: str, room: int) -> None:
    """White space at the ends of lines apart; a line is as long as its room allows."""
    lines = list(wrapped(text, room))

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= room or len(list(wrapped(line, 1))) <= 2 for line in lines)


TEXTS = st.text(
    st.one_of(
        st.sampled_from("ab 中文，：\t“😀\u0301Ａ\x1b\u202e"),
        st.characters(codec="utf-8", exclude_categories=["Mn", "Me", "Mc"]),
    ),
    min_size=1,
    max_size=120,
).filter(lambda text: "\n" not in text)


@given(TEXTS, st.data())
def test_carets_stand_under_what_the_place_names(text: str, data: st.DataObject) -> None:
    """Whatever cells its characters take, and however long the line is."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    shown = excerpt(Where("f", 1, start + 1, text, 1, end + 1))
    line, carets = shown.split("\n")
    before = len(carets) - len(carets.lstrip())
    named = visible(text[start:end].replace("\t", " "))

    assert set(carets.strip()) == {"^"}
    assert cells(line) <= 72 + 9
    # Cut the line at the caret: what follows is what the place names, as far as it is shown.
    kept = ""
    for character in line:
        if cells(kept) >= before:
            break
        kept += character
    rest = line[len(kept) :].lstrip("\u0301") if cells(named[:1]) else line[len(kept) :]
    assert rest.removesuffix("…")[:1] == named.lstrip("\u0301")[:1] or not cells(named[:1])


def test_columns_are_aligned_by_cells_and_the_last_one_is_wrapped() -> None:
    """A Chinese character takes two; where there is no room for the last column it runs on."""
    rows = [("title.size", "16磅", "每栏19字，用3号"), ("grid.rows", "34行", "版心" * 12)]
    wide, narrow = list(aligned(rows)), list(aligned(rows, 42))

    assert wide == [
        "title.size  16磅  每栏19字，用3号",
        "grid.rows   34行  " + "版心" * 12,
    ]
    assert narrow == [wide[0], "grid.rows   34行  " + "版心" * 6, " " * 18 + "版心" * 6]
    assert list(aligned(rows, 30)) == wide
    assert list(aligned([])) == []
