"""Who is named: the plugin that a code, a file or a fault belongs to, and nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import jianbao
from file_plugins import answer, quick, write
from jianbao_tex.findings import error
from jianbao_tex.testing import Project

CODES = """\
FOUND = {make}("{code}", "{name} says so", "look at it")
def run(s):
    yield FOUND.at(s.issue.where(()))
@hookimpl
def jianbao_checks(): return [IssueCheck("{name}", "检", run)]
"""
FOLDER = 'label = "甲"\nversion = "1.0"\n'
TYPE = '[section_types.{name}]\nlabel = "{label}"\n[section_types.{name}.fields]\n{fields}\n'
LINE = 'text = { type = "line", label = "文字", required = true }'


def folder(department: Path, name: str, *types: str, **files: str) -> Path:
    """A plugin without Python, with section types of one line each."""
    home = department / "plugins" / name
    home.mkdir()
    tables = (TYPE.format(name=t, label=f"{t}栏", fields=LINE) for t in types)
    (home / "plugin.toml").write_text(FOLDER + "".join(tables), encoding="utf-8")
    for kind in types:
        (home / f"{kind}.tex.jinja").write_text("<%= section.text %>\n", encoding="utf-8")
    for file, text in files.items():
        (home / file.replace("__", ".").replace("_tex.", ".tex.")).write_text(text)
    return home


# --- Codes -------------------------------------------------------------------------------------


def codes_of(department: Path) -> list[tuple[str, str]]:
    _, findings = quick(department, "check", "issue.yaml")
    return [(finding["code"], finding["plugin"]) for finding in findings]


def test_a_code_of_two_plugins_is_nobody_s_until_the_project_chooses(department: Path) -> None:
    for name, code in (("one", "X001"), ("two", "X002")):
        write(department, name, CODES.format(make="warning", code=code, name=name))
    before = codes_of(department)
    (department / "jianbao.toml").write_text('[plugins.prefer.codes]\nX = "two"\n')

    assert sorted(before) == [("JB511", "one"), ("JB511", "two")]
    assert codes_of(department) == [("X002", "two"), ("JB511", "one")]


def test_a_code_that_is_not_declared_is_refused(department: Path) -> None:
    body = CODES.format(make="warning", code="OWN007", name="own")
    write(department, "own", body.replace("yield FOUND", "yield warning('XY1', 'a', 'b')"))

    assert codes_of(department) == [("JB511", "own")]


def test_a_hook_declares_the_kinds_of_other_modules(department: Path) -> None:
    write(
        department,
        "own",
        "class Elsewhere:\n    kind = warning('ZZ001', 'it is said elsewhere', 'look')\n"
        "@hookimpl\ndef jianbao_kinds(): return [Elsewhere.kind]\n"
        "def run(s):\n    yield Elsewhere.kind.at(s.issue.where(()))\n"
        "@hookimpl\ndef jianbao_checks(): return [IssueCheck('own', '检', run)]\n",
    )
    shown = jianbao("explain", "ZZ001", "--trust-plugins", folder=department)

    assert codes_of(department) == [("ZZ001", "own")]
    assert "it is said elsewhere" in shown.stdout


@pytest.mark.parametrize("kind", ["'ZZ001'", "error('zz', 'a', 'b')", "error('ZZ1', None, 'b')"])
def test_a_kind_that_cannot_be_is_reported(kind: str, department: Path) -> None:
    write(department, "own", f"@hookimpl\ndef jianbao_kinds(): return [{kind}]\n")
    said = answer(department, "check", "issue.yaml")

    assert {fault["code"] for fault in said["plugins"]} <= {"JB504", "JB512"}
    assert len(said["plugins"]) == 1


def test_the_codes_of_the_package_are_no_plugin_s(department: Path) -> None:
    write(department, "own", CODES.format(make="error", code="JB101", name="own"))

    assert codes_of(department) == [("JB511", "own")]


def test_explain_knows_the_codes_of_plugins(department: Path) -> None:
    write(department, "own", CODES.format(make="note", code="OWN007", name="own"))
    shown = jianbao("explain", "own007", "--trust-plugins", folder=department)
    listed = jianbao("explain", "--all", "--trust-plugins", folder=department)
    without = jianbao("explain", "OWN007", folder=department)

    assert shown.returncode == 0
    assert "own says so" in shown.stdout
    assert "own 1.0" in shown.stdout
    assert "OWN007\town says so" in listed.stdout
    assert without.returncode == 2


# --- States -------------------------------------------------------------------------------------


def states(department: Path) -> dict[str, tuple[str, list[str]]]:
    done = jianbao("plugins", "list", "--json", folder=department)
    plugins = json.loads(done.stdout)
    return {p["name"]: (p["state"], [f["code"] for f in p["faults"]]) for p in plugins}


def test_a_plugin_is_active_if_something_of_it_can_be_used(department: Path) -> None:
    folder(department, "aa", "same")
    folder(department, "bb", "same", "other")
    folder(department, "cc", "articles")
    folder(department, "dd", "third")
    before = states(department)
    (department / "jianbao.toml").write_text('[plugins.prefer.section_types]\nsame = "aa"\n')

    assert before == {
        "aa": ("broken", ["JB502"]),
        "bb": ("active", ["JB502"]),
        "cc": ("broken", ["JB502"]),
        "dd": ("active", []),
    }
    assert states(department)["aa"] == ("active", [])
    assert jianbao("plugins", "show", "cc", folder=department).stderr.count("JB502") == 1


def test_a_file_that_lies_beside_is_no_package_to_install(department: Path) -> None:
    (department / "plugins" / "_words.py").write_text("WORDS = ()\n")
    write(department, "own", "import _words\n")
    write(department, "far", "import a_package_that_nobody_has\n")
    done = jianbao("check", "issue.yaml", "--trust-plugins", folder=department)

    assert done.stderr.count("pip install") == 1
    assert "pip install a_package_that_nobody_has" in done.stderr
    assert "it imports _words, which lies beside it" in " ".join(done.stderr.split())


# --- Files --------------------------------------------------------------------------------------

KIND = error("T001", "it is wrong", "look")
OWN = "masthead: {name: 简报}\nsections:\n  - {name: 栏, type: own, text: 甲乙}\n"


def test_an_optional_picture_may_be_absent(department: Path) -> None:
    """In an issue that has none, the template gets nothing."""
    home = folder(department, "own", "own")
    with (home / "plugin.toml").open("a", encoding="utf-8") as file:
        file.write('photo = { type = "picture", label = "照片" }\n')
    (home / "own.tex.jinja").write_text(
        "<%= section.text %>\n<% if section.photo %>\n\n有<% endif %>\n", encoding="utf-8"
    )

    assert Project(department, [home]).check(OWN).codes == []


@pytest.mark.parametrize(
    ("template", "hook"), [("own", "jianbao_section_types"), ("own-part", "jianbao_section_types")]
)
def test_the_hook_of_a_template_is_named(template: str, hook: str, department: Path) -> None:
    """Also of one that another template includes."""
    home = folder(department, "own", "own")
    (home / "own.tex.jinja").write_text('<%= section.text %><% include "own:own-part" %>\n')
    (home / "own-part.tex.jinja").write_text("\n")
    (home / f"{template}.tex.jinja").write_text("<%= section.nothing %>\n")
    built = Project(department, [home]).check(OWN)
    owner = next(finding for finding in built.findings if finding.code == "JB507")

    assert dict(owner.values)["hook"] == hook
    assert Path(owner.where.file).name == f"{template}.tex.jinja"


def test_who_printed_a_place_is_under_suspicion(department: Path) -> None:
    """Of a fault of a page; nobody else's template is, but each style may move any text."""
    home = folder(
        department, "own", "own", own__sty="\\ProvidesExplPackage{own}{2026-01-01}{1.0}{}\n"
    )
    text = OWN + "  - {name: 文, articles: [{title: 标题, body: 正文。}]}\n"
    built = Project(department, [home]).check(text)
    assert built.issue
    assert built.tree

    def suspects(*path: str | int) -> set[str]:
        finding = KIND.at(built.issue.where(path))
        return {Path(file).name for file in built.tree.suspects_of([finding]) if str(home) in file}

    assert suspects("sections", 0, "text") == {"own.tex.jinja", "own.sty"}
    assert suspects("sections", 1, "articles", 0, "title") == {"own.sty"}
    assert suspects() == {"own.tex.jinja", "own.sty"}
