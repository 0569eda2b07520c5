"""Plugins: the built-in one uses the same doors; a broken one is named; clashes are refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, Field

from command import jianbao
from fence import FENCE
from jianbao_tex.errors import IssueInvalid, LayoutBroken, PreflightFailed
from jianbao_tex.hooks import (
    API,
    Block,
    BlockType,
    Check,
    Finding,
    Issue,
    IssueCheck,
    IssueSubject,
    Layout,
    Line,
    ListOf,
    MasterCheck,
    MasterSubject,
    Output,
    Part,
    Section,
    SectionType,
    Severity,
    TexCheck,
    TexSubject,
    error,
    hookimpl,
)
from jianbao_tex.press import Press
from pdf_pages import text_of
from workshop import ROOT, Workshop


class Figure(Part):
    label: Line
    amount: Line


class FiguresSection(Section):
    figures: Annotated[tuple[Figure, ...], ListOf(Figure)] = ()

    def body_texts(self) -> Iterator[str]:
        for figure in self.figures:
            yield f"{figure.label}{figure.amount}"


class Slogan(Block):
    name = "slogan_line"
    short = "text"
    text: Line

    def texts(self) -> Iterator[str]:
        yield self.text


REFUSED = error("DEPT001", "the word {word} is not printed here", "choose another word")


class Department:
    """A department's plugin: a section type, a block, a layout, a check and an output."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "figures.tex.jinja").write_text(
            "<% for figure in section.figures %>\n"
            "\\jbItem{<%= figure.label %>}{<%= figure.amount %>}\n<% endfor %>\n"
        )
        (folder / "slogan.tex.jinja").write_text("\n\\jbLead{<%= block.text %>}\n\n")
        classic = ROOT / "templates" / "latex" / "layouts" / "classic"
        layout = Path(shutil.copytree(classic, folder / "wide"))
        toml = (layout / "layout.toml").read_text(encoding="utf-8")
        toml = toml.replace('name = "classic"', 'name = "wide"').replace(
            "rows = { value = 22", "rows = { value = 20"
        )
        (layout / "layout.toml").write_text(toml, encoding="utf-8")

    @hookimpl
    def jianbao_section_types(self) -> Iterable[SectionType]:
        return [SectionType("figures", "数据", FiguresSection, self.folder / "figures.tex.jinja")]

    @hookimpl
    def jianbao_blocks(self) -> Iterable[BlockType]:
        return [BlockType("口号", Slogan, self.folder / "slogan.tex.jinja")]

    @hookimpl
    def jianbao_layouts(self) -> Iterable[Layout]:
        return [Layout.from_folder(self.folder / "wide")]

    @hookimpl
    def jianbao_checks(self) -> Iterable[IssueCheck]:
        def run(subject: IssueSubject) -> Iterable[Finding]:
            for path, value in subject.issue.walk():
                if isinstance(value, str) and "禁" in value:
                    yield REFUSED.at(subject.issue.where(path), word="禁")

        return [IssueCheck("words", "用词", run)]

    @hookimpl
    def jianbao_outputs(self) -> Iterable[Output]:
        def make(subject: IssueSubject) -> bytes:
            assert subject.master is not None
            return f"{subject.issue.number}:{subject.master.pages}".encode()

        return [Output("card", "卡片", ".card", "text/plain", make)]

    @hookimpl
    def jianbao_prepare(self, issue: Issue) -> Issue:
        return issue.model_copy(update={"number": (issue.number or 0) + 100})


ISSUE = """\
masthead: {name: 工作简报}
number: 7
layout: wide
sections:
  - name: 数据
    type: figures
    figures:
      - {label: 甲, amount: 12 & 5%}
  - type: text
    body:
      - slogan_line: 部门的一行
"""


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(plugins={"department": Department(tmp_path)}, sandbox=FENCE)


def test_a_department_adds_section_block_layout_output_without_a_fork(press: Press) -> None:
    """All six hooks at work in one issue: escaped text, own figures, own file."""
    pressing = press.press(Workshop.source(ISSUE), ("pdf", "card"))
    pdf, card = pressing.artifacts

    assert text_of(pdf.data) == "工作简报第107期【数据】甲12&5%部门的一行"
    assert (card.name, card.data) == ("issue.card", b"107:1")


