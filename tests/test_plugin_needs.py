"""What plugins need of each other and of TeX: versions, types that are extended, packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import jianbao
from fence import FENCE
from jianbao_tex.hooks import Field, Section, SectionType, hookimpl
from jianbao_tex.language import InvalidValue
from jianbao_tex.plugins.requirements import requirement_of, unmet
from jianbao_tex.registry import Plugin, gather
from jianbao_tex.testing import Project, conformance
from jianbao_tex.testing.project import plugin_at

HEAD = 'label = "测试"\nversion = "{version}"\napi = "2.4"\nrequires = [{requires}]\n'
BASE = """
[section_types.base]
label = "基本"
contents = "title"

[section_types.base.fields]
title = { type = "line", label = "题", required = true, example = "甲" }
"""
MORE = """
[section_types.more]
label = "更多"
extends = "base"
contents = "last"

[section_types.more.fields]
last = { type = "line", label = "末", required = true, example = "乙" }
"""
ISSUE = "masthead: {name: 简报}\nsections:\n  - {type: more, 题: 甲一, 末: 乙二}\n  - {type: 更多, title: 丙三, last: 丁四}\n"


def plugin(folder: Path, name: str, types: str, requires: str = "", version: str = "1.0") -> Path:
    """A folder with the section types; each template prints the fields of its type in order."""
    home = folder / name
    home.mkdir(parents=True)
    text = HEAD.format(version=version, requires=requires) + types
    (home / "plugin.toml").write_text(text, encoding="utf-8")
    (home / "base.tex.jinja").write_text("\\jbHeading{1}{<%= section.title %>}\n", "utf-8")
    body = '<% include "section:base" %>\n\\jbHeading{2}{<%= section.last %>}\n'
    (home / "more.tex.jinja").write_text(body, "utf-8")
    return home


def absences(*plugins: Plugin) -> list[str]:
    return [str(absence.finding.message) for absence in gather(plugins).absences]


# --- Extending ----------------------------------------------------------------------------------


def test_a_type_has_the_fields_and_texts_of_the_one_that_it_extends(tmp_path: Path) -> None:
    base, more = plugin(tmp_path, "aa", BASE), plugin(tmp_path, "bb", MORE)
    build = Project(tmp_path, [more, base], FENCE).build(ISSUE)

    assert (build.exit_code, build.codes) == (0, []), build.findings
    assert build.issue
    assert [g.entries for g in build.issue.contents] == [
        ((("sections", 0, "title"), "甲一"), (("sections", 0, "last"), "乙二")),
        ((("sections", 1, "title"), "丙三"), (("sections", 1, "last"), "丁四")),
    ]
    assert list(build.issue.sections[0].body_texts()) == ["甲一", "乙二"]
    assert "甲一乙二丙三丁四" in build.page_texts[0]


def test_its_styles_are_those_of_both(tmp_path: Path) -> None:
    base, more = plugin(tmp_path, "aa", BASE), plugin(tmp_path, "bb", MORE)
    for home, name in ((base, "aa"), (more, "bb")):
        text = f"\\ProvidesExplPackage{{{name}}}{{2026-11-27}}{{1.0}}{{None}}\n"
        (home / f"{name}.sty").write_text(text, "utf-8")
        manifest = home / "plugin.toml"
        data = manifest.read_text("utf-8").replace("]\nlabel", f']\nstyles = ["{name}.sty"]\nlabel')
        manifest.write_text(data, "utf-8")
    build = Project(tmp_path, [base, more], FENCE).check(ISSUE)

    assert "\\usepackage{aa}\n\\usepackage{bb}\n" in build.tex


def test_a_missing_field_of_the_base_is_reported_at_its_place(tmp_path: Path) -> None:
    base, more = plugin(tmp_path, "aa", BASE), plugin(tmp_path, "bb", MORE)
    text = "masthead: {name: 简报}\nsections:\n  - type: more\n    末: 乙\n"
    build = Project(tmp_path, [base, more], FENCE).check(text)

    assert (build.exit_code, build.codes) == (1, ["JB140"])
    assert build.findings[0].where.line == 3


@pytest.mark.parametrize(
    ("types", "said"),
    [
        (
            MORE,
            "more of plugin bb 1.0 cannot be used: it extends base, which there is not; known: ",
        ),
        (MORE.replace('extends = "base"', 'extends = "more"'), "it extends itself: more → more"),
        (BASE + MORE.replace("last", "title"), "both have the name title"),
        (
            BASE.replace('label = "基本"', 'label = "基本"\nextends = "more"') + MORE,
            "it extends itself: base → more → base",
        ),
    ],
)
def test_what_cannot_be_extended_is_named(tmp_path: Path, types: str, said: str) -> None:
    found = absences(plugin_at(plugin(tmp_path, "bb", types)))

    assert any(said in message for message in found), found


def test_a_python_type_is_extended_by_a_folder_and_by_python(tmp_path: Path) -> None:
    class Base(Section):
        title: str = Field(title="题")

        def body_texts(self):  # type: ignore[no-untyped-def]
            yield f"{self.title}！"

        @property
        def loud(self) -> str:
            return f"{self.title}！"

    class Child(Base):
        pass

    home = plugin(tmp_path, "bb", MORE)
    template = home / "base.tex.jinja"

    class Hooks:
        @hookimpl
        def jianbao_section_types(self) -> list[SectionType]:
            base = SectionType("base", "基本", Base, template)
            return [base, SectionType("child", "子", Child, template, extends="base")]

    registry = gather([Plugin("aa", Hooks(), home=tmp_path), plugin_at(home)])
    model = registry.section_types["more"].model
    section = model(type="more", title="甲", last="乙")

    assert not registry.absences
    assert list(section.body_texts()) == ["甲！", "乙"]
    assert section.loud == "甲！"
    assert [*model.model_fields][2:] == ["title", "last"]
    assert registry.section_types["child"].model is Child


# --- Requirements -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Statistics", "a b", "a[x]>=1", "a; python_version>'3'", "a>=", "jianbao", "a @ http://b"])  # fmt: skip
def test_a_requirement_has_one_form(text: str) -> None:
    with pytest.raises(InvalidValue):
        requirement_of(text)


@pytest.mark.parametrize(
    ("text", "is_met"),
    [("aa", True), ("aa>=1.0", True), ("aa>=1.0,<2", True), ("aa>=2", False), ("aa==1.*", True),
     ("bb", True), ("bb>=1", False), ("cc", False), ("dd>=1", True), ("dd>1.0", False)],
)  # fmt: skip
def test_versions_are_compared_as_python_does(text: str, is_met: bool) -> None:
    reason = unmet(text, {"aa": "1.2", "bb": "", "dd": "1.0rc1" if ">=" not in text else "1.0"})

    assert (reason is None) == is_met


def test_one_that_lacks_another_is_broken_and_so_are_those_that_need_it(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    plugin(tmp_path / "plugins", "aa", BASE, version="1.5")
    plugin(tmp_path / "plugins", "bb", MORE, requires='"aa>=2"')
    plugin(tmp_path / "plugins", "cc", "", requires='"bb"')
    plugin(tmp_path / "plugins", "dd", "", requires='"aa>=1.4"')
    listed = jianbao("plugins", "list", "--json", folder=tmp_path)
    said = {
        p["name"]: (p["state"], [f["message"] for f in p["faults"]])
        for p in json.loads(listed.stdout)
    }

    assert said["aa"][0] == said["dd"][0] == "active"
    assert said["bb"] == (
        "broken",
        ["plugin bb 1.0 cannot be used: it needs aa>=2, and version 1.5 is here"],
    )
    assert said["cc"] == (
        "broken",
        ["plugin cc 1.0 cannot be used: it needs bb, which does not run"],
    )


def test_a_file_says_what_it_requires_without_being_run(department: Path) -> None:
    file = department / "plugins" / "mine.py"
    file.write_text('JIANBAO_REQUIRES = ("other>=1",)\nraise SystemExit\n', "utf-8")
    done = jianbao("check", "issue.yaml", "--trust-plugins", folder=department)

    assert done.returncode == 0
    said = " ".join(done.stderr.split())
    assert "JB546: plugin mine cannot be used: it needs other, which does not run" in said


def test_the_check_of_a_plugin_loads_the_folders_beside_it(tmp_path: Path) -> None:
    plugin(tmp_path, "aa", BASE)
    more = plugin(tmp_path, "bb", MORE, requires='"aa"')
    assert conformance(more, tmp_path) == ()
    alone = plugin(tmp_path / "alone", "bb", MORE, requires='"aa"')

    assert [finding.code for finding in conformance(alone, tmp_path)] == ["JB546"]


# --- Packages of TeX ----------------------------------------------------------------------------


def test_doctor_lists_the_packages_that_plugins_need(department: Path) -> None:
    home = plugin(department / "plugins", "units", BASE)
    with (home / "plugin.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[tex]\n"graphicx.sty" = "texlive-latex-base"\n"nowhere.sty" = "texlive-science"\n'
        )
    (department / "plugins" / "one.py").write_text(
        'JIANBAO_TEX = {"tikz.sty": "texlive-pictures"}\n', "utf-8"
    )
    said = json.loads(jianbao("doctor", "--json", "--trust-plugins", folder=department).stdout)
    items = {item["id"]: item for item in said if item["id"].startswith("plugin:")}

    assert items["plugin:units:graphicx.sty"]["there"]
    assert not items["plugin:units:nowhere.sty"]["there"]
    assert items["plugin:units:nowhere.sty"]["remedy"] == "apt install texlive-science"
    assert items["plugin:one:tikz.sty"]["remedy"] == "apt install texlive-pictures"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('[tex]\n"../x.sty" = "a-package"', "tex.../x.sty: it must be a file of TeX"),
        ('[tex]\n"x.sty" = "a package; rm"', "tex.x.sty: it must be a file of TeX"),
        ('[fonts."mine.ttf"]\nroles = []', "fonts.mine.ttf.roles must be"),
        (
            '[fonts."mine.ttf"]\nrole = ["song"]',
            "unknown key fonts.mine.ttf.role (did you mean roles?)",
        ),
        (
            '[parts.p]\nextends = "q"\n[parts.p.fields]\na = { label = "甲" }',
            "a part cannot extend",
        ),
        ("[settings.a]\nlabel = 1\nvalue = 1", "settings.a.label must be a text in quotes"),
        ('[settings.a]\nlabel = "甲"\nvalue = []', "settings.a.value"),
        (
            '[settings.a]\nlabel = "甲"\nvalue = 1\nmosst = 2',
            "settings.a.mosst (did you mean most?)",
        ),
        ('[blocks.b]\nlabel = "乙"\nartifacts = 1', "blocks.b.artifacts must be true or false"),
        (
            '[blocks.b]\nlabel = "乙"\nstyles = "b.sty"',
            "blocks.b.styles must be a list in brackets",
        ),
        ('[blocks.b]\nlabel = "乙"\nfields = 1', "blocks.b.fields must be a table of TOML"),
        ('[blocks.b.fields]\na = { label = "a b" }', "must be a text of 1 to 40 characters"),
        ('[blocks.b.fields]\na = { label = "甲", type = "lines" }', "must be one of line, long"),
        ('[blocks.b.fields]\na = { label = "甲", required = 1 }', "must be true or false"),
        ('[blocks.b.fields]\na = { label = "甲", least = "1" }', "must be a number without quotes"),
        ('[blocks.b.fields]\na = { label = "甲", choices = "甲" }', "must be a list of texts"),
    ],
)
def test_declarations_that_cannot_be_are_named_with_their_line(
    tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / "plugins" / "mine").mkdir(parents=True)
    (tmp_path / "plugins" / "mine" / "plugin.toml").write_text(
        f'label = "测试"\nversion = "1.0"\n\n{line}\n', "utf-8"
    )
    listed = json.loads(jianbao("plugins", "list", "--json", folder=tmp_path).stdout)
    faults = listed[0]["faults"]

    assert any(said in fault["message"] for fault in faults), faults
    assert all(fault["line"] >= 4 for fault in faults)


def test_a_requirement_of_another_form_is_named(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    plugin(tmp_path / "plugins", "mine", BASE, requires='"Statistics"')
    listed = json.loads(jianbao("plugins", "list", "--json", folder=tmp_path).stdout)

    assert "Statistics is not a plugin and its versions" in listed[0]["faults"][0]["message"]
