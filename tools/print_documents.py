"""Prints what the code knows into docs/: findings, keys, checks, figures, hooks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import print_breaks
import print_hooks
from pydantic.fields import FieldInfo

from jianbao_tex.catalogue import entries
from jianbao_tex.cli.explain import kinds
from jianbao_tex.hooks import Check, IssueCheck, MasterCheck, TexCheck
from jianbao_tex.issue import Imprint, Masthead, Section
from jianbao_tex.language import ENGLISH, Language, language
from jianbao_tex.parts import ListOf, Part, help_of, title_of
from jianbao_tex.press import Press
from jianbao_tex.reader.keys import IssueFile, chinese_key

DOCS = Path(__file__).resolve().parent.parent / "docs"


_FINDINGS = {
    "en": """# Findings

Printed from the code by `make accept`; `jianbao explain CODE` prints the same. 中文：[findings.zh.md](findings.zh.md)

A finding has a code that never changes its meaning, a weight, a place, a sentence and an advice.
If there is an error (E), no PDF is written; under `--strict` the same is true for a warning (W).
An error of one output stops only that output, if others of the issue can be made (JB434).
A note (N) says what was done; nothing is wrong.
Values that a sentence names stand in ‹› here.
""",
    "zh": """# 检查结果

本页由程序打印（`make accept`）；`jianbao explain 代码 --lang zh` 显示同样的内容。English: [findings.md](findings.md)

每条检查结果有代码（含义永不改变）、级别、位置、一句说明和一句建议。
有错误（E）时不输出 PDF；有警告（W）时照常输出，加 `--strict` 则同错误一样不输出。
只属于某一个输出的错误只使该输出不生成，本期其他输出照常生成（JB434）。
说明（N）只告知做了什么，并没有问题。
随情况而变的内容在这里写在 ‹› 中。
""",
}

# Heads of the pages alone: the command says none of them.
_FAMILIES = {
    "JB1": {"en": "Reading the issue", "zh": "读取简报"},
    "JB2": {"en": "Layouts and templates", "zh": "版式和模板"},
    "JB3": {"en": "Typesetting and the page", "zh": "排版和页面"},
    "JB4": {"en": "Files, fonts and tools", "zh": "文件、字体和工具"},
    "JB5": {"en": "Plugins", "zh": "插件"},
}
_ADVICE_HEAD = {"en": "The finding advises:", "zh": "检查结果给出的建议："}


def findings(target: Language = ENGLISH) -> str:
    """The page of all findings in a language."""
    parts = [_FINDINGS[target.name]]
    family = ""
    for code, kind in kinds().items():
        if code[:3] != family:
            family = code[:3]
            parts.append(f"## {_FAMILIES[family][target.name]}\n")
        entry = entries()[code]
        weight = kind.severity.value[0].upper()
        sentence, advice = (_escape(target.text(text)) for text in (kind.message, kind.advice))
        parts.append(f"### {code} ({weight}): {sentence}\n")
        parts.append(f"{_escape(target.text(entry.meaning))}\n")
        example = target.text("For example:")
        if entry.example:
            parts.append(f"{example}\n\n```yaml\n{entry.example.strip()}\n```\n")
        else:
            parts.append(_with_head(example, _escape(target.text(entry.when))))
        remedy = target.text("How to fix it:")
        parts.append(_with_head(remedy, _escape(target.text(entry.remedy))))
        if advice != "‹advice›":
            parts.append(_with_head(_ADVICE_HEAD[target.name], advice))
    return "\n".join(parts)


def _with_head(head: str, text: str) -> str:
    """A text after its head; a full-width colon needs no space."""
    return f"{head}{'' if head.endswith('：') else ' '}{text}\n"


def _escape(text: str) -> str:
    """A text with its values in angle quotes, TeX and marks of YAML as they are."""
    unbraced = text.replace("{{", "\0").replace("}}", "\1")
    unbraced = re.sub(r"\{(\w+)\}", r"‹\1›", unbraced).replace("\0", "{").replace("\1", "}")
    return re.sub(r"([\\<*_#])", r"\\\1", unbraced)


_KEYS = """# Keys

Printed from the code by `make accept`.
Either name of a key may be used; a key in **bold** must be there.
"""


def keys() -> str:
    """The page of all keys, part by part."""
    registry = Press(plugins={}).registry
    models: list[type[Part]] = [IssueFile, Masthead, Section]
    for record in registry.section_types.values():
        models += _list_models(record.model)
    models += [Imprint]
    for block in registry.blocks.values():
        models += _list_models(block.model)
    suffixes: dict[type[Part], str] = {}
    suffixes |= {
        record.model: f" (`type: {name}`)" for name, record in registry.section_types.items()
    }
    suffixes |= {block.model: f" (`{name}`)" for name, block in registry.blocks.items()}
    tables = [_table(model, suffixes.get(model, "")) for model in dict.fromkeys(models)]
    return "\n".join([_KEYS, *tables])


def _list_models(model: type[Part]) -> list[type[Part]]:
    """A part, and the parts of its list."""
    inner = [shape.part for shape in model.shapes().values() if isinstance(shape, ListOf)]
    return [model, *inner]


def _table(model: type[Part], suffix: str) -> str:
    """The keys of a part, without those that every section has."""
    inherited = Section.model_fields if issubclass(model, Section) and model is not Section else {}
    head = f"## {title_of(model)}{suffix}: {help_of(model)['description']}\n"
    rows = [
        f"| {_name(name, field)} | `{chinese_key(model, name)}` | {field.description} |"
        for name, field in model.model_fields.items()
        if name not in inherited
    ]
    table = ["| English | 中文 | what for |", "|---|---|---|", *rows, ""] if rows else []
    return "\n".join([head, *table])


def _name(name: str, field: FieldInfo) -> str:
    return f"**`{name}`**" if field.is_required() else f"`{name}`"


_CHECKS = """# Checks

