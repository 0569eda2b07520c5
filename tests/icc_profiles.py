"""ICC profiles for tests: those of cameras and screens, and those of a print shop."""

from __future__ import annotations

import itertools
import struct
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

WIDE = {
    "Adobe RGB": (
        ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
        2.2,
    ),
    "Display P3": (
        ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
        2.2,
    ),
    "ProPhoto": (
        ((0.79767, 0.28804, 0.0), (0.13519, 0.71187, 0.0), (0.03135, 0.00009, 0.82491)),
        1.8,
    ),
}
"""The spaces of cameras that are wider than sRGB: XYZ of red, green and blue, and the gamma."""

_D50 = (0.9642, 1.0, 0.8249)


def fogra39() -> bytes:
    """The profile of TeX Live that is the default of the press."""
    found = subprocess.run(
        ["kpsewhich", "FOGRA39L_coated.icc"], capture_output=True, text=True, check=True
    )
    return Path(found.stdout.strip()).read_bytes()


def wide_profile(name: str, version: int = 0x0210) -> bytes:
    """The profile of one of the spaces of cameras."""
    primaries, gamma = WIDE[name]
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = [("wtpt", _xyz(_D50))]
    tags += [(f"{c}XYZ", _xyz(values)) for c, values in zip("rgb", primaries, strict=True)]
    tags += [(f"{c}TRC", curve) for c in "rgb"]
    return _profile(name, version, (b"mntr", b"RGB ", b"XYZ "), tags)


def gray_profile(gamma: float, name: str = "Gray") -> bytes:
    """The profile of a grey picture."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = [("wtpt", _xyz(_D50)), ("kTRC", curve)]
    return _profile(name, 0x0210, (b"mntr", b"GRAY", b"XYZ "), tags)


def press_profile(name: str, version: int = 0x0210, target: str = "") -> bytes:
    """The profile of a print shop that prints grey only; ``target`` names its measurements."""
    tags = [
        ("wtpt", _xyz(_D50)),
        ("A2B0", _table(4, 3, lambda inks: (round(255 * (1 - max(inks))), 128, 128))),
        ("B2A0", _table(3, 4, lambda lab: (0, 0, 0, 255 * (1 - lab[0])))),
    ]
    if target:
        tags.append(("targ", b"text\0\0\0\0" + target.encode() + b"\0"))
    return _profile(name, version, (b"prtr", b"CMYK", b"Lab "), tags)


def with_description(profile: bytes, name: str) -> bytes:
    """The same profile under another name, which is put at its end."""
    count = struct.unpack(">I", profile[128:132])[0]
    starts = [132 + 12 * i for i in range(count)]
    (at,) = (start for start in starts if profile[start : start + 4] == b"desc")
    entry = _description(name)
    offset = len(profile) + -len(profile) % 4
    data = profile[: at + 4] + struct.pack(">II", offset, len(entry)) + profile[at + 12 :]
    data += b"\0" * (offset - len(profile)) + entry
    return struct.pack(">I", len(data)) + data[4:]


def _xyz(values: Iterable[float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _description(text: str) -> bytes:
    ascii_text = text.encode() + b"\0"
    head = b"desc\0\0\0\0" + struct.pack(">I", len(ascii_text))
    return head + ascii_text + b"\0" * (4 + 4 + 2 + 1 + 67)


def _table(inputs: int, outputs: int, colour: Callable[[Any], Iterable[int]]) -> bytes:
    """A table of two steps for each input (ISO 15076-1, lut8Type), with straight curves."""
    head = b"mft1\0\0\0\0" + bytes([inputs, outputs, 2, 0])
    head += struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    cells = b"".join(bytes(colour(p)) for p in itertools.product((0, 1), repeat=inputs))
    straight = bytes(range(256))
    return head + straight * inputs + cells + straight * outputs


def _profile(
    name: str, version: int, kind: tuple[bytes, bytes, bytes], tags: list[tuple[str, bytes]]
) -> bytes:
    tags = [("desc", _description(name)), ("cprt", b"text\0\0\0\0none\0"), *tags]
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags:
        table += tag.encode() + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4xH2x", start + len(body), version) + b"".join(kind)
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(_D50)[8:]
    return head.ljust(128, b"\0") + table + body
