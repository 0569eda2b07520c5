"""
How many lines of titles end at a wrong place, by the way to find phrases.

    make bench

The titles are those of ``tests/titles/right_breaks.txt``.  All ways arrange their phrases by the
same code; only where a title may break, and at what cost, differs.  budoux is in the extra
``bench``.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import budoux

from jianbao_tex.breaks import Breaks
from jianbao_tex.composer.phrases import Phrase, dictionary_words, phrases_of, phrases_with
from jianbao_tex.composer.phrases.costs import BAD, PAUSES, WEAK
from jianbao_tex.composer.phrases.vocabulary import long_words
from jianbao_tex.composer.titles import Place, arranged, width

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from marked_titles import CLASSIC, NEWSLETTER, MarkedTitle, count_wrong, marked_titles

_PARSER = budoux.load_default_simplified_chinese_parser()
Phrases = Callable[[str], list[Phrase]]


def by_budoux(title: str) -> list[Phrase]:
    """The phrases of a model that was trained on line breaks."""
    return _pieces(title, _ends(_PARSER.parse(title)))


def by_words(title: str) -> list[Phrase]:
    """The words of a dictionary."""
    return _pieces(title, _ends(dictionary_words(title)))


def by_both(title: str) -> list[Phrase]:
    """Where both allow a break, and after a pause: decision 0010."""
    return _pieces(title, _ends(_PARSER.parse(title)) & _ends(dictionary_words(title)), PAUSES)


def by_rules(title: str) -> list[Phrase]:
    """Our rules, without the fixed terms."""
    return phrases_with(title, long_words())


def by_rules_and_budoux(title: str) -> list[Phrase]:
    """Our rules; where budoux allows no break inside a name, a break there is bad."""
    allowed = _ends(_PARSER.parse(title))
    phrases = by_rules(title)
    ends = itertools.accumulate(len(phrase.text) for phrase in phrases)
    return [
        Phrase(phrase.text, BAD if phrase.cost == WEAK and end not in allowed else phrase.cost)
        for phrase, end in zip(phrases, ends, strict=True)
    ]


def _ends(parts: Sequence[str]) -> set[int]:
    return set(itertools.accumulate(map(len, parts)))


def _pieces(title: str, ends: set[int], pauses: Mapping[str, float] | None = None) -> list[Phrase]:
    """The title cut at these ends and after pauses, where the marks allow a break."""
    rules = Breaks(title)
    pauses = pauses or {}
    places = {
        end
        for end in range(1, len(title))
        if (end in ends or title[end - 1] in pauses) and rules.reason_against(end) is None
    }
    cuts = sorted({0, *places, len(title)})
    texts = [title[start:end] for start, end in itertools.pairwise(cuts)]
    return [Phrase(text, pauses.get(text[-1], 0.0)) for text in texts]


WAYS: Mapping[str, Phrases] = {
    "budoux alone": by_budoux,
    "rjieba alone": by_words,
    "both (decision 0010)": by_both,
    "rules": by_rules,
    "rules and budoux": by_rules_and_budoux,
    "rules and fixed terms": phrases_of,
}


def main() -> None:
    """Prints a table: titles with a wrong line, of those that need more than one line."""
    titles = marked_titles()
    rounds = list(dict.fromkeys(title.round for title in titles))
    print("| way | layout | " + " | ".join(rounds) + " | all |")
    print("|---|---|" + "---|" * (len(rounds) + 1))
    for name, find_phrases in WAYS.items():
        for layout, columns in (("classic", CLASSIC), ("newsletter", NEWSLETTER)):
            wide = [title for title in titles if width(title.text) > columns]
            groups = [[title for title in wide if title.round == name] for name in rounds]
            cells = [_share(group, find_phrases, columns) for group in (*groups, wide)]
            print(f"| {name} | {layout} | " + " | ".join(cells) + " |")


def _share(titles: Sequence[MarkedTitle], find_phrases: Phrases, columns: float) -> str:
    place = Place(columns)
    wrong, _ = count_wrong(titles, lambda text: arranged(find_phrases(text), place))
    return f"{wrong} of {len(titles)}"


if __name__ == "__main__":
    main()