Printed from the code by `make accept`.

Every build runs all checks but those marked *thorough*; `jianbao check` runs those of the data and the TeX; `jianbao check --pdf` runs all of them and prints the measurements.
A thorough check takes long; `jianbao build --strict` runs it too.
A rule that binds (规定) makes an error, and no PDF is written; a rule that only advises makes a warning, which is an error under `--strict`.
If an issue or a layout changes a figure, the page is measured against the new value; `jianbao layouts show --deviations` lists those figures.

| check | 中文 | looks at | about |
|---|---|---|---|
"""


def _line(function: Callable[..., object]) -> str:
    """The docstring of a function in one line."""
    return " ".join((inspect.getdoc(function) or "").split())


_SHOWN = """
## Text that paper does not show

Each character of the text must show: `hidden-text` reads in the PDF how the text is drawn.
It refuses text in an invisible render mode, outside of its clip, transparent or blended, squeezed to less than a quarter of its width, of about the colour of what lies under it, or with something painted over more than a third of it.
White text on a dark ground is right, if the ground is painted first; so is a stroke through text.
Where a picture, a pattern or another shape lies over or under a character, the page is rendered with the text and without it, and the two are compared.
`ink` compares the rendered pages for every letter: other code than the one that reads the PDF.

## Two readers

Every build reads its PDF with our own reader: place, size, font, mark and colour of each character, rules, pictures.
What it does not know (a form, a pattern, transparency, text that does not clearly show) it leaves to pdfium, page by page.
`witness` reads all pages with pdfium too, and compares: characters and their order, places and boxes to 0.01 mm, sizes to 0.01 bp, fonts, marks, rules, pictures and colours.
The box of a character is that of pdfium: the box of its ink in whole thousandths of an em, and a 64th of its height more at its top.

## Words that the issue does not have

`text-complete` compares what is not marked as an artifact or as an insert.
What is marked is listed word by word in `jianbao check --pdf`, its JSON and the certificate, with the plugins that may have printed it; page numbers and repeated heads of tables are left out.
A plugin that prints such words says so in its record: `artifacts = true`; else `added-text` reports them.
"""


def checks() -> str:
    """The page of all checks."""
    looks_at: dict[type, str] = {
        IssueCheck: "the data",
        TexCheck: "the TeX",
        MasterCheck: "the finished PDF and its log",
    }
    rows = [
        f"| {check.name} | {check.label} | {looks_at[type(check)]}{_thorough(check)} "
        f"| {_line(check.run)} |"
        for check in Press(plugins={}).registry.checks.values()
    ]
    return _CHECKS + "\n".join(rows) + "\n" + _SHOWN


def _thorough(check: Check[Any]) -> str:
    return "; *thorough*" if check.is_thorough else ""


_FIGURES = """# Figures of the layouts

Printed from the code by `make accept`.

An issue or a series may set each of them under `options:`, except those that are TeX.
The strengths 规定, 一般, 推荐 and 可以 are words of GB/T 9704-2012; 实务 is practice, for which the standard has no rule.

| figure | classic | newsletter | the standard | strength | source |
|---|---|---|---|---|---|
"""


_OUTPUT_FIGURES = """
# Figures of the outputs

Set in the same place; `jianbao outputs NAME` prints them. All are practice (实务).

| figure | value | choices | source |
|---|---|---|---|"""


def figures() -> str:
    """The page of all figures of the built-in layouts and outputs."""
    layouts = Press(plugins={}).registry.layouts
    classic, newsletter = layouts["classic"].figures, layouts["newsletter"].figures
    rows = []
    for name, figure in newsletter.items():
        classic_figure = classic.get(name)
        cells = (
            f"`{name}`",
            classic_figure.shown if classic_figure else "",
            "" if classic_figure and classic_figure.value == figure.value else figure.shown,
            figure.standard_shown,
            figure.strength,
            (classic_figure or figure).source,
        )
        rows.append("| " + " | ".join(cells) + " |")
    settings = Press(plugins={}).registry.settings.values()
    outputs = [f"| `{f.name}` | {f.shown} | {' '.join(f.choices)} | {f.source} |" for f in settings]
    return _FIGURES + "\n".join((*rows, _OUTPUT_FIGURES, *outputs)) + "\n"


PAGES = {
    "checks.md": checks,
    "figures.md": figures,
    "hooks.md": print_hooks.page,
    "line-breaks.md": print_breaks.page,
    "findings.md": findings,
    "findings.zh.md": lambda: findings(language("zh")),
    "keys.md": keys,
}
