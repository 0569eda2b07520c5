"""The one table of keys: each English key and the Chinese one accepted in its place."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping

from jianbao_tex.findings import error
from jianbao_tex.issue import Block, Section
from jianbao_tex.language import Phrase, say
from jianbao_tex.parts import Part

TWO_SPELLINGS = error(
    "JB122", "{key} says the same as {first} in line {line}", "keep one of the two"
)

CHINESE: dict[str, str] = {
    "align": "对齐",
    "articles": "文章",
    "attachment": "附件",
    "body": "正文",
    "briefs": "简讯",
    "caption": "说明",
    "contents_title": "目录标题",
    "copies": "份数",
    "copy_number": "份号",
    "credits": "署名",
    "date": "日期",
    "distribution": "分送",
    "emphasis": "强调",
    "file": "文件",
    "head": "表头",
    "heading": "小标题",
    "image": "图片",
    "imprint": "印发",
    "issuer": "编印单位",
    "items": "条目",
    "kind": "刊别",
    "label": "标签",
    "layout": "版式",
    "level": "级别",
    "list": "列表",
    "masthead": "报头",
    "name": "名称",
    "note": "按语",
    "notice": "提示",
    "number": "期号",
    "numbered": "编号",
    "options": "选项",
    "page_break": "分页",
    "paragraph": "段落",
    "quote": "引文",
    "rows": "表行",
    "runs": "文段",
    "sections": "栏目",
    "security": "密级",
    "security_period": "保密期限",
    "series": "系列",
    "signature": "供稿",
    "signed_by": "签发人",
    "slogan": "口号",
    "subtitle": "副标题",
    "table": "表格",
    "text": "文字",
    "title": "标题",
    "total": "总期号",
    "type": "类型",
    "width": "宽度",
    "year": "年度",
}
"""English key -> Chinese key."""

_ENGLISH = {chinese: english for english, chinese in CHINESE.items()}


def canonical(key: str) -> str:
    """The English form of a key; one that is in no table stays as it is."""
    return _ENGLISH.get(key, key)


def chinese_of(model: type[Part], name: str) -> str:
    """The Chinese key of a field: its own title, else that of the table; '' for none."""
    return model.model_fields[name].title or CHINESE.get(name, "")


@functools.cache
def spellings_of(model: type[Part]) -> Mapping[str, str]:
    """Each key that a part accepts, English ones first, and the field that it stands for."""
    english = {name: name for name in model.model_fields}
    chinese = {chinese_of(model, name): name for name in model.model_fields}
    return {**english, **{key: name for key, name in chinese.items() if key}}


def nearest(key: str, known: Iterable[str]) -> str:
    """The known key that looks most like a wrong one; '' for none."""
    close = difflib.get_close_matches(key, [*known], n=1, cutoff=0.5)
    return close[0] if close else ""


_PARTS: Mapping[str, Phrase] = {
    "article": say("the article"),
    "attachment": say("the attachment"),
    "brief": say("the brief"),
    "heading": say("the heading"),
    "image": say("the image"),
    "imprint": say("the imprint"),
    "issue": say("the issue"),
    "list": say("the list"),
    "masthead": say("the masthead"),
    "note": say("the note"),
    "page_break": say("the page break"),
    "paragraph": say("the paragraph"),
    "quote": say("the quote"),
    "receivers": say("the line of the distribution block"),
    "run": say("the run"),
    "section": say("the section"),
    "table": say("the table"),
}


def part_name(model: type[Part]) -> Phrase:
    """How messages call a part: the section, the article, the masthead."""
    if issubclass(model, Section):
        return _PARTS["section"]
    name = model.name if issubclass(model, Block) else model.__name__.lower()
    return _PARTS.get(name) or say("the {part}", part=name)
