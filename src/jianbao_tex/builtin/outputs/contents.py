"""Where titles and entries of the contents stand on the pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from jianbao_tex.builtin.checks.text import printed_texts
from jianbao_tex.builtin.checks.verdicts import without_spaces
from jianbao_tex.hooks import DataPath, Glyph, OutputSubject, Section, unligated
from jianbao_tex.hooks.prepress import (
    Bookmark,
    Link,
    Navigation,
    Target,
)

_SLACK = 0.5
_TITLES = ("title", "contents_title")


class _Spot(NamedTuple):
    """A glyph and its page from 0."""

    page: int
    glyph: Glyph


def navigation_of(subject: OutputSubject) -> Navigation:
    """Bookmarks to sections and articles, links from the contents, the pages left blank."""
    places = _TextPlaces(subject)
    targets: dict[DataPath, Target] = {}
    bookmarks: list[Bookmark] = []
    for number, section in enumerate(subject.issue.sections):
        children = []
        for path, target in places.entries(number, section):
            targets["sections", number, *path] = target
            title = str(_value(section, path))
            children.append(Bookmark("".join(title.split("\n")), target))
        section_target = places.target(number, 0) if section.name else None
        if section.name and section_target:
            bookmarks.append(Bookmark(section.name, section_target, tuple(children)))
        else:
            bookmarks += children
    links = itertools.chain.from_iterable(places.links(targets))
    blank = frozenset(p.number - 1 for p in subject.measured.pages if p.blank)
    entries = [entry for group in subject.issue.contents for entry in group.entries]
    lost = tuple("".join(title.split("\n")) for path, title in entries if path not in targets)
    return Navigation(tuple(bookmarks), tuple(links), blank, lost)


class _TextPlaces:
    """
    The texts of an issue on its pages.

    The pages show the texts of the issue in their order and nothing else, as a check proves;
    so the place of each follows from the lengths of those before it.
    """

    def __init__(self, subject: OutputSubject) -> None:
        self._issue = subject.issue
        grid = subject.layout.grid
        self._spots = [
            _Spot(page.number - 1, glyph)
            for page in subject.measured.pages
            for glyph in page.text(grid)
        ]
        texts = [unligated(without_spaces(text)) for text in printed_texts(subject)]
        ends = list(itertools.accumulate(map(len, texts)))
        self._extents = list(zip([0, *ends], ends, strict=False))
        # If the lengths differ, every later place would be wrong: then there are no links.
        self._is_sure = bool(ends) and ends[-1] == len(self._spots)
        heads = len(self._issue.masthead_lines())
        groups = self._issue.contents
        self._contents = heads
        listed = sum(bool(group.name) + len(group.entries) for group in groups)
        counts = [len(list(section.texts())) for section in self._issue.sections]
        self._sections = list(itertools.accumulate([heads + listed, *counts]))

    def target(self, section: int, text: int) -> Target | None:
        """The place of a text of a section."""
        spots = self._spots_of(self._sections[section] + text)
        if not spots:
            return None
        return Target(spots[0].page, spots[0].glyph.top)

    def entries(self, number: int, section: Section) -> Iterator[tuple[DataPath, Target]]:
        """
        Each title that a section gives to the contents, where the section prints it.

        A part is searched by all its texts, because a paragraph may repeat a title.
        """
        texts = list(section.texts())
        part: Any = None
        start: int | None = None
        end = 0
        for path, entry in section.entries():
            # A part may give several entries.
            before, part = part, _value(section, path[:-1])
            part_texts = list(part.texts())
            if part is not before:
                start = _index_of(part_texts, texts, end)
            # The contents may have another title than the page.
            title = _value(part, ("title",)) if path[-1] in _TITLES else entry
            printed = title if title in part_texts else entry
            if start is None or printed not in part_texts:
                continue
            end = start + len(part_texts)
            if target := self.target(number, start + part_texts.index(printed)):
                yield path, target

    def links(self, targets: dict[DataPath, Target]) -> Iterator[Iterator[Link]]:
        """The links of each entry of the contents, one for each of its lines."""
        index = self._contents
        for group in self._issue.contents:
            index += bool(group.name)
            for path, _ in group.entries:
                if path in targets:
                    yield _links(self._spots_of(index), targets[path])
                index += 1

    def _spots_of(self, index: int) -> Sequence[_Spot]:
        if not self._is_sure or index >= len(self._extents):
            return ()
        return self._spots[slice(*self._extents[index])]


def _index_of(part: Sequence[str], texts: Sequence[str], start: int) -> int | None:
    """The index from ``start`` on where ``texts`` contains ``part``; ``None`` if it does not."""
    places = range(start, len(texts) - len(part) + 1)
    return next((i for i in places if texts[i : i + len(part)] == part), None)


def _links(spots: Sequence[_Spot], target: Target) -> Iterator[Link]:
    def line(spot: _Spot) -> tuple[int, int]:
        return spot.page, round(spot.glyph.baseline)

    for (page, _), group in itertools.groupby(spots, line):
        glyphs = [spot.glyph for spot in group]
        yield Link(
            page,
            min(g.left for g in glyphs) - _SLACK,
            min(g.top for g in glyphs) - _SLACK,
            max(g.right for g in glyphs) + _SLACK,
            max(g.bottom for g in glyphs) + _SLACK,
            target,
        )


def _value(part: Any, path: DataPath) -> Any:
    """The value of a part at a path; ``None`` where there is none."""
    for step in path:
        part = part[step] if isinstance(step, int) else getattr(part, step, None)
        if part is None:
            return None
    return part
