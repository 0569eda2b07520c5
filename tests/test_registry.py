"""The registry: whose a record is, what becomes of a broken one, who is called first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import pytest
from pydantic import Field

from fence import FENCE
from jianbao_tex.hooks import (
    Issue,
    IssueCheck,
    IssueSubject,
    Line,
    Output,
    Preparation,
    Section,
    SectionType,
    hookimpl,
    warning,
)
from jianbao_tex.registry import Choices, Plugin, Registry, gather
from jianbao_tex.testing import Build, Project

ISSUE = "masthead: {name: 简报}\nnumber: 7\narticles: [{title: 甲, body: 文。}, {title: 乙, body: 文。}]\n"


class Mine(Section):
    """A section of one line."""

    words: Annotated[Line, Field(title="文字")] = "文字"


def plugin(name: str, size: str = "file", **hooks: object) -> Plugin:
    return Plugin(name, SimpleNamespace(**{n: hookimpl(f) for n, f in hooks.items()}), size=size)  # type: ignore[arg-type]


def output(name: str) -> Output:
    return Output(name, "输出", ".txt", "text/plain", lambda _: b"")


def bringing(*names: str) -> Callable[[], list[Output]]:
    return lambda: [output(name) for name in names]


def codes(registry: Registry) -> list[str]:
    return [finding.code for finding in registry.faults]


def project(folder: Path, **plugins: Plugin) -> Project:
    return Project(folder, plugins, FENCE)


# --- Names -----------------------------------------------------------------------------------


def test_a_name_of_two_plugins_is_nobody_s_and_both_are_named() -> None:
    first, second = (plugin(n, jianbao_outputs=bringing("card", n)) for n in ("one", "two"))
    registry = gather([first, second])
    (absence,) = registry.why_missing("outputs", "card")

    assert set(registry.outputs) == {"one", "two"}
    assert absence.finding.message == "the output card comes from two plugins, one and two"
    assert '[plugins.prefer.outputs] card = "two"' in absence.finding.advice


@pytest.mark.parametrize("chosen", ["one", "two"])
def test_the_project_chooses_between_two(chosen: str) -> None:
    first, second = (plugin(n, jianbao_outputs=bringing("card")) for n in ("one", "two"))
    registry = gather([first, second], choices=Choices(prefer={("outputs", "card"): chosen}))

    assert registry.owners["outputs", "card"].name == chosen
    assert codes(registry) == []


def test_nobody_takes_a_name_from_the_package_unasked() -> None:
    ours = plugin("jianbao_tex", "built-in", jianbao_outputs=bringing("pdf"))
    other = plugin("a_first", jianbao_outputs=bringing("pdf"))

    assert gather([other, ours]).owners["outputs", "pdf"] is ours
    assert codes(gather([other, ours])) == ["JB502"]
    asked = Choices(prefer={("outputs", "pdf"): "a_first"})
    assert gather([other, ours], choices=asked).owners["outputs", "pdf"] is other


def test_a_plugin_that_names_a_thing_twice_keeps_the_first() -> None:
    registry = gather([plugin("one", jianbao_outputs=bringing("card", "card"))])

    assert set(registry.outputs) == {"card"}
    assert codes(registry) == ["JB512"]


def typed(folder: Path, *types: tuple[str, str]) -> Callable[[], list[SectionType]]:
    template = folder / "mine.tex.jinja"
    template.write_text("\n")
    return lambda: [SectionType(name, label, Mine, template) for name, label in types]


def test_a_label_that_is_the_package_s_own_is_refused(tmp_path: Path) -> None:
    """Else an issue that writes 简讯 would get another department's section."""
    other = plugin("other", jianbao_section_types=typed(tmp_path, ("aaa", "简讯")))
    registry = project(tmp_path, other=other).registry

    assert registry.named("section_types", "简讯") == "briefs"
    assert "aaa" not in registry.section_types
    assert codes(registry) == ["JB502"]


def test_a_label_of_two_plugins_is_nobody_s_until_the_project_chooses(tmp_path: Path) -> None:
    first = plugin("one", jianbao_section_types=typed(tmp_path, ("aaa", "同名")))
    second = plugin("two", jianbao_section_types=typed(tmp_path, ("bbb", "同名")))
    chosen = Choices(prefer={("section_types", "同名"): "two"})

    assert set(gather([first, second]).section_types) == set()
    assert set(gather([first, second], choices=chosen).section_types) == {"bbb"}


def test_a_name_that_is_another_s_label_clashes_too(tmp_path: Path) -> None:
    first = plugin("one", jianbao_section_types=typed(tmp_path, ("aaa", "bbb")))
    second = plugin("two", jianbao_section_types=typed(tmp_path, ("bbb", "乙")))

    assert codes(gather([first, second])) == ["JB502"]