def test_checks_of_every_stage_run(tmp_path: Path) -> None:
    """The data, the TeX and the master are each shown to their checks."""
    seen: list[type] = []

    def look(subject: IssueSubject) -> Iterable[Finding]:
        seen.append(type(subject))
        return ()

    def checks() -> list[Check[Any]]:
        kinds = (IssueCheck, TexCheck, MasterCheck)
        return [kind(f"look-{n}", "看", look) for n, kind in enumerate(kinds)]

    Press(plugins={"p": plugin(jianbao_checks=checks)}, sandbox=FENCE).press(
        Workshop.source("masthead: {name: 简报}\n", tmp_path)
    )

    assert seen == [IssueSubject, TexSubject, MasterSubject]


def test_a_department_s_check_refuses_at_the_user_s_own_place(press: Press) -> None:
    with pytest.raises(PreflightFailed, match=r"issue.yaml:11:22: DEPT001") as info:
        press.press(Workshop.source(ISSUE.replace("部门的", "禁用的")))

    assert info.value.exit_code == 4


def plugin(**hooks: object) -> SimpleNamespace:
    for hook in hooks.values():
        hookimpl(hook)  # type: ignore[arg-type]
    return SimpleNamespace(**hooks)


def broken_hook() -> list[SectionType]:
    raise ZeroDivisionError("oops")


def wrong_record() -> list[object]:
    return ["articles"]


def second_pdf() -> list[Output]:
    return [Output("pdf", "又一个", ".pdf", "application/pdf", lambda _: b"")]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (plugin(jianbao_section_types=broken_hook), ("JB501", "bad", "ZeroDivisionError: oops", "test_plugins.py")),
        (plugin(jianbao_outputs=second_pdf), ("JB502", "output pdf", "bad", "jianbao_tex")),
        (plugin(jianbao_sections=broken_hook), ("JB503", "jianbao_sections", "jianbao_section_types")),
        (plugin(jianbao_section_types=wrong_record), ("JB504", "bad", "str", "SectionType")),
    ],
)  # fmt: skip
def test_a_broken_plugin_is_named_with_its_hook_and_hurts_nobody(
    broken: object, words: tuple[str, ...]
) -> None:
    """Its fault is a warning of the registry; an issue that does not need it is composed."""
    press = Press(plugins={"bad": broken}, sandbox=FENCE)
    composed = press.compose(Workshop.source("masthead: {name: 简报}\narticles: {body: 文。}\n"))
    (finding,) = press.registry.faults
    said = f"{finding.where} {finding.code} {finding.message} {finding.advice}"

    assert composed.findings == ()
    assert finding.severity is Severity.WARNING
    assert all(word in said for word in words), said


def test_a_template_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    department = Department(tmp_path)
    (tmp_path / "slogan.tex.jinja").write_text("\n\n<%= block.txet %>\n")
    with pytest.raises(LayoutBroken, match=r"slogan.tex.jinja:3:1: JB202 .*txet"):
        Press(plugins={"department": department}, sandbox=FENCE).press(Workshop.source(ISSUE))


def test_a_template_with_wrong_syntax_is_named_with_its_line(tmp_path: Path) -> None:
    department = Department(tmp_path)
    (tmp_path / "slogan.tex.jinja").write_text("\n<% if %>\n")
    with pytest.raises(LayoutBroken, match=r"slogan.tex.jinja:2:1: JB202"):
        Press(plugins={"department": department}, sandbox=FENCE).press(Workshop.source(ISSUE))


def test_tex_that_a_template_breaks_is_exit_3_and_no_pdf(tmp_path: Path) -> None:
    department = Department(tmp_path)
    (tmp_path / "slogan.tex.jinja").write_text("\\nonsense{<%= block.text %>}\n")
    from jianbao_tex.errors import TypesettingFailed

    with pytest.raises(TypesettingFailed, match=r"slogan.tex.jinja:1:1: JB313 .*nonsense") as info:
        Press(plugins={"department": department}, sandbox=FENCE).press(Workshop.source(ISSUE))

    assert info.value.exit_code == 3


