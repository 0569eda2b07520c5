"""The two printed bulletins: nothing lost from print to YAML to PDF, in both directions."""

from __future__ import annotations

import re

import pytest

from jianbao_tex.press import Press, Source
from pdf_pages import pages_of, squeezed, text_of
from workshop import BULLETINS, EXAMPLES, ROOT, Workshop

ISSUES = ("363", "365")


def printed_text(name: str) -> str:
    """The bulletin's text file without white space and without its list dashes."""
    text = (BULLETINS / f"{name}.txt").read_text(encoding="utf-8")
    return squeezed(re.sub(r"^- ", "", text, flags=re.MULTILINE))


def yaml_text(press: Press, name: str) -> str:
    issue = press.read(Source.from_file(EXAMPLES / f"{name}.yaml"))
    return squeezed("".join(issue.texts()))


@pytest.mark.parametrize("name", ISSUES)
def test_yaml_holds_the_whole_printed_text(press: Press, name: str) -> None:
    """All text of the bulletin, in order, is the text of the YAML, and nothing else is."""
    expected, actual = printed_text(name), yaml_text(press, name)

    assert len(expected) > 3000
    assert actual == expected


@pytest.mark.parametrize("name", ISSUES)
def test_pdf_holds_the_whole_printed_text(workshop: Workshop, name: str) -> None:
    """All text of the bulletin, in order, is read back from the PDF, and nothing else is."""
    expected, actual = printed_text(name), text_of(workshop.example(name).artifacts[0].data)

    assert actual == expected


@pytest.mark.parametrize("name", ISSUES)
def test_text_output_holds_the_whole_printed_text(workshop: Workshop, name: str) -> None:
    """The plain-text output says what the page says."""
    data = workshop.example(name).artifacts[1].data

    assert squeezed(data.decode()) == printed_text(name)


@pytest.mark.parametrize("name", ISSUES)
def test_each_example_builds_without_findings(workshop: Workshop, name: str) -> None:
    """The examples are clean: not even a warning."""
    pressing = workshop.example(name)

    assert pressing.findings == ()
    assert pressing.pages == len(pages_of(pressing.artifacts[0].data))


@pytest.mark.parametrize("name", ISSUES)
def test_one_contents_title_differs_from_its_article(press: Press, name: str) -> None:
    """The print differs between contents and text in one title an issue; both are kept."""
    issue = press.read(Source.from_file(EXAMPLES / f"{name}.yaml"))
    articles = [a for section in issue.sections for a in section.articles]  # type: ignore[attr-defined]
    different = [a for a in articles if a.contents_title]

    assert len(articles) >= 4
    assert len(different) == 1
    assert squeezed(different[0].contents_title) != squeezed(different[0].title)


@pytest.mark.parametrize("name", ISSUES)
def test_what_issues_share_stands_in_the_series_file(name: str) -> None:
    """Masthead and layout are not typed in an issue."""
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")

    assert "工作简报\n" not in text
    assert "masthead:" not in text
    assert "series: series.yaml" in text


def test_sample_characters_are_those_of_the_examples() -> None:
    """The characters that doctor looks for are those of the two bulletins."""
    sample = (ROOT / "fonts" / "sample-characters.txt").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.yaml"))]
    expected = {c for text in texts for c in text if c > "~"}

    assert len(texts) == 3
    assert set(sample) - {"\n"} == expected
