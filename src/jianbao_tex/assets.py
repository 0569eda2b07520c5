"""Where the templates and the font manifest are, in a checkout or in a wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    """
    The folder ``templates/latex`` or ``fonts``.

    A wheel contains them under ``_assets``, next to this file.  A checkout contains them two
    folders up.  The checkout is used only if ``_assets`` is missing.
    """
    in_wheel = _HERE / "_assets" / name
    return in_wheel if in_wheel.is_dir() else _HERE.parent.parent / name


def templates() -> Path:
    """The folder of the class, its parts and the built-in templates."""
    return _folder("templates/latex")


def fonts() -> Path:
    """The folder of ``fonts.toml``, where a user's own font files may lie too."""
    return _folder("fonts")
