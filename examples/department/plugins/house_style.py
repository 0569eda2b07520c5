"""
The words of this office: a check with settings, a word list and a fix.

The list is house_style.txt beside this file: a word that is not used here, and the one in its
place.  It is read by the check itself: if it changes, the issues are checked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from jianbao_tex.hooks import (
    Finding,
    IssueCheck,
    IssueSubject,
    Setting,
    hookimpl,
    learn,
    note,
    warning,
)

JIANBAO_API = "2.4"
__version__ = "1.0"
WORDS = Path(__file__).with_suffix(".txt")

OTHER_WORD = warning(
    "HS001", "this office writes {right}, not {wrong}", "jianbao check --fix corrects it"
)
LONG_TITLE = note(
    "HS002", "the title has {count} characters, more than {most}", "make it shorter if you can"
)
learn(
    "zh",
    {
        OTHER_WORD.message: "本单位写作“{right}”，不写“{wrong}”",
        OTHER_WORD.advice: "jianbao check --fix 可以改正",
        LONG_TITLE.message: "标题有 {count} 字，超过 {most} 字",
        LONG_TITLE.advice: "能短则短",
    },
)


def words() -> Iterator[tuple[str, str]]:
    """The words of the list: the wrong one, the right one."""
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            wrong, right = line.split()
            yield wrong, right


def check(subject: IssueSubject) -> Iterator[Finding]:
    """Findings about words and long titles."""
    issue, longest = subject.issue, subject.settings["house_style.longest_title"]
    assert isinstance(longest, int)
    pairs = list(words())
    for path, text in issue.printed_values():
        place = issue.place(path)
        for wrong, right in pairs:
            start = text.find(wrong)
            while start >= 0:
                where = place.within(text, start, len(wrong))
                yield OTHER_WORD.at(where, right=right, wrong=wrong).with_fix(wrong, right)
                start = text.find(wrong, start + len(wrong))
        if path[-1] == "title" and len(text) > longest:
            yield LONG_TITLE.at(place.where, count=len(text), most=longest)


@hookimpl
def jianbao_checks() -> Iterable[IssueCheck]:
    return [IssueCheck("house_style", "用语规范", check, "1.0")]


@hookimpl
def jianbao_settings() -> Iterable[Setting]:
    return [Setting("longest_title", "标题字数", 40, "标题最多多少字", least=5, most=200)]
