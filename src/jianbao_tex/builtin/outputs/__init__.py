"""The built-in outputs: files for the printer, the archive and the office."""

from __future__ import annotations

import functools
import importlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jianbao_tex.hooks import Figure, Output


@functools.cache
def outputs() -> tuple[Output, ...]:
    """The outputs that ``outputs.toml`` declares, in its order."""
    text = (Path(__file__).parent / "outputs.toml").read_text(encoding="utf-8")
    return tuple(_make_output(name, entry) for name, entry in tomllib.loads(text).items())


def _make_output(name: str, entry: dict[str, Any]) -> Output:
    prove = entry.get("prove")
    figures = entry.get("figures", {})
    return Output(
        name,
        entry["label"],
        entry["suffix"],
        entry["media_type"],
        _load_later(entry["make"]),
        since="0.1",
        description=entry["description"],
        figures=tuple(Figure.from_toml(f"{name}.{key}", figures[key]) for key in figures),
        reads=tuple(entry.get("reads", ())),
        prove=_load_later(prove) if prove else None,
        is_last=entry.get("is_last", False),
        takes_refused=entry.get("takes_refused", False),
        suffixes=tuple(entry.get("suffixes", ())),
    )


def _load_later(place: str) -> Callable[..., Any]:
    """
    The function ``module.name``; the module is imported at the first call.

    So a build of one output does not import the libraries of all others.
    """
    module, _, name = place.partition(".")

    def call(*arguments: Any) -> Any:
        return getattr(importlib.import_module(f"{__name__}.{module}"), name)(*arguments)

    return call
