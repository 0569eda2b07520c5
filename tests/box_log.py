r"""
Boxes as TeX shows them in its log -> a text for people that every version of TeX Live writes.

TeX shows a box as a tree: a line for each node, as many dots before it as it lies deep.  Here
that is made short and the same on every machine:

- Lengths are rounded to 0.01 pt, and so are ratios of glue.
- A line of text is one line: ``"`` around its words; role and size of the font where it
  changes; in brackets what moves the words: ``[31.7]``, ``[+1fil]``.  What only stretches a
  little between two characters, penalties and the marks of xeCJK are left out.
- In a vertical list ``down 29.73`` is the way from the reference point of the last box, or from
  the top, to that of this one.  The height of the box and the glue between lines are in it:
  they depend on the ink of fonts.  Glue that a command asked for, kerns and rules are shown by
  themselves.
- A box that is short to say stands in one line, its contents in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

WIDEST = 110
"""A box that is longer to say has a line for each part."""

_NODE = re.compile(r"^(\.*)(\\.*)$")
_BOX = re.compile(r"^\\([hv])box\((-?[\d.]+)\+(-?[\d.]+)\)x(-?[\d.]+)(.*)$")
_GLYPHS = re.compile(r"^\\TU/([^/]+)/\S+?/\S+?/([\d.]+) (.*)$")
_GLUE = re.compile(r"^\\(?:glue|kern)(\(\\\w+\))? ?(-?[\d.]+)?(.*)$")
_RULE = re.compile(r"^\\rule\(([\d.*-]+)\+([\d.*-]+)\)x([\d.*-]+)$")
_NUMBER = re.compile(r"-?\d+\.\d+")
_STRETCH = re.compile(r"(plus|minus) (-?[\d.]+)(fil*|)")
_SIGNS = {"plus": "+", "minus": "-"}
_SPECIAL = re.compile(r"^\\special\{pdf:(?:code )?(.*)\}$")
_NOISE = re.compile(r"^\\(?:write|openout|closeout)|^\\special\{(?:x:|color pop)")
_INTERLINE = {"(\\baselineskip)", "(\\lineskip)", "(\\topskip)", "(\\splittopskip)"}
_LATIN = "latin"


@dataclass
class Node:
    """One line of a shown box, with those below it."""

    text: str
    below: list[Node] = field(default_factory=list)

    @property
    def box(self) -> re.Match[str] | None:
        return _BOX.match(self.text)


def boxes(log: str) -> Iterator[Node]:
    r"""The boxes that ``\showbox`` wrote into a log, in their order."""
    lines = log.split("\n")
    for number, line in enumerate(lines):
        if re.match(r"^> \\box.*=$", line):
            yield _tree(lines[number + 1 :])


def _tree(lines: list[str]) -> Node:
    root = Node("")
    stack = [root]
    for line in lines:
        match = _NODE.match(line)
        if match is None:
            break
        node = Node(match[2])
        del stack[len(match[1]) + 1 :]
        stack[-1].below.append(node)
        stack.append(node)
    return root.below[0]


def shown(root: Node, roles: Mapping[str, str]) -> str:
    """A box as text; ``roles`` leads from a font as TeX calls it to its role."""
    return "".join(f"{line}\n" for line in _Printer(roles).lines(root, 0, ""))


class _Printer:
    def __init__(self, roles: Mapping[str, str]) -> None:
        self._roles = roles
        self._font_said = ""

    def lines(self, node: Node, depth: int, before: str) -> Iterator[str]:
        """The lines of a node: one where it is short or of text."""
        indent = "  " * depth
        self._font_said = ""
        said = f"{indent}{before}{self._inline(node)}"
        is_box = node.box is not None
        if not is_box or len(said) <= WIDEST or self._is_text(node):
            yield said
            return
        yield f"{indent}{before}{self._head(node)}"
        for part, prefix in self._parts(node):
            yield from self.lines(part, depth + 1, prefix)

    def _inline(self, node: Node) -> str:
        """A node with all that it contains, in one line."""
        if node.box is None:
            return self._plain(node.text)
        if node.box[1] == "h" and self._is_text(node):
            inside = self._words(node)
        else:
            inside = "; ".join(
                f"{prefix}{self._inline(part)}" for part, prefix in self._parts(node)
            )
        return f"{self._head(node)} {{{inside}}}" if inside else self._head(node)

    def _head(self, node: Node) -> str:
        box = node.box
        assert box is not None
        kind, height, depth, width, rest = box.groups()
        # The height of a line is that of its ink.
        high = "" if self._is_text(node) else f"{_short(height)}+{_short(depth)} "
        return f"{kind}box {high}x {_short(width)}{_rounded(rest)}"

    def _parts(self, node: Node) -> Iterator[tuple[Node, str]]:
        """The parts of a box that mean something, each with how far down it stands."""
        assert node.box is not None
        if node.box[1] == "h":
            yield from ((part, "") for part in node.below if self._plain(part.text))
            return
        between = 0.0
        for part in node.below:
            glue = _GLUE.match(part.text)
            if glue and glue[1] in _INTERLINE:
                between += float(glue[2])
            elif part.box:
                yield part, f"down {_short(between + float(part.box[2]))}: "
                between = float(part.box[3])
            elif self._plain(part.text):
                yield part, ""

    def _is_text(self, node: Node) -> bool:
        """Whether a horizontal box contains characters, and no vertical box."""
        return node.box is not None and node.box[1] == "h" and self._has_text(node)

    def _has_text(self, node: Node) -> bool:
        if any(part.box and part.box[1] == "v" for part in node.below):
            return False
        inner = [part for part in node.below if part.box and part.below]
        glyphs = any(_GLYPHS.match(part.text) for part in node.below)
        return (glyphs or bool(inner)) and all(map(self._has_text, inner))

    def _words(self, node: Node) -> str:
        """The words of a line with what moves them."""
        said: list[str] = []
        font, words = "", ""
        width, endless = 0.0, ""
        for part in [*node.below, Node("\\end")]:
            glyphs, glue, rule = (p.match(part.text) for p in (_GLYPHS, _GLUE, _RULE))
            if glue:
                width += float(glue[2] or 0)
                endless += _endless(glue[3])
                continue
            if rule and float(rule[3] if rule[3] != "*" else 0) and not _has_ink(rule):
                width += float(rule[3])
                continue
            if part.text.startswith("\\penalty") or (rule and not float(rule[3].strip("*") or 0)):
                continue
            new = self._font(glyphs, font) if glyphs else ""
            moves = abs(width) >= 0.005 or endless
            if words and (moves or not glyphs or new != font):
                said.append(f'"{words}"' if font == self._font_said else f'{font} "{words}"')
                self._font_said, words = font, ""
            if moves:
                said.append(f"[{_moved(width, endless)}]")
                width, endless = 0.0, ""
            if glyphs:
                font, words = new, words + glyphs[3]
            elif part.text != "\\end" and (plain := self._inline(part)):
                said.append(plain)
        return " ".join(said)

    def _font(self, glyphs: re.Match[str], before: str) -> str:
        """Role and size; a Latin word within Chinese text is of its font."""
        name, size = self._roles.get(glyphs[1].partition("(")[0], glyphs[1]), _short(glyphs[2])
        if name == _LATIN and before.endswith(f" {size}"):
            return before
        return f"{name} {size}"

    def _plain(self, text: str) -> str:
        """A node that is no box, '' where it says nothing."""
        if _BOX.match(text):
            return text
        if _NOISE.match(text):
            return ""
        if special := _SPECIAL.match(text):
            return f"pdf {special[1]}"
        glue = _GLUE.match(text)
        if glue is None:
            return _rounded(text.lstrip("\\"))
        moved = _moved(float(glue[2] or 0), _stretch(glue[3]))
        return f"{text[1:5]}{glue[1] or ''} {moved}" if moved != "0" else ""


def _has_ink(rule: re.Match[str]) -> bool:
    return any(part != "*" and float(part) for part in (rule[1], rule[2])) or "*" in rule[1]


def _endless(text: str) -> str:
    """What stretches and shrinks without end: +1fil-1fil."""
    return _stretch(text, least="fi")


def _stretch(text: str, least: str = "") -> str:
    """What stretches and shrinks: +1fil-1fil, +2."""
    found = _STRETCH.findall(text)
    parts = [f"{_SIGNS[way]}{float(n):g}{order}" for way, n, order in found if least in order]
    return "".join(parts)


def _moved(width: float, endless: str) -> str:
    natural = _short(width)
    return endless if endless and natural == "0" else natural + endless


def _rounded(text: str) -> str:
    return _NUMBER.sub(lambda match: _short(match[0]), text)


def _short(number: str | float) -> str:
    """A number with two places at most: 29.73, 31.7, 0."""
    short = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
