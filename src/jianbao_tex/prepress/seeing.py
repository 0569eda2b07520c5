"""What a finished PDF prints with: inks, colour spaces, boxes; read anew from its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pikepdf

_PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
_TEXT = {"Tj", "TJ", "'", '"'}
_FILLED = {"f", "F", "f*"}
_STROKED = {"S", "s"}
_BOTH = {"B", "B*", "b", "b*"}
_COLOURING = {"g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "gs"}
_LEAST = 0.0005
_UNKNOWN = "Shading"
"""What stands for colours that are not chosen by numbers."""


@dataclass(frozen=True)
class SeenPage:
    """
    A page as a printer sees it.

    Args:
        plates: the inks that it prints with.
        text_colours: those of its text.
        spaces: the colour spaces in use, such as ``DeviceCMYK``.
        colours: the values of all colours in use, in their device's space.
        boxes: each box that it has, edges in points.
        overprints: whether solid black is printed over other inks.
        is_transparent: whether something on it is seen through.
        notes: its annotations.
    """

    plates: frozenset[str]
    text_colours: frozenset[tuple[float, ...]]
    spaces: frozenset[str]
    colours: frozenset[tuple[float, ...]]
    boxes: dict[str, tuple[float, ...]]
    overprints: bool
    is_transparent: bool
    notes: int


def drawn(page: pikepdf.Page) -> bytes:
    """
    What a page draws and where, without its colours, as operators of PDF.

    Fonts are named by what they are, so that two pages that draw the same in the same fonts
    have the same.
    """
    import pikepdf

    fonts = {key: _font(font) for key, font in page.resources.get("/Font", {}).items()}
    kept: list[Any] = []
    for instruction in pikepdf.parse_content_stream(page):
        word = str(instruction.operator)
        if word in _COLOURING:
            continue
        if word == "Tf":
            operands = [fonts[str(instruction.operands[0])], instruction.operands[1]]
            kept.append(pikepdf.ContentStreamInstruction(operands, instruction.operator))
        else:
            kept.append(instruction)
    return pikepdf.unparse_content_stream(kept)


def _font(font: Any) -> Any:
    """A font by its name and its map to characters."""
    import pikepdf

    text = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
    digest = hashlib.sha256(text).hexdigest()
    return pikepdf.Name(f"{font.get('/BaseFont', '/')}-{digest}")


def seen(document: pikepdf.Pdf) -> tuple[SeenPage, ...]:
    """Each page of a document."""
    return tuple(_seen(page) for page in document.pages)


def _seen(page: pikepdf.Page) -> SeenPage:
    import pikepdf

    look = _Look()
    group = page.obj.get("/Group", pikepdf.Dictionary())
    look.is_transparent = group.get("/S") == "/Transparency"
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    look.through(pikepdf.parse_content_stream(page), resources)
    names = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")
    boxes = {n[1:]: tuple(map(float, page.obj[n])) for n in names if n in page.obj}
    return SeenPage(
        frozenset(look.plates),
        frozenset(look.text_colours),
        frozenset(look.spaces),
        frozenset(look.colours),
        boxes,
        look.overprints,
        look.is_transparent,
        len(page.obj.get("/Annots", ())),
    )


class _Ink(NamedTuple):
    """A colour in force: its space, its values, and the plates on which it prints."""

    space: str = "DeviceGray"
    values: tuple[float, ...] = (0.0,)
    plates: frozenset[str] = frozenset({"Black"})


@dataclass
class _Look:
    """What was seen so far of a page."""

    plates: set[str] = field(default_factory=set)
    text_colours: set[tuple[float, ...]] = field(default_factory=set)
    spaces: set[str] = field(default_factory=set)
    colours: set[tuple[float, ...]] = field(default_factory=set)
    overprints: bool = False
    is_transparent: bool = False
    forms: set[tuple[int, int]] = field(default_factory=set)

    def through(self, instructions: Any, resources: Any) -> None:
        """Goes through the instructions of a page or of a form."""
        inks = {False: _Ink(), True: _Ink()}
        spaces: dict[bool, Any] = {}
        stack: list[dict[bool, _Ink]] = []
        for instruction in instructions:
            operands, word = instruction.operands, str(instruction.operator)
            if word == "q":
                stack.append(dict(inks))
            elif word == "Q" and stack:
                inks = stack.pop()
            elif word in {"cs", "CS"}:
                spaces[word.isupper()] = _space(operands[0], resources)
            elif word.lower() in {"g", "rg", "k", "sc", "scn"}:
                ink = _ink(word.lower(), operands, spaces.get(word.isupper()))
                inks[word.isupper()] = ink
            else:
                self._at(word, operands, resources, inks)

    def _at(self, word: str, operands: Any, resources: Any, inks: dict[bool, _Ink]) -> None:
        if word in _TEXT:
            self.text_colours.add(inks[False].values)
        if word in _TEXT | _FILLED | _BOTH:
            self._use(inks[False])
        if word in _STROKED | _BOTH:
            self._use(inks[True])
        if word == "gs":
            self._state(resources["/ExtGState"][str(operands[0])])
        elif word == "Do":
            self._object(resources["/XObject"][str(operands[0])], resources)
        elif word in {"sh", "INLINE IMAGE"}:
            self.spaces.add(_UNKNOWN)

    def _use(self, ink: _Ink) -> None:
        self.spaces.add(ink.space)
        self.colours.add(ink.values)
        self.plates |= ink.plates

    def _state(self, state: Any) -> None:
        self.overprints |= bool(state.get("/op", False)) and state.get("/OPM", 0) == 1
        opaque = all(float(state.get(key, 1)) >= 1 for key in ("/ca", "/CA"))
        mask, blend = state.get("/SMask", "/None"), state.get("/BM", "/Normal")
        if not opaque or mask != "/None" or blend not in {"/Normal", "/Compatible"}:
            self.is_transparent = True

    def _object(self, item: Any, resources: Any) -> None:
        import pikepdf

        if item.get("/Subtype") == "/Image":
            if not item.get("/ImageMask", False):
                family = _family(item["/ColorSpace"])
                self.spaces.add(family)
                self.plates |= set(_plates_of_picture(family, item["/ColorSpace"]))
                self.is_transparent |= "/SMask" in item
        elif item.objgen not in self.forms:
            self.forms.add(item.objgen)
            group = item.get("/Group", pikepdf.Dictionary())
            self.is_transparent |= group.get("/S") == "/Transparency"
            inner = item.get("/Resources", resources)
            self.through(pikepdf.parse_content_stream(item), inner)


def _space(name: Any, resources: Any) -> Any:
    spaces = resources.get("/ColorSpace", {})
    return spaces.get(str(name), name)


def _family(space: Any) -> str:
    import pikepdf

    if isinstance(space, pikepdf.Array):
        family = str(space[0])[1:]
        return _family(space[1]) if family == "Indexed" else family
    return str(space)[1:]


def _ink(operator: str, operands: Any, space: Any) -> _Ink:
    devices = {"g": "DeviceGray", "rg": "DeviceRGB", "k": "DeviceCMYK"}
    family = devices.get(operator) or _family(space)
    if family == "Pattern":
        return _Ink(_UNKNOWN, (), frozenset())
    values = tuple(float(value) for value in operands)
    if family == "Separation":
        name = str(space[1])[1:]
        # Marks on all plates are no picture of any of them.
        plates = {name} if values[0] > _LEAST and name != "All" else set()
        return _Ink(family, (), frozenset(plates))
    if family == "DeviceCMYK":
        plates = {p for p, v in zip(_PROCESS, values, strict=False) if v > _LEAST}
    else:
        lights = "Black" if family == "DeviceGray" else "RGB"
        plates = {lights} if min(values) < 1 - _LEAST else set()
    return _Ink(family, values, frozenset(plates))


def _plates_of_picture(family: str, space: Any) -> Iterator[str]:
    if family == "DeviceCMYK":
        yield from _PROCESS
    elif family == "Separation":
        yield str(space[1])[1:]
    else:
        yield "Black" if family in {"DeviceGray", "CalGray"} else "RGB"
