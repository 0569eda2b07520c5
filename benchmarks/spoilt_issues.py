"""Issues with random faults: of characters, of lines, of structure."""

from __future__ import annotations

import random

PIECES = (
    *("\t", "\0", "\x1b[2J", "\u202e", "\ufeff", "\ufffd", "\U0010ffff", "𠮷", "é", "\r"),
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "  ",
        "#",
        "|",
        ">",
        "'",
        '"',
        "&a",
        "*a",
        "!!python/x",
        "---",
    ),
    *(
        "\\input{/etc/passwd}",
        "\\def\\x{\\x}\\x",
        "$$",
        "%",
        "^^00",
        "{" * 200,
        "- " * 200,
        "甲" * 5000,
    ),
    *(
        "number: [1, 2]",
        "title:",
        "null",
        "~",
        "1e999",
        "2020-99-99",
        "../../etc",
        "picture: x.png",
    ),
)
"""What is put somewhere into an issue."""


def spoilt(text: str, chance: random.Random) -> str:
    """An issue with up to four random faults, of characters, lines or structure."""
    for _ in range(chance.randrange(5)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        place = chance.randrange(len(text))
        match chance.randrange(7):
            case 0:
                text = text[:place] + chance.choice(PIECES) + text[place:]
            case 1:
                text = text[:place] + text[place + chance.randrange(1, 40) :]
            case 2:
                lines[at:at] = lines[at : at + chance.randrange(1, 9)]
                text = "\n".join(lines)
            case 3:
                del lines[at : at + chance.randrange(1, 5)]
                text = "\n".join(lines)
            case 4:
                lines[at] = " " * chance.randrange(5) + lines[at].strip()
                text = "\n".join(lines)
            case 5:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
                text = "\n".join(lines)
            case _:
                text = text[: chance.randrange(1, len(text))] or text
    return text
