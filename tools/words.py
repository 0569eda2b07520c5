"""
Plain English: no word of the list stands in prose, no name says how a thing was come by.

    make lint

reads comments, docstrings and messages of the code, comments of TeX, the texts of TOML files and
the English documents.  Source of the list: the house style in CONTRIBUTING.md.
"""

from __future__ import annotations

import io
import itertools
import re
import sys
import token
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PROSE = {
    "ahead of": "before",
    "anew": "again",
    "behind": "after",
    "come by": "get",
    "handed out": "written",
    "hands out": "writes",
    "mend": "fix",
    "mended": "fixed",
    "mends": "fixes",
    "parted": "separated, broken",
    "take away": "remove, delete",
    "taken away": "removed, deleted",
    "tell": "report, show",
    "tells": "reports, shows",
    "told": "reported, shown",
    "whence": "from where",
    "whoever": "who",
}
"""Words that a reader who learned English at school reads twice, and the plain ones."""

NAMES = {"found", "made", "said", "told"}
"""Names of variables, attributes and functions that do not say what the thing is."""

_WORDS = re.compile(rf"\b(?:{'|'.join(PROSE)})\b", re.IGNORECASE)
_CODE = re.compile(r"`[^`\n]+`|^```.*?^```", re.DOTALL | re.MULTILINE)
_FOLDERS = ("src", "templates", "tools", "tests", "plugins", "examples", "benchmarks", "docs")
# What users wrote, what other programs print, what is past.
_LEFT_OUT = re.compile(
    r"tests/(broken|cases|boxes|logs|bulletins|local_layouts)/|\.zh\.md$|^CHANGELOG\.md$|words\.py$|/\."
)
_MIDDLE = getattr(token, "FSTRING_MIDDLE", token.STRING)


def faults(path: Path) -> Iterator[str]:
    """The faults of a file, a line each: place, word, plain word."""
    text = path.read_text(encoding="utf-8")
    prose = {".py": _of_python, ".sty": _of_tex, ".cls": _of_tex, ".md": _of_markdown}
    for line, words in prose.get(path.suffix, _of_text)(text):
        for match in _WORDS.finditer(words):
            number = line + words.count("\n", 0, match.start())
            yield f"{number}: “{match[0]}”: write {PROSE[match[0].lower()]}"
    if path.suffix == ".py" and "tests" not in path.parts:
        for item, after in itertools.pairwise(_tokens(text)):
            if item.string in NAMES and item.type == token.NAME and not _is_keyword(item, after):
                yield f"{item.start[0]}: the name {item.string} does not say what the thing is"


def _is_keyword(item: tokenize.TokenInfo, after: tokenize.TokenInfo) -> bool:
    """True for the keyword of an argument, as the placeholder of a message is; no space is there."""
    return after.string == "=" and after.start == item.end


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def _of_python(text: str) -> Iterator[tuple[int, str]]:
    for item in _tokens(text):
        if item.type in {token.COMMENT, token.STRING, _MIDDLE}:
            yield item.start[0], item.string


def _of_tex(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if comment := re.search(r"(?<!\\)%.*", line):
            yield number, comment[0]


def _of_markdown(text: str) -> Iterator[tuple[int, str]]:
    yield 1, _CODE.sub(lambda code: "\n" * code[0].count("\n"), text)


def _of_text(text: str) -> Iterator[tuple[int, str]]:
    yield 1, text


def files() -> list[Path]:
    """The files that we write in English; those of the checkout, with or without git."""
    kinds = {".py", ".sty", ".cls", ".md", ".toml", ".jinja"}
    paths = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*")]
    return sorted(
        path
        for path in (*paths, *ROOT.glob("*.md"))
        if path.suffix in kinds and not _LEFT_OUT.search(str(path.relative_to(ROOT)))
    )


def main() -> int:
    """1 if there is a fault."""
    paths = files()
    lines = [f"{path.relative_to(ROOT)}:{fault}" for path in paths for fault in faults(path)]
    print("\n".join([*lines, f"plain English: {len(paths)} files, {len(lines)} faults"]))
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