class Percent(Block):
    name = "percent"
    short = "value"
    value: Annotated[int, Field(multiple_of=5), BeforeValidator(int)]


def test_a_rule_of_a_department_s_own_model_is_a_finding_too(tmp_path: Path) -> None:
    """An error of pydantic that the core does not know is named by its type, at its place."""

    def blocks() -> list[BlockType]:
        return [BlockType("百分比", Percent, template)]

    template = tmp_path / "percent.tex.jinja"
    template.write_text("\n")

    text = ISSUE.replace("layout: wide\n", "").split("  - name")[0]
    text += "  - type: text\n    body: [{percent: 7}]\n"
    with pytest.raises(IssueInvalid, match=r"issue.yaml:5:22: JB149 value .*multiple_of"):
        Press(plugins={"department": plugin(jianbao_blocks=blocks)}, sandbox=FENCE).compose(
            Workshop.source(text)
        )


def test_a_check_that_fails_is_a_warning_that_names_it() -> None:
    """The issue goes on, and --strict takes it for an error."""

    def run(_subject: IssueSubject) -> Iterable[Finding]:
        raise KeyError("x")

    def checks() -> list[IssueCheck]:
        return [IssueCheck("faulty", "坏", run)]

    press = Press(plugins={"bad": plugin(jianbao_checks=checks)}, sandbox=FENCE)
    (finding,) = press.compose(
        Workshop.source("masthead: {name: 简报}\narticles: {body: 文。}\n")
    ).findings

    assert (finding.code, finding.severity) == ("JB511", Severity.WARNING)
    assert "the check faulty of plugin bad failed" in finding.message
    assert finding.where.file == __file__


def test_built_in_types_come_through_the_hooks(press: Press) -> None:
    registry = press.registry

    assert list(registry.section_types) == ["articles", "briefs", "figures", "text"]
    assert list(registry.blocks) == sorted(registry.blocks)
    assert {"card", "pdf", "print", "txt"} <= set(registry.outputs)
    assert set(registry.layouts) == {"classic", "newsletter", "wide"}


OURS, MINOR = map(int, API.split("."))


@pytest.mark.parametrize(
    ("api", "is_loaded"),
    [
        ("", True),
        (f"{OURS}", True),
        (API, True),
        (f"{OURS}.{MINOR + 1}", False),
        (f"{OURS - 1}.{MINOR}", False),
        (f"{OURS + 1}.{MINOR}", False),
        (f"{OURS}.x", False),
        ("x", False),
    ],
)
def test_a_plugin_for_a_newer_minor_version_of_the_hooks_is_not_loaded(
    api: str, is_loaded: bool, tmp_path: Path
) -> None:
    """It may need a hook that is not there yet; another first number says that old ones went."""
    (tmp_path / "plugins").mkdir()
    file = tmp_path / "plugins" / "mine.py"
    file.write_text(f"JIANBAO_API = {api!r}\n", encoding="utf-8")
    (tmp_path / "issue.yaml").write_text("masthead: {name: 报}\narticles: {body: 文。}\n")
    done = jianbao("check", "issue.yaml", "--trust-plugins", folder=tmp_path)

    assert ("JB508" in done.stderr) != is_loaded


@pytest.mark.parametrize(
    ("api", "is_loaded"),
    [("1.0", True), ("1.7", True), ("0.9", False), (f"{OURS + 1}.0", False)],
)
def test_a_folder_for_an_older_version_of_the_hooks_is_loaded(
    api: str, is_loaded: bool, tmp_path: Path
) -> None:
    """It contains no Python, and the first numbers of the hooks changed for Python alone."""
    folder = tmp_path / "plugins" / "mine"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(f'label = "我的"\nversion = "1"\napi = "{api}"\n')
    (tmp_path / "issue.yaml").write_text("masthead: {name: 报}\narticles: {body: 文。}\n")
    done = jianbao("check", "issue.yaml", folder=tmp_path)

    assert ("JB508" in done.stderr) != is_loaded
    assert done.returncode == 0
