"""Findings of a department's checks: whatever one yields or raises, the command can show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fence import FENCE
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import Finding, Fix, Kind, Severity, Where, error, warning
from jianbao_tex.hooks import IssueCheck, IssueSubject, hookimpl, learn, say
from jianbao_tex.language import language
from jianbao_tex.registry import Plugin
from jianbao_tex.soundness import malformed_reason
from jianbao_tex.testing import Build, Project

ISSUE = "masthead: {name: 简报}\narticles: {body: 文。}\n"
GOOD = warning("GOOD1", "{v} is wrong", "fix {v}")
PLACE = Where("issue.yaml", 1, 1, "masthead", 1, 2)


class Loud(Exception):
    """An exception that cannot be shown."""

    def __str__(self) -> str:
        raise SystemExit(0)


def checked(folder: Path, run: Callable[[IssueSubject], Any]) -> Build:
    def jianbao_checks() -> list[IssueCheck]:
        return [IssueCheck("odd", "怪", run)]

    hooks = SimpleNamespace(jianbao_checks=hookimpl(jianbao_checks))
    return Project(folder, {"odd": Plugin("odd", hooks, size="file")}, FENCE).check(ISSUE)


def deep(depth: int) -> Any:
    phrase = say("x")
    for _ in range(depth):
        phrase = say("{a}{b}", a=phrase, b=phrase)
    return phrase


def test_a_good_finding_is_reported(tmp_path: Path) -> None:
    built = checked(tmp_path, lambda _: [GOOD.at(PLACE, v="it")])

    assert [f.message for f in built.findings] == ["it is wrong"]


@pytest.mark.parametrize(
    "found",
    [
        "a text",
        None,
        error("x1", "m", "a").at(PLACE),
        error("X1", "m {nope}", "a").at(PLACE),
        error("X1", "m {", "a").at(PLACE),
        error("X1", "m {v.x}", "a").at(PLACE, v="1"),
        error("X1", "m {v:>99999999}", "a").at(PLACE, v="1"),
        error("X1", "m {} {0}", "a").at(PLACE),
        error("X1", "m", "a {zz}").at(PLACE),
        Kind("X1", "error", "m", "a").at(PLACE),  # type: ignore[arg-type]
        Kind("X1", Severity.ERROR, None, "a").at(PLACE),  # type: ignore[arg-type]
        Kind([], Severity.ERROR, "m", "a").at(PLACE),  # type: ignore[arg-type]
        Finding("kind", PLACE),  # type: ignore[arg-type]
        GOOD.at(None, v="1"),  # type: ignore[arg-type]
        GOOD.at("place", v="1"),  # type: ignore[arg-type]
        GOOD.at(Where(3), v="1"),  # type: ignore[arg-type]
        GOOD.at(Where("f", -5, -7, "abc", -9, -1), v="1"),
        GOOD.at(Where("f", 1.5), v="1"),  # type: ignore[arg-type]
        replace(GOOD.at(PLACE), values=(("v", deep(20)),)),
        replace(GOOD.at(PLACE), values=["v"]),
        replace(GOOD.at(PLACE), values=(("v", 3),)),
        replace(GOOD.at(PLACE, v="1"), also=[PLACE]),
        replace(GOOD.at(PLACE, v="1"), also=(None,)),
        GOOD.at(Where("i\ud800.yaml"), v="1"),
        replace(GOOD.at(PLACE, v="1"), fix=Fix(PLACE, "\ud800")),
        replace(GOOD.at(PLACE, v="1"), fix=Fix(PLACE, "a\nb")),
        replace(GOOD.at(PLACE, v="1"), raw=b"x"),
        replace(GOOD.at(PLACE, v="1"), fix="x"),
        replace(GOOD.at(PLACE, v="1"), fix=Fix(PLACE, None)),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_finding_that_cannot_be_told_is_said_to_be_none(found: Any, tmp_path: Path) -> None:
    """The good ones beside it are reported; the issue goes on."""
    built = checked(tmp_path, lambda _: [found, GOOD.at(PLACE, v="it")])

    assert malformed_reason(found)
    assert sorted(built.codes) == ["GOOD1", "JB511"]
    assert built.exit_code == 0


@pytest.mark.parametrize(
    "wrong",
    [Loud(), SystemExit(0), GeneratorExit(), RecursionError(), JianbaoError(()), PluginBroken(()),
     PluginBroken(GOOD.at(PLACE, v="1")), ExceptionGroup("g", [Loud()])],
    ids=lambda wrong: type(wrong).__name__,
)  # fmt: skip
def test_whatever_a_check_raises_costs_one_warning(wrong: BaseException, tmp_path: Path) -> None:
    def run(_: IssueSubject) -> Any:
        raise wrong

    built = checked(tmp_path, run)

    assert built.codes == ["JB511"]
    assert built.exit_code == 0


def test_values_within_values_are_cut() -> None:
    """A phrase that doubles forty times would take for ever to be shown."""
    assert len(GOOD.at(PLACE, v=deep(40)).message) < 1000


def test_a_user_can_end_the_command(tmp_path: Path) -> None:
    def run(_: IssueSubject) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checked(tmp_path, run)


def test_a_plugin_speaks_chinese() -> None:
    learn("zh", {"{v} is no dog": "{v} 不是狗"})

    assert language("zh").translated(say("{v} is no dog", v="猫")) == "猫 不是狗"


@pytest.mark.parametrize("translation", ["{nope}", "{", "{v:>9}", "没有"])
def test_a_translation_with_other_placeholders_is_refused(translation: str) -> None:
    with pytest.raises(ValueError, match=r"placeholders|name of a value|expected|Single"):
        learn("zh", {"{v} is no cat": translation})