# --- Records ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Output("Card", "卡", ".txt", "t/p", bytes), "its name is not of lower case letters"),
        (Output("card", " ", ".txt", "t/p", bytes), "it has no label"),
        (Output("card", "卡", "/../x", "t/p", bytes), "its suffix is not of the form"),
        (Output("card", "卡", ".txt", "t/p", b""), "its make cannot be called"),  # type: ignore[arg-type]
        (Output(7, "卡", ".txt", "t/p", bytes), "its name is not of lower case letters"),  # type: ignore[arg-type]
    ],
)
def test_a_record_that_cannot_be_is_left_out_alone(record: Output, reason: str) -> None:
    registry = gather([plugin("one", jianbao_outputs=lambda: [record, output("good")])])
    (finding,) = registry.faults

    assert set(registry.outputs) == {"good"}
    assert finding.code == "JB512"
    assert reason in finding.message


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (lambda t: SectionType("mine", "我的", str, t), "its model is no Section"),  # type: ignore[arg-type]
        (lambda t: SectionType("mine", "我的", Mine, t / "x"), "there is no template"),
        (lambda t: SectionType("mine", "我的", Mine, t, styles=(t,)), "does not begin with one"),
        (lambda t: SectionType("mine", "我的", Mine, t, styles="x"), "its styles are no tuple"),  # type: ignore[arg-type]
    ],
)
def test_a_section_type_that_cannot_be_is_named(
    record: Callable[[Path], SectionType], reason: str, tmp_path: Path
) -> None:
    template = tmp_path / "mine.tex.jinja"
    template.write_text("\n")
    registry = gather([plugin("one", jianbao_section_types=lambda: [record(template)])])
    (finding,) = registry.faults

    assert reason in finding.message


@pytest.mark.parametrize("title", ["a b", "", "x:y", "甲#"])
def test_the_title_of_a_field_must_be_a_key(title: str, tmp_path: Path) -> None:
    class Odd(Section):
        words: Annotated[str, Field(title=title)] = ""

    template = tmp_path / "odd.tex.jinja"
    template.write_text("\n")
    record = SectionType("odd", "怪", Odd, template)

    assert codes(gather([plugin("one", jianbao_section_types=lambda: [record])])) == ["JB512"]


# --- One broken plugin -----------------------------------------------------------------------


def oops() -> list[Output]:
    raise ZeroDivisionError("oops")


def late() -> list[Output]:
    yield output("early")  # type: ignore[misc]
    raise ZeroDivisionError("late")


@pytest.mark.parametrize("hook", [oops, late, lambda: 7, lambda: ["pdf"]])
def test_what_fails_in_one_plugin_leaves_the_others(hook: object) -> None:
    registry = gather(
        [plugin("bad", jianbao_outputs=hook), plugin("good", jianbao_outputs=bringing("card"))]
    )

    assert set(registry.outputs) - {"early"} == {"card"}
    assert len(registry.faults) == 1
    assert registry.why_missing("outputs", "another")[0].plugin == "bad"
    assert registry.why_missing("blocks", "another") == ()


def test_a_hook_with_an_argument_that_is_none_is_refused() -> None:
    def jianbao_outputs(given: object) -> list[Output]:
        assert given

        return []

    registry = gather([plugin("bad", jianbao_outputs=jianbao_outputs)])

    assert codes(registry) == ["JB512"]


@pytest.mark.parametrize("options", [{"wrapper": True}, {"hookwrapper": True}])
def test_a_wrapper_is_refused_with_its_reason(options: dict[str, bool]) -> None:
    def jianbao_outputs() -> object:
        return (yield)

    hooks = SimpleNamespace(jianbao_outputs=hookimpl(**options)(jianbao_outputs))
    (finding,) = gather([Plugin("bad", hooks, size="file")]).faults

    assert "jianbao_outputs cannot be a wrapper" in finding.message


def test_a_new_argument_breaks_no_old_plugin() -> None:
    """A hook is given the arguments that it names, and no others."""
    seen: list[object] = []

    def jianbao_prepare() -> None:
        seen.append("called")

    registry = gather([plugin("old", jianbao_prepare=jianbao_prepare)])
    registry.prepare(Issue.model_validate({"masthead": {"name": "简报"}}))

    assert seen == ["called"]


# --- Order -------------------------------------------------------------------------------------


def preparing(name: str, seen: list[str], **options: bool) -> Plugin:
    def jianbao_prepare(issue: Issue) -> None:
        seen.append(f"{name} {issue.number}")

    hook = hookimpl(**options)(jianbao_prepare)
    return Plugin(name, SimpleNamespace(jianbao_prepare=hook), size="file")


