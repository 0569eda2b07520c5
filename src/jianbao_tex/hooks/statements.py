"""What a plugin says of itself, and what it lets others choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """
    What a project, a series or an issue may choose for a plugin.

    A project writes ``[plugins.settings.PLUGIN]`` in its ``jianbao.toml``, an issue or its series
    ``PLUGIN.NAME`` under ``options``.  The plugin reads ``subject.settings["PLUGIN.NAME"]``, its
    template ``setting("PLUGIN.NAME")``, and ``jianbao_prepare`` has the argument ``settings``.

    Args:
        name: lower case letters, digits and ``_``.
        label: the Chinese name.
        title: the English name; ``name`` unless it is given.
        value: what it is unless somebody chooses otherwise.  Its type is that of all values: a
            text of one line, true or false, a whole number, or a number.
        about: what it is for, in a few words.
        choices: the only texts that it may be.
        least, most: the bounds of a number.
    """

    name: str
    label: str
    value: str | bool | int | float
    about: str = ""
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 10_000
    title: str = ""


@dataclass(frozen=True)
class Preparation:
    """
    What a plugin says of its ``jianbao_prepare``: ``JIANBAO_PREPARES = Preparation(…)``.

    Args:
        removes_texts: to remove texts of an issue is its purpose; else that is a warning.
        serves_all: every issue needs it, so if it fails, no issue is built.  Else only issues
            with a section, a block or the layout of the plugin fail.
    """

    removes_texts: bool = False
    serves_all: bool = False
