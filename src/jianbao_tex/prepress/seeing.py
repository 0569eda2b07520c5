"""
The inks, colour spaces and boxes of a finished PDF, read from its bytes.

It checks the output of `painting` with its own rules (decision 0025).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from jianbao_tex import content
from jianbao_tex.content import Instruction
from jianbao_tex.language import InvalidValue, say

if TYPE_CHECKING:
    import pikepdf

PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
"""The inks of process printing."""
_FILLS = content.SHOW_TEXT | content.FILL | content.FILL_AND_STROKE
_STROKES = content.STROKE | content.FILL_AND_STROKE
_MIN_AMOUNT = 0.0005
_MAX_DEPTH = 40
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")
_MAX_INSTRUCTIONS = 5_000_000
# Compatible is an old name of Normal (ISO 32000-1, 11.3.5).
_OPAQUE = {"/Normal", "/Compatible"}


@dataclass(frozen=True)
class SeenPage:
    """
    A page as a printer sees it.

    Args:
        plates: the inks that it prints with.
        spaces: the colour spaces in use, such as ``DeviceCMYK``, with the alternate spaces
            of special ones.
        colours: the values of all colours in use, in their device's space.
        text_colours: those of its text.
        boxes: each box that it has, edges in points.
        overprints: whether all solid black ink is printed over other inks.
        is_transparent: whether the page uses transparency.
        notes: the edges of its annotations, in points.
    """

    plates: frozenset[str]
    spaces: frozenset[str]
    colours: frozenset[tuple[float, ...]]
    text_colours: frozenset[tuple[float, ...]]
    boxes: dict[str, tuple[float, ...]]
    overprints: bool
    is_transparent: bool
    notes: tuple[tuple[float, ...], ...]


def read_pages(document: pikepdf.Pdf, most: int | None = None) -> tuple[SeenPage, ...]:
    """
    Each page of a document, or only the first ``most`` pages.

    Raises:
        InvalidValue: the pages have too many operators.
    """
    budget = itertools.count(_MAX_INSTRUCTIONS, -1)
    cached: dict[object, SeenPage] = {}
    pages = []
    for index, page in enumerate(itertools.islice(document.pages, most)):
        # A copy shares the streams of its page, so it is read once.  Direct objects have no number.
        streams = tuple(
            _object_numbers(page.obj.get(name)) or index for name in ("/Contents", "/Resources")
        )
        key = (streams, str(page.obj.get("/Annots")), *(_box(page, name) for name in _BOXES))
        if key not in cached:
            cached[key] = _read_page(page, budget)
        pages.append(cached[key])
    return tuple(pages)


def _object_numbers(value: Any) -> object:
    """The object number; ``None`` for a direct object."""
    import pikepdf

    parts = list(value) if isinstance(value, pikepdf.Array) else [value]
    numbers = tuple(part.objgen for part in parts if isinstance(part, pikepdf.Object))
    return numbers if len(numbers) == len(parts) and all(n != (0, 0) for n in numbers) else None


def _box(page: pikepdf.Page, name: str) -> tuple[float, ...]:
    return tuple(map(float, page.obj.get(name, ())))


def _read_page(page: pikepdf.Page, budget: Iterator[int]) -> SeenPage:
    import pikepdf

    reader = _Reader(budget, is_transparent=_is_group(page.obj))
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    reader.read(content.read(page), resources, _State(), 0)
    boxes = {name[1:]: _box(page, name) for name in _BOXES if name in page.obj}
    notes = page.obj.get("/Annots", ())
    return SeenPage(
        frozenset(reader.plates),
        frozenset(reader.spaces),
        frozenset(reader.colours),
        frozenset(reader.text_colours),
        boxes,
        not reader.knocks_out,
        reader.is_transparent,
        tuple(tuple(map(float, note.get("/Rect", ()))) for note in notes),
    )


def _is_group(item: Any) -> bool:
    return "/Group" in item and item["/Group"].get("/S") == "/Transparency"


class _Ink(NamedTuple):
    """A colour in force: its space, its values, and the plates on which it prints."""

    space: str = "DeviceGray"
    values: tuple[float, ...] = (0.0,)
    plates: frozenset[str] = frozenset({"Black"})


_INITIAL = _Ink()


@dataclass(frozen=True)
class _State:
    """The colours, colour spaces and overprinting in force, for filling and for strokes."""

    inks: tuple[_Ink, _Ink] = (_INITIAL, _INITIAL)
    spaces: tuple[Any, Any] = (None, None)
    over: tuple[bool, bool] = (False, False)


@dataclass
class _Reader:
    """The data of a page, collected so far; ``budget`` counts the operators still allowed."""

    budget: Iterator[int]
    plates: set[str] = field(default_factory=set)
    spaces: set[str] = field(default_factory=set)
    colours: set[tuple[float, ...]] = field(default_factory=set)
    text_colours: set[tuple[float, ...]] = field(default_factory=set)
    knocks_out: bool = False
    is_transparent: bool = False
    forms: set[object] = field(default_factory=set)

    def read(
        self, instructions: Iterable[Instruction], resources: Any, state: _State, depth: int
    ) -> None:
        """Reads the instructions of a page or of a form."""
        stack: list[_State] = []
        for instruction in instructions:
            if next(self.budget) < 0:
                raise InvalidValue(say("it is too large to be examined"))
            word, operands = instruction.operator, instruction.operands
            if word == "q":
                stack.append(state)
            elif word == "Q":
                state = stack.pop() if stack else state
            elif word in content.CHOOSE_SPACE:
                space = _find_space(operands[0], resources)
                state = _with_ink(state, content.is_stroke(word), _initial_ink(space), space)
            elif word in content.COLOURING:
                is_stroke = content.is_stroke(word)
                ink = _read_ink(word.lower(), operands, state.spaces[is_stroke], resources)
                state = _with_ink(state, is_stroke, ink, state.spaces[is_stroke])
            elif word == "gs":
                state = self._change_state(resources["/ExtGState"][str(operands[0])], state)
            elif word == "Do":
                self._draw(resources["/XObject"][str(operands[0])], resources, state, depth)
            else:
                self._paint(word, instruction, resources, state)

    def _paint(self, word: str, instruction: Instruction, resources: Any, state: _State) -> None:
        if word in content.SHOW_TEXT:
            self.text_colours.add(state.inks[0].values)
        if word in _FILLS:
            self._add_ink(state, is_stroke=False)
        if word in _STROKES:
            self._add_ink(state, is_stroke=True)
        if word == "sh":
            shading = resources["/Shading"][str(instruction.operands[0])]
            self._add_space(_family(shading["/ColorSpace"], resources))
        elif word == "INLINE IMAGE":
            image = instruction.pikepdf_object.iimage.obj
            # Inline pictures may use the short key (8.9.7).
            space = image.get("/ColorSpace", image.get("/CS", "/DeviceGray"))
            self._add_space(_family(space, resources))

    def _add_ink(self, state: _State, *, is_stroke: bool) -> None:
        ink = state.inks[is_stroke]
        self.spaces.update(ink.space.split("+"))
        self.colours.add(ink.values)
        self.plates |= ink.plates
        if ink.values == (0, 0, 0, 1) and not state.over[is_stroke]:
            self.knocks_out = True

    def _add_space(self, family: str) -> None:
        """Notes a picture or shading: it may use all colours of its space."""
        self.spaces.update(family.split("+"))
        self.plates |= set(_plates_of_space(family))

    def _change_state(self, graphics: Any, state: _State) -> _State:
        import pikepdf

        opaque = all(float(graphics.get(key, 1)) >= 1 for key in ("/ca", "/CA"))
        blend = graphics.get("/BM", "/Normal")
        blends = blend if isinstance(blend, pikepdf.Array) else [blend]
        is_plain = all(str(mode) in _OPAQUE for mode in blends)
        mask = graphics.get("/SMask", "/None")
        if not opaque or str(mask) != "/None" or not is_plain:
            self.is_transparent = True
        keeps = int(graphics.get("/OPM", 0)) == 1
        # OP alone is for both, op for the fill (8.4.5).
        stroke = bool(graphics.get("/OP", state.over[1])) and keeps
        fill = bool(graphics.get("/op", graphics.get("/OP", state.over[0]))) and keeps
        sets_overprint = "/OP" in graphics or "/op" in graphics
        return replace(state, over=(fill, stroke)) if sets_overprint else state

    def _draw(self, item: Any, resources: Any, state: _State, depth: int) -> None:
        if item.get("/Subtype") == "/Image":
            self.is_transparent |= "/SMask" in item
            if item.get("/ImageMask", False):
                self._add_ink(state, is_stroke=False)
            else:
                # A picture without a colour space is JPEG 2000: its data name the space.
                self._add_space(_family(item.get("/ColorSpace", "/JPX"), resources))
        elif depth > _MAX_DEPTH:
            raise InvalidValue(say("it is too large to be examined"))
        elif (item.objgen, state.inks, state.over) not in self.forms:
            # A form shows the same again in the same colours.
            self.forms.add((item.objgen, state.inks, state.over))
            self.is_transparent |= _is_group(item)
            inner = item.get("/Resources", resources)
            self.read(content.read(item), inner, state, depth + 1)


def _with_ink(state: _State, is_stroke: bool, ink: _Ink, space: Any) -> _State:
    fill, stroke = state.inks
    first, second = state.spaces
    if is_stroke:
        return replace(state, inks=(fill, ink), spaces=(first, space))
    return replace(state, inks=(ink, stroke), spaces=(space, second))


def _find_space(name: Any, resources: Any) -> Any:
    return resources.get("/ColorSpace", {}).get(str(name), name)


def _family(space: Any, resources: Any) -> str:
    """The family of a colour space and of its alternate space: Separation+DeviceCMYK."""
    import pikepdf

    if not isinstance(space, pikepdf.Array):
        value = _find_space(space, resources)
        return _family(value, resources) if isinstance(value, pikepdf.Array) else str(value)[1:]
    family = str(space[0])[1:]
    if family == "Indexed":
        return _family(space[1], resources)
    if family in {"Separation", "DeviceN"}:
        return f"{family}+{_family(space[2], resources)}"
    if family == "ICCBased":
        return f"ICCBased+ICC{int(space[1].get('/N', 0))}"
    return family


def _initial_ink(space: Any) -> _Ink:
    """The initial colour of a colour space."""
    if str(space) == "/DeviceCMYK":
        return _Ink("DeviceCMYK", (0.0, 0.0, 0.0, 1.0))
    return _INITIAL


def _read_ink(operator: str, operands: Any, space: Any, resources: Any) -> _Ink:
    family = content.DEVICE_COLOURS.get(operator) or _family(space, resources)
    first = family.split("+")[0]
    if first == "Pattern":
        return _pattern_ink(operands, resources)
    values = tuple(float(value) for value in operands)
    if first == "Separation":
        return _Ink(family, (), frozenset({str(space[1])[1:]} if values[0] > _MIN_AMOUNT else ()))
    if first == "DeviceN":
        names = [str(name)[1:] for name in space[1]]
        # The ink None is never printed (8.6.6.5).
        plates = {n for n, v in zip(names, values, strict=False) if v > _MIN_AMOUNT and n != "None"}
        return _Ink(family, (), frozenset(plates))
    if first == "DeviceCMYK":
        plates = {p for p, v in zip(PROCESS, values, strict=False) if v > _MIN_AMOUNT}
        return _Ink(family, values, frozenset(plates))
    if first == "DeviceGray":
        return _Ink(family, values, frozenset({"Black"} if values[0] < 1 - _MIN_AMOUNT else ()))
    # Every usual profile maps white to paper.
    is_paper = first in {"DeviceRGB", "ICCBased"} and min(values) > 1 - _MIN_AMOUNT
    return _Ink(family, values, frozenset() if is_paper else frozenset(_plates_of_space(family)))


def _pattern_ink(operands: Any, resources: Any) -> _Ink:
    pattern = resources.get("/Pattern", {}).get(str(operands[-1]))
    shading = pattern.get("/Shading") if pattern is not None else None
    family = _family(shading["/ColorSpace"], resources) if shading is not None else "Pattern"
    return _Ink(family, (), frozenset(_plates_of_space(family)))


def _plates_of_space(family: str) -> Iterator[str]:
    """The plates of something with all colours of a space."""
    parts = family.split("+")
    if parts[0] in {"DeviceGray", "CalGray"} or parts[-1] == "ICC1":
        yield "Black"
    elif parts[0] == "DeviceCMYK" or parts[-1] == "ICC4":
        yield from PROCESS
    else:
        yield "RGB" if parts[0] in {"DeviceRGB", "CalRGB", "ICCBased"} else parts[0]


# --- What is drawn, whatever its colour -----------------------------------------------------


FontNames = dict[tuple[int, int], Any]
"""Names of the fonts of a document by the numbers of their objects."""


def drawing_without_colours(page: pikepdf.Page, known: FontNames | None = None) -> bytes:
    """
    What a page draws and where, without its colours, as operators of PDF.

    Fonts are named by their content, so that two pages with the same drawing
    have the same.  ``known`` keeps these names for the other pages of the document.
    """
    names: FontNames = {} if known is None else known
    fonts = {}
    for key, font in page.resources.get("/Font", {}).items():
        if font.objgen not in names or not font.is_indirect:
            names[font.objgen] = _font_name(font)
        fonts[key] = names[font.objgen]
    instructions: list[Instruction] = []
    for instruction in content.read(page):
        if instruction.operator in content.COLOURING or instruction.operator == "gs":
            continue
        if instruction.operator == "Tf":
            font, size = instruction.operands
            instructions.append(content.instruction("Tf", fonts[str(font)], size))
        else:
            instructions.append(instruction)
    return content.bytes_of(instructions)


def _font_name(font: Any) -> Any:
    """A font by its name and its map to characters."""
    import pikepdf

    text = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
    digest = hashlib.sha256(text).hexdigest()
    return pikepdf.Name(f"{font.get('/BaseFont', '/')}-{digest}")
