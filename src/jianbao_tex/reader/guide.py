"""What each key is for, with an example, for editors and for docs/keys.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jianbao_tex.language import Phrase, say


@dataclass(frozen=True)
class Help:
    """What a key is for, and what may stand there."""

    about: Phrase
    example: object = None


KEYS: Mapping[str, Help] = {
    "align": Help(say("the alignment of each column, from the left"), ["left", "number"]),
    "articles": Help(say("the articles, in their order"), [{"title": "会议召开"}]),
    "attachment": Help(say("an attachment, on pages of its own behind the signature"), {}),
    "body": Help(
        say("the text: each line that is not empty is a paragraph; or a list of texts and blocks"),
        "3月5日，会议召开。",
    ),
    "briefs": Help(say("the short items, in their order"), [{"body": "3月5日，会议召开。"}]),
    "caption": Help(say("the line that names a picture or a table"), "表1　各市进度"),
    "contents_title": Help(say("the title in the contents, where it differs"), "会议召开"),
    "copies": Help(say("how many copies are printed"), 150),
    "copy_number": Help(say("the number of this copy, of secret issues"), "000001"),
    "credits": Help(say("who wrote, edited and took the pictures"), "张三　李四"),
    "date": Help(say("a day or a month; 2020年3月10日 may be written, too"), "2020-03-10"),
    "distribution": Help(
        say("who gets the issue: a line of the distribution block for each label"),
        {"报": "市委", "送": "市直各单位"},
    ),
    "emphasis": Help(say("whether the run is set apart, as the lead of a paragraph"), True),
    "file": Help(say("the PNG or JPEG file, in the issue's folder or below it"), "现场.jpg"),
    "head": Help(say("the cells of the head row, repeated on each page"), ["地区", "进度"]),
    "heading": Help(say("a heading"), "一、背景"),
    "image": Help(say("a picture"), "现场.jpg"),
    "imprint": Help(say("the last line of the distribution block: who printed when"), "办公室"),
    "issuer": Help(
        say("the office that edits or prints the bulletin; several as a list"), "办公室"
    ),
    "items": Help(say("the entries of the list"), ["甲", "乙"]),
    "kind": Help(say("an ordinary issue, an extra one, or one on a single matter"), "增刊"),
    "label": Help(say("the word before the text"), "编者按"),
    "layout": Help(say("how the issue looks; jianbao layouts lists what there is"), "classic"),
    "level": Help(say("1 for 一、, 2 for （一）, 3 for 1., 4 for （1）"), 1),
    "list": Help(say("a list"), ["甲", "乙"]),
    "masthead": Help(say("the head of page 1, mostly in the series file"), {"name": "工作简报"}),
    "name": Help(say("the name: of the bulletin, or of the section (without 【】)"), "工作简报"),
    "note": Help(say("a word of the editors"), "编者按的内容。"),
    "notice": Help(say("a notice at the top right"), "内部资料　注意保存"),
    "number": Help(say("the number of the issue"), 365),
    "numbered": Help(say("whether the entries are numbered"), True),
    "options": Help(
        say("figures of the layout that this issue sets otherwise"), {"title.size": "21 bp"}
    ),
    "page_break": Help(say("what follows begins a new page")),
    "paragraph": Help(say("a paragraph that is never taken for a heading"), "一、二、三都对。"),
    "quote": Help(say("the words of another, set in from both sides"), "原文如此。"),
    "rows": Help(say("the rows of the table, each with as many cells"), [["甲", "1.5"]]),
    "runs": Help(say("the stretches of the paragraph, one by one"), [{"text": "开头。"}]),
    "sections": Help(say("the sections, in their order"), [{"name": "上情下达"}]),
    "security": Help(say("the security mark"), "机密"),
    "security_period": Help(say("how long the issue is secret"), "1年"),
    "series": Help(say("the file with what the issues of a series share"), "series.yaml"),
    "signature": Help(say("who sent the article in; printed in brackets"), "市委办公室"),
    "signed_by": Help(say("who signed the issue for printing"), "张三"),
    "slogan": Help(say("the line above the name"), "求真务实"),
    "subtitle": Help(say("the line below the title"), "——记某县某村"),
    "table": Help(say("a table"), {"rows": [["甲", "1.5"]]}),
    "text": Help(say("the text"), "一、背景"),
    "title": Help(say("the title; a line break in it is one on the page"), "会议召开"),
    "total": Help(say("the number of the issue over all years (总第)"), 365),
    "type": Help(say("the type of the section; without it a section holds articles"), "briefs"),
    "width": Help(say("the width of the picture, as a part of that of the text"), 0.5),
    "year": Help(say("the year to which the number belongs"), 2020),
}
"""Each key of the built-in parts by its English name."""
