"""Plugins of templates and a plugin.toml, made for a test."""

from __future__ import annotations

from pathlib import Path

from fence import FENCE
from jianbao_tex.testing import Project

HEAD = 'label = "测试"\nversion = "1.0"\napi = "2.0"\n'
ONE = '\n[section_types.one]\nlabel = "一"\n\n[section_types.one.fields]\nwords = { type = "line", label = "字" }\n'
SECTION = "masthead: {name: 简报}\nsections: [{type: one, words: 字}]\n"


def project(folder: Path, manifest: str, **templates: str) -> Project:
    plugin = folder / "mine"
    plugin.mkdir()
    (plugin / "plugin.toml").write_text(HEAD + manifest, encoding="utf-8")
    for name, text in templates.items():
        (plugin / f"{name}.tex.jinja").write_text(text, encoding="utf-8")
    return Project(folder, [plugin], FENCE)
