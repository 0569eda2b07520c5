"""Names without the folders of a machine."""

from __future__ import annotations

import pytest

from jianbao_tex.findings import Where, warning
from jianbao_tex.language import say
from jianbao_tex.portable import portable_finding, portable_name, portable_text


@pytest.mark.parametrize(
    ("name", "portable"),
    [
        ("/home/li/b.icc", "b.icc"),
        ("/b.icc", "b.icc"),
        ("/home/li/my plan/b c.icc", "b c.icc"),
        ("C:\\Users\\李\\a.icc", "a.icc"),
        ("D:/shop/a.icc", "a.icc"),
        ("\\\\server\\share\\a.icc", "a.icc"),
        ("~/a.icc", "a.icc"),
        ("~li/pictures/a.png", "a.png"),
        ("file:///home/li/a.yaml", "a.yaml"),
        ("/home/li/issues/", "issues"),
    ],
)
def test_a_path_of_any_system_is_its_last_name(name: str, portable: str) -> None:
    """On every system: a server on Linux is given names from Windows."""
    assert portable_name(name) == portable


@pytest.mark.parametrize(
    "name", ["a.icc", "pictures/a.png", "../a", "./a", "365.yaml", "~5/6", "a~b", "图/一.png", ""]
)
def test_a_relative_name_is_unchanged(name: str) -> None:
    """It says where a file is in the issue's folder, which the reader needs to know."""
    assert portable_name(name) == name


@pytest.mark.parametrize(
    ("text", "portable"),
    [
        ("No such file: '/home/my plan/b c.icc'", "No such file: 'b c.icc'"),
        ("at /home/li/x.py:12, then ~/y.txt.", "at x.py:12, then y.txt."),
        ("（/data/issue.yaml）读不了", "（issue.yaml）读不了"),
        ("找不到“C:\\我的 文件\\a.icc”。", "找不到“a.icc”。"),
        ("D:/x/y.png，下一句", "y.png，下一句"),
        ("path:/var/lib/x and /issue.yaml", "path:x and issue.yaml"),
    ],
)
def test_a_sentence_keeps_the_names_of_files(text: str, portable: str) -> None:
    """Only the folders go; what the sentence says stays."""
    assert portable_text(text) == portable


@pytest.mark.parametrize(
    "text",
    [
        "see http://www.a.cn/b/c and https://x.org/y",
        "km/h 与/或 1/2 3 / 4 24/7 2020/01/02 and/or",
        "\\jbHeading in pictures/a.png",
        "~5/6 of them",
    ],
)
def test_a_slash_in_a_text_is_no_path(text: str) -> None:
    """A finding quotes what the issue says."""
    assert portable_text(text) == text


def test_a_finding_is_portable_in_all_that_it_says() -> None:
    """Places, values, and values of values."""
    kind = warning("X1", "{file}: {reason}; {names}", "see {file}")
    finding = kind.at(
        Where("/home/li/issue.yaml", 3),
        file="/srv/a b.icc",
        reason=say("{number} bytes of {file}", number=3, file="~/c.icc"),
        names=("/srv/d", "e"),
    )
    portable = portable_finding(finding)

    assert str(portable.where) == "issue.yaml:3"
    assert portable.message == "a b.icc: 3 bytes of c.icc; d, e"
    assert portable.advice == "see a b.icc"
