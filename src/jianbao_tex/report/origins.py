"""Where each stretch of the TeX of an issue came from, as plain data."""

from __future__ import annotations

from pathlib import Path

from jianbao_tex.master import Origin, TexTree
from jianbao_tex.report.findings import place_as_json


def origins_as_json(tree: TexTree, templates: Path) -> dict[str, object]:
    """The stretches of the main file; files below the folder ``templates`` are named from there."""
    stretches = [_stretch(tree, origin, templates) for origin in tree.origins]
    return {"main": tree.main, "stretches": stretches}


def _stretch(tree: TexTree, origin: Origin, templates: Path) -> dict[str, object]:
    file = Path(origin.template.file)
    if file.is_relative_to(templates):
        file = file.relative_to(templates)
    data: dict[str, object] = {
        "line": origin.line,
        "column": origin.column,
        "end_column": origin.end_column,
        "template": {"file": file.as_posix(), "line": origin.template.line},
    }
    if origin.place:
        data["source"] = place_as_json(tree.where(origin))
    return data
