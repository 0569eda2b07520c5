"""Issues written as YAML: as a person would, read back to equal issues, in either language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from folder_plugins import project
from jianbao_tex.errors import IssueInvalid, JianbaoError
from jianbao_tex.issue import Issue
from jianbao_tex.language import ENGLISH, language
from jianbao_tex.parts import Part
from jianbao_tex.press import Press, Source
from jianbao_tex.reader import read, write_issue
from jianbao_tex.reader.samples import sample_of
from jianbao_tex.registry import Registry
from jianbao_tex.testing import Project
from workshop import EXAMPLES, ROOT

LANGUAGES = (ENGLISH, language("zh"))
CASES = sorted((ROOT / "tests" / "cases").glob("*/issue.yaml"))
# Letters, and what YAML, our own marks or a hasty writer would stumble over.
SIGNS = "标题正文abcY019 　:#-*|>'\"\\%@`&!?{}[],，。一、（）.~\t\n😀\xa0"
TEXTS = st.text(st.sampled_from(SIGNS), min_size=1, max_size=12)
WORDS = st.sampled_from(["null", "true", "No", "0365", "12:30", "1e3", "2020-03-10", "~", "- x"])
LINES = (
    WORDS
    | TEXTS.map(lambda text: text.replace("\n", " "))
    | st.sampled_from(
        ["一、背景", "（一）背景", "**一是**做。", "1.甲", "**", "# x", "a: b", " 甲"]
    )
)
BODIES = st.lists(LINES, min_size=1, max_size=4).map("\n".join)


def blocks() -> st.SearchStrategy[dict[str, Any]]:
    runs = st.lists(
        st.fixed_dictionaries({"text": LINES}, optional={"emphasis": st.booleans()}),
        min_size=1,
        max_size=3,
    )
    rows = st.integers(1, 3).flatmap(
        lambda columns: st.lists(
            st.lists(LINES | st.just(""), min_size=columns, max_size=columns),
            min_size=1,
            max_size=3,
        )
    )
    return st.one_of(
        st.fixed_dictionaries({"paragraph": LINES | st.fixed_dictionaries({"runs": runs})}),
        st.fixed_dictionaries(
            {"heading": st.fixed_dictionaries({"text": LINES}, optional={"level": st.integers(1, 4)})}
        ),
        st.fixed_dictionaries(
            {"list": st.lists(LINES, min_size=1, max_size=3).map(lambda items: {"items": items})}
        ),
        st.fixed_dictionaries({"quote": BODIES}),
        st.fixed_dictionaries(
            {"note": st.fixed_dictionaries({"body": BODIES}, optional={"label": LINES})}
        ),
        st.fixed_dictionaries({"table": st.fixed_dictionaries({"rows": rows})}),
        st.fixed_dictionaries({"image": st.just("a.png"), }),
        st.just({"page_break": None}),
    )  # fmt: skip


ARTICLES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "body": BODIES | st.lists(LINES | BODIES | blocks(), min_size=1, max_size=4),
        "signature": LINES,
        "credits": LINES,
    },
)
SECTIONS = st.one_of(
    st.fixed_dictionaries({"articles": st.lists(ARTICLES, max_size=2)}, optional={"name": LINES}),
    st.fixed_dictionaries(
        {"type": st.just("briefs"), "briefs": st.lists(st.fixed_dictionaries({"body": BODIES}, optional={"title": LINES}), max_size=2)},
        optional={"name": LINES},
    ),
    st.fixed_dictionaries({"type": st.just("text"), "body": BODIES}, optional={"name": LINES}),
)  # fmt: skip
ISSUES = st.fixed_dictionaries(
    {
        "masthead": st.fixed_dictionaries(
            {"name": TEXTS}, optional={"issuer": LINES | st.lists(LINES, max_size=3), "slogan": TEXTS}
        )
    },
    optional={
        "number": st.integers(1, 999999),
        "date": st.sampled_from(["2020-03-10", "2020年3月", "2026-11-02"]),
        "kind": st.sampled_from(["正刊", "增刊"]),
        "options": st.dictionaries(LINES, LINES, max_size=2),
        "sections": st.lists(SECTIONS, max_size=3),
        "distribution": st.dictionaries(st.text("报送发抄:", min_size=1, max_size=3), LINES, max_size=3),
        "imprint": LINES | st.fixed_dictionaries({"issuer": LINES}, optional={"copies": st.integers(1, 999)}),
    },
)  # fmt: skip


def values_of(issue: Issue) -> list[tuple[object, object]]:
    """Each value by its path; of a part its type."""
    return [
        (path, type(value) if isinstance(value, Part | tuple) else value)
        for path, value in issue.walk()
    ]


def read_again(
    issue: Issue, registry: Registry, folder: Path | None = None
) -> list[list[tuple[object, object]]]:
    """The values of an issue after it was written and read, once for each language."""
    written = [write_issue(issue, registry, spoken).encode() for spoken in LANGUAGES]
    sources = [Source.from_bytes(text, "again.yaml", folder) for text in written]
    return [values_of(read(source, registry)) for source in sources]


def in_each_language(issue: Issue) -> list[list[tuple[object, object]]]:
    return [values_of(issue) for _ in LANGUAGES]


@given(data=ISSUES)
@settings(max_examples=400)
def test_what_is_written_is_read_back_to_an_equal_issue(press: Press, data: dict[str, Any]) -> None:
    try:
        source = Source.from_bytes(json.dumps(data).encode(), "issue.yaml")
        issue = read(source, press.registry)
    except JianbaoError:
        assume(False)
    else:
        assert read_again(issue, press.registry) == in_each_language(issue)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_every_case_goes_round(path: Path, press: Press) -> None:
    assert len(CASES) >= 12
    issue = press.read(Source.from_file(path))

    assert read_again(issue, press.registry, path.parent) == in_each_language(issue)


@pytest.mark.parametrize("name", ["363", "365"])
def test_the_printed_bulletins_are_written_as_a_person_would(name: str, press: Press) -> None:
    """Bodies in lines of their own, no quotes where none are needed, each paragraph a line."""
    issue = press.read(Source.from_file(EXAMPLES / f"{name}.yaml"))
    text = write_issue(issue, press.registry)

    assert read_again(issue, press.registry) == in_each_language(issue)
    assert "body: |\n" in text
    assert "paragraph:" not in text
    assert '"' not in text.replace('body: "', "") or text.count('"') < 6
    assert f"number: {name}\n" in text
    assert "date: 2020-0" in text


@pytest.mark.parametrize("spoken", LANGUAGES, ids=lambda spoken: spoken.name)
def test_a_new_issue_goes_round(spoken: Any, press: Press) -> None:
    registry = press.registry
    text = sample_of(
        registry, [*registry.section_types], blocks=[*registry.blocks], language=spoken
    )
    issue = read(Source.from_bytes(text.encode(), "new.yaml"), registry)

    assert read_again(issue, registry) == in_each_language(issue)


@pytest.mark.parametrize(
    "data",
    [
        {"articles": [{"body": [{"paragraph": {"runs": [" 甲 "]}}, {"paragraph": {"runs": [" "]}}]}]},
        {"articles": [{"body": [{"paragraph": {"runs": [{"text": " 甲", "emphasis": True}, "乙 "]}}]}]},
        {"distribution": {"报": "市委", " 报": "市政府", "报 ": "市人大"}},
        {"articles": [{"title": "甲\t乙", "body": "丙\t丁\n\t戊"}]},
        {"articles": [{"title": "甲\n\n  乙\n# 丙\n- 丁", "body": [{"quote": [{"note": "己"}]}]}]},
    ],
)  # fmt: skip
def test_what_is_seldom_goes_round_too(data: dict[str, Any], press: Press) -> None:
    """Spaces at the edges of runs, a label that is there twice, tabs, lines like marks of YAML."""
    text = json.dumps({"masthead": {"name": "简报"}, **data})

    issue = read(Source.from_bytes(text.encode(), "issue.yaml"), press.registry)

    assert read_again(issue, press.registry) == in_each_language(issue)


def test_what_is_more_than_a_file_may_hold_is_refused(press: Press) -> None:
    """A title of tabs is twice as long when they are spelt out."""
    titles = [{"title": "甲" + "\t" * 900 + "乙"} for _ in range(1100)]
    source = Source(
        "issue.yaml", json.dumps({"masthead": {"name": "简报"}, "articles": titles[:500]})
    )
    issue = read(source, press.registry)
    article = issue.sections[0].articles[0]  # type: ignore[attr-defined]
    section = issue.sections[0].model_copy(update={"articles": (article,) * 1100})
    with pytest.raises(IssueInvalid, match="JB103"):
        write_issue(issue.model_copy(update={"sections": (section,)}), press.registry)


def test_issues_of_plugins_go_round(tmp_path: Path) -> None:
    """Types, blocks and fields of departments, also one whose label is some other key's name."""
    block = '\n[blocks.seal]\nlabel = "提示"\nshort = "words"\n\n[blocks.seal.fields]\n'
    manifest = f'{block}words = {{ type = "line", label = "印文", required = true }}\n'
    registry = project(tmp_path, manifest, seal="<%= block.words %>\n").registry
    text = "masthead: {name: 简报}\narticles: [{body: [{提示: 甲}, {seal: 乙}]}]\n"

    issue = read(Source.from_bytes(text.encode(), "i.yaml"), registry)
    assert read_again(issue, registry) == in_each_language(issue)
    for name in ("statistics", "leaders_remarks"):
        plugin = ROOT / "plugins" / name
        theirs = Project(tmp_path, [plugin]).registry
        cases = sorted((plugin / "tests").glob("*.yaml"))
        assert cases
        for case in cases:
            issue = read(Source.from_file(case), theirs)
            assert read_again(issue, theirs, case.parent) == in_each_language(issue)
