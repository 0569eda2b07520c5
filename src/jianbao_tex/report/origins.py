"""Where each stretch of the TeX of an issue came from, as plain data."""

from __future__ import annotations

from pathlib import Path

from jianbao_tex.findings import Where
from jianbao_tex.master import Origin
from jianbao_tex.portable import portable_name
from jianbao_tex.pressing import Composed
from jianbao_tex.provenance import template_name
from jianbao_tex.report.findings import place_as_json


def origins_as_json(composed: Composed) -> dict[str, object]:
    """
    The stretches of the main file of an issue; no file is named by a path of this machine.

    Templates have the names of `template_name`; an issue that was named by its whole path, and
    its series, have names from its folder.
    """
    stretches = [_stretch(composed, origin) for origin in composed.tree.origins]
    return {"main": composed.tree.main, "stretches": stretches}


def _stretch(composed: Composed, origin: Origin) -> dict[str, object]:
    template = template_name(Path(origin.template.file), composed.homes)
    data: dict[str, object] = {
        "line": origin.line,
        "column": origin.column,
        "end_column": origin.end_column,
        "template": {"file": template, "line": origin.template.line},
    }
    if origin.place:
        data["source"] = _source(composed, composed.tree.where(origin))
    return data


def _source(composed: Composed, where: Where) -> dict[str, object]:
    is_portable = portable_name(where.file) == where.file
    file = where.file if is_portable else composed.source.name_from_folder(where.file)
    return {**place_as_json(where), "file": portable_name(file)}