def test_the_order_of_calls_is_the_project_s_then_that_of_pluggy() -> None:
    seen: list[str] = []
    plugins = [
        preparing("c", seen),
        preparing("last", seen, trylast=True),
        preparing("b", seen),
        preparing("first", seen, tryfirst=True),
        preparing("a", seen),
    ]
    registry = gather(plugins, choices=Choices(order=("last", "none", "c")))
    registry.prepare(Issue.model_validate({"masthead": {"name": "简报"}, "number": 3}))

    assert [p.name for p in registry.called("jianbao_prepare")] == ["last", "c", "first", "a", "b"]
    assert seen == ["last 3", "c 3", "first 3", "a 3", "b 3"]


# --- Preparing -----------------------------------------------------------------------------------


def prepared(folder: Path, change: Callable[[Issue], object]) -> Build:
    def jianbao_prepare(issue: Issue) -> object:
        return change(issue)

    mine = plugin("mine", jianbao_prepare=jianbao_prepare)
    mine.hooks.JIANBAO_PREPARES = Preparation(serves_all=True)  # type: ignore[attr-defined]
    return project(folder, mine=mine).check(ISSUE)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _: "issue", "issue: it is a str, no issue"),
        (lambda i: i.model_copy(update={"number": -1}), "number: a number from 1 to 999999"),
        (lambda i: i.model_copy(update={"number": None, "kind": "x"}), "kind: "),
        (lambda i: i.model_copy(update={"copy_number": "a\x07"}), "copy_number: control character"),
        (lambda i: i.model_copy(update={"sections": (Mine(type="mine"),)}), "there is no section type mine"),
        (lambda i: i.model_copy(update={"sections": "none"}), "sections: "),
        (lambda i: i.model_copy(update={"layuot": "classic"}), "layuot: there is no field layuot"),
        (lambda i: i.model_copy(update={"layout": "nope"}), "layout: there is no layout nope"),
        (lambda _: 1 / 0, "ZeroDivisionError"),
        (lambda i: object.__setattr__(i, "sections", i.sections[::-1] + i.sections), "frozen"),
        (lambda i: object.__setattr__(i.masthead, "name", 5), "frozen"),
    ],
)  # fmt: skip
def test_what_breaks_the_issue_is_the_plugin_s_fault(
    change: Callable[[Issue], object], words: str, tmp_path: Path
) -> None:
    built = prepared(tmp_path, change)

    assert built.exit_code == 5
    assert words in built.findings[0].message
    assert "mine" in built.findings[0].message


def test_none_leaves_the_issue_as_it_is(tmp_path: Path) -> None:
    assert prepared(tmp_path, lambda _: None).body == project(tmp_path).check(ISSUE).body


def test_changed_parts_keep_their_places(tmp_path: Path) -> None:
    """Articles in another order, one with another title: each is found at its own line."""

    def change(issue: Issue) -> Issue:
        (section,) = issue.sections
        first, second = section.articles
        second = second.model_copy(update={"title": "新"})
        turned = section.model_copy(update={"articles": (second, first)})
        return issue.model_copy(update={"sections": (turned,)})

    built = prepared(tmp_path, change)
    assert built.issue is not None
    path = ("sections", 0, "articles", 1, "title")

    assert [a.title for a in built.issue.sections[0].articles] == ["新", "甲"]
    assert str(built.issue.where(path)) == "issue.yaml:3:20"
    assert "新" in built.body


def test_what_a_plugin_wrote_cannot_be_fixed_in_the_file(tmp_path: Path) -> None:
    """A fix would replace the author's own words by those made of the plugin's."""

    def change(issue: Issue) -> Issue:
        masthead = issue.masthead.model_copy(update={"name": "总的的简报"})
        return issue.model_copy(update={"masthead": masthead})

    built = prepared(tmp_path, change)
    assert built.issue is not None
    place = built.issue.place(("masthead", "name"))
    found = warning("X001", "twice", "once").at(place.within("总的的简报", 1, 2))

    assert str(found.where) == "issue.yaml:1:18"
    assert found.with_fix("的的", "的").fix is None


def test_a_check_sees_what_was_prepared(tmp_path: Path) -> None:
    seen: list[int | None] = []

    def run(subject: IssueSubject) -> list[object]:
        seen.append(subject.issue.number)
        return []

    mine = plugin(
        "mine",
        jianbao_prepare=lambda issue: issue.model_copy(update={"number": 99}),
        jianbao_checks=lambda: [IssueCheck("look", "看", run)],  # type: ignore[arg-type]
    )
    project(tmp_path, mine=mine).check(ISSUE)

    assert seen == [99]
