"""The guard of what our parts replace in xeCJK: a meaning that nobody knows is reported."""

from __future__ import annotations

import re

import pytest

from engines import engine, tree
from workshop import ROOT, Workshop

TEX = ROOT / "templates" / "latex"
GUARD = TEX / "jianbao-part-known.sty"
KNOWN = re.findall(
    r"^\\__jb_known:N\w+ (\\\w+:\w*)", GUARD.read_text(encoding="utf-8"), re.MULTILINE
)


def test_every_command_of_xecjk_that_a_style_replaces_is_guarded() -> None:
    """A new replacement needs the meaning that it replaces."""
    replaced = {
        name
        for path in [*TEX.rglob("*.sty"), *TEX.rglob("*.cls"), *(ROOT / "plugins").rglob("*.sty")]
        for name in re.findall(
            r"\\(?:cs_g?set\w*:\w+|(?:re)?newcommand\*?|RenewDocumentCommand|def|let)\s*\{?\s*"
            r"(\\(?:__)?xeCJK_\w+:\w*)",
            path.read_text(encoding="utf-8"),
        )
    }

    assert len(KNOWN) == 9
    assert replaced == set(KNOWN)


def said(changes: str) -> list[tuple[str, str]]:
    """Version and command of each message of the guard, where xeCJK is changed before it."""
    head = (
        "\\documentclass{article}\n\\usepackage{xeCJK}\n"
        f"\\ExplSyntaxOn\n{changes}\n\\ExplSyntaxOff\n\\usepackage{{jianbao-part-known}}\n"
    )
    job = tree("x", head, **{GUARD.name: GUARD.read_bytes()})
    return [
        (message.text, message.command)
        for message in engine().typeset(job).log
        if message.kind == "changed"
    ]


def test_the_installed_xecjk_is_known() -> None:
    assert said("") == []


def test_every_changed_meaning_is_reported() -> None:
    """Each by its name, with the version; one that is no longer there, too."""
    changes = "".join(
        f"\\cs_set_protected:Npn {name} {{ {number} }}\n" for number, name in enumerate(KNOWN[:-1])
    )
    found = said(f"{changes}\\cs_undefine:N {KNOWN[-1]}")

    assert [command for _, command in found] == KNOWN
    assert len({version for version, _ in found}) == 1
    assert re.fullmatch(r"[\d.]+", found[0][0])


@pytest.mark.parametrize("parameters", ["#1", "#1#2"])
def test_other_parameters_are_another_meaning(parameters: str) -> None:
    body = "{ \\CJKglue \\xeCJK_fallback_symbol:NN \\CJKsymbol }"
    name = "\\xeCJK_CJK_and_CJK:N"

    assert said(f"\\cs_set_protected:Npn {name} {body}") == []
    assert [c for _, c in said(f"\\cs_set_protected:Npn {name} {parameters} {body}")] == [name]


def test_a_bulletin_has_no_message_of_the_guard(workshop: Workshop) -> None:
    found = workshop.pressing("masthead: {name: 工作简报}\narticles: {body: 正文。}\n").findings

    assert found == ()
