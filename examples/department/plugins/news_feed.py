"""
News from a table of CSV: each row is an article, and becomes one of its section.

The columns are 栏目, 标题, 正文, 署名; the name of the bulletin is a setting.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from jianbao_tex.hooks import (
    ForeignFile,
    Imported,
    Reader,
    Refusal,
    Setting,
    Where,
    error,
    hookimpl,
    learn,
    warning,
)

JIANBAO_API = "2.4"
__version__ = "1.0"
COLUMNS = ("栏目", "标题", "正文", "署名")

NO_COLUMN = error(
    "NF001", "the table has no column {name}", "name the columns {names} in its first row"
)
NO_TITLE = warning(
    "NF002", "row {row} has no title, and is left out", "add the title, and import again"
)
learn(
    "zh",
    {
        NO_COLUMN.message: "表中没有“{name}”一栏",
        NO_COLUMN.advice: "第一行须有各栏名称：{names}",
        NO_TITLE.message: "第 {row} 行没有标题，未收入",
        NO_TITLE.advice: "补上标题再导入",
    },
)


def read(file: ForeignFile) -> Imported:
    """The issue of a table, and a report of the rows that are not in it."""
    text = file.data.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS[:3] if name not in (rows.fieldnames or ())]
    if missing:
        where = Where(file.name, 1)
        raise Refusal([NO_COLUMN.at(where, name=name, names=COLUMNS) for name in missing])
    sections: dict[str, list[dict[str, Any]]] = {}
    findings = []
    for row in rows:
        if not row["标题"]:
            findings.append(NO_TITLE.at(Where(file.name, rows.line_num), row=rows.line_num))
            continue
        article = {"title": row["标题"], "body": row["正文"] or ""}
        if row.get("署名"):
            article["signature"] = f"（{row['署名']}）"
        sections.setdefault(row["栏目"] or "", []).append(article)
    return Imported(
        {
            "masthead": {"name": file.settings["news_feed.name"]},
            "sections": [
                {**({"name": name} if name else {}), "articles": articles}
                for name, articles in sections.items()
            ],
        },
        findings,
    )


@hookimpl
def jianbao_readers() -> Iterable[Reader]:
    return [Reader("news_feed", "新闻表", (".csv",), read, "1.0")]


@hookimpl
def jianbao_settings() -> Iterable[Setting]:
    return [Setting("name", "简报名称", "工作简报", "导入的简报叫什么")]
