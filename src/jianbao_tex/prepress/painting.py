"""
Rewrites the pages of a PDF in the inks of a mode.

`seeing` checks the result with its own rules, so that each module shows a fault in the other
(decision 0025).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jianbao_tex import content
from jianbao_tex.content import Instruction
from jianbao_tex.prepress.inks import BLACK, ColourOperator, Mode, Tone, Values, tone_of
from jianbao_tex.prepress.objects import number, pdf_name, subdictionary

if TYPE_CHECKING:
    import pikepdf

_DEVICES = {"/DeviceGray": (0.0,), "/DeviceRGB": (0.0,) * 3, "/DeviceCMYK": (0.0, 0.0, 0.0, 1.0)}
"""The device colour spaces, each with its initial colour."""
# The path operator that remains without the fill, or without the stroke.
_UNFILLED = {"f": "n", "F": "n", "f*": "n", "B": "S", "B*": "S", "b": "s", "b*": "s"}
_UNSTROKED = {"S": "n", "s": "n", "B": "f", "B*": "f*", "b": "f", "b*": "f*"}
# The text rendering modes (ISO 32000-1, 9.3.6) that fill, and those that stroke.
_FILLS, _STROKES = {0, 2, 4, 6}, {1, 2, 5, 6}

Repaint = Callable[[Any], None]
"""Brings the picture of an image object into the colours of a mode, in place."""


@dataclass(frozen=True)
class _Colour:
    """
    The current colour: its tone, or its own operators if it is in a special colour space.

    ``written`` is the operator of the mode; ``None`` if nothing is painted.
    """

    tone: Tone = BLACK
    own: tuple[Instruction, ...] = ()
    space: str = "/DeviceGray"
    written: ColourOperator | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """A key that is different for each colour."""
        own = (f"{list(i.operands)} {i.operator}" for i in self.own)
        return (self.tone, self.space, self.written, *own)

    @property
    def is_painted(self) -> bool:
        return bool(self.own) or self.written is not None

    @property
    def is_over(self) -> bool:
        return self.written is not None and self.written.is_over


@dataclass(frozen=True)
class _State:
    """The graphics state: fill colour, stroke colour and text rendering mode."""

    fill: _Colour
    stroke: _Colour
    text: int = 0


@dataclass
class Painter:
    """
    Writes pages in the inks of a mode.

    Args:
        document: the document to change.
        mode: how inks are written.
        red: the shares of CMYK that are the red ink.
        spaces: the colour spaces that the mode names.
        repaint: brings pictures into the mode's colours; they stay as they are without it.
    """

    document: pikepdf.Pdf
    mode: Mode
    red: Values
    spaces: dict[str, Any] = field(default_factory=dict)
    repaint: Repaint | None = None
    _pictures: set[tuple[int, int]] = field(default_factory=set)
    _forms: dict[tuple[object, ...], Any] = field(default_factory=dict)
    _own_kinds: set[str] = field(default_factory=set)

    def paint(self) -> tuple[tuple[int, str], ...]:
        """
        Rewrites all pages; returns page and kind of all content that keeps its own colours.

        This is correct if the mode keeps hues; otherwise the page is wrong.
        """
        own_colours = []
        initial = self._with_ink(_Colour())
        for number_, page in enumerate(self.document.pages, 1):
            resources = subdictionary(page.obj, "/Resources")
            data = self._paint_stream(content.read(page), resources, _State(initial, initial))
            page.Contents = self.document.make_stream(data)
            own_colours += [(number_, kind) for kind in sorted(self._own_kinds)]
            self._own_kinds.clear()
        return tuple(own_colours)

    def _paint_stream(
        self, instructions: Iterable[Instruction], resources: Any, state: _State
    ) -> bytes:
        painted = list(self._paint_instructions(instructions, resources, state))
        self._add_resources(resources)
        return content.bytes_of(painted)

    def _add_resources(self, resources: Any) -> None:
        """Adds the colour spaces and the overprint graphics states to the resources."""
        import pikepdf

        for key, space in self.spaces.items():
            subdictionary(resources, "/ColorSpace")[f"/{key}"] = space
        black = self.mode.written(BLACK)
        if not (black and black.is_over):
            return
        states = subdictionary(resources, "/ExtGState")
        # OPM 1 works for DeviceCMYK only (8.6.7): as DeviceGray, black would knock out.
        for fill in (False, True):
            for stroke in (False, True):
                states[f"/{_state_name(fill, stroke)}"] = pikepdf.Dictionary(
                    Type=pikepdf.Name.ExtGState, OP=stroke, op=fill, OPM=1
                )

    def _paint_instructions(
        self, instructions: Iterable[Instruction], resources: Any, state: _State
    ) -> Iterator[Instruction]:
        stack: list[_State] = []
        yield from _change_colours(None, state)
        for instruction in instructions:
            word = instruction.operator
            if word == "q":
                stack.append(state)
                yield instruction
            elif word == "Q":
                state = stack.pop() if stack else state
                yield instruction
            elif word in content.COLOURING:
                changed = self._set_colour(state, word, instruction)
                yield from _change_colours(state, changed)
                state = changed
            elif word == "Tr":
                state = replace(state, text=int(instruction.operands[0]))
                yield instruction
            elif word == "Do":
                yield from self._draw_object(instruction, resources, state)
            else:
                yield from self._show(instruction, word, state)

    def _show(self, instruction: Instruction, word: str, state: _State) -> Iterator[Instruction]:
        """An instruction that shows something, as far as its inks are painted."""
        fills, strokes = state.fill.is_painted, state.stroke.is_painted
        if word in content.SHOW_TEXT:
            yield from _show_text(instruction, word, state)
            return
        if word in {"sh", "INLINE IMAGE"}:
            self._own_kinds.add({"sh": "shading"}.get(word, "inline picture"))
        operator = word
        if not fills:
            operator = _UNFILLED.get(operator, operator)
        if not strokes:
            operator = _UNSTROKED.get(operator, operator)
        yield instruction if operator == word else content.instruction(operator)

    def _set_colour(self, state: _State, word: str, instruction: Instruction) -> _State:
        """The state after a colour operator."""
        is_stroke = content.is_stroke(word)
        before = state.stroke if is_stroke else state.fill
        if word in content.CHOOSE_SPACE:
            space = str(instruction.operands[0])
            colour = _Colour(tone_of(_DEVICES.get(space, (0.0,)), self.red), (), space)
            if space not in _DEVICES:
                colour = replace(colour, own=(instruction,))
        elif word in content.CHOOSE_IN_SPACE and before.space not in _DEVICES:
            self._own_kinds.add("colour space")
            colour = replace(before, own=(*before.own[:1], instruction))
        else:
            values = tuple(float(operand) for operand in instruction.operands)
            colour = _Colour(tone_of(values, self.red), (), before.space)
        if not colour.own:
            colour = self._with_ink(colour)
        return replace(state, stroke=colour) if is_stroke else replace(state, fill=colour)

    def _with_ink(self, colour: _Colour) -> _Colour:
        return replace(colour, written=self.mode.written(colour.tone))

    def _draw_object(
        self, instruction: Instruction, resources: Any, state: _State
    ) -> Iterator[Instruction]:
        """A picture or a form."""
        item = resources.get("/XObject", {}).get(str(instruction.operands[0]))
        if item is None:
            return
        if item.get("/Subtype") == "/Form":
            yield self._draw_form(instruction, item, resources, state)
        elif item.get("/ImageMask", False):
            # A stencil is painted in the colour in force.
            if state.fill.is_painted:
                yield instruction
        elif self.mode.pictures == "white":
            yield from _white_square()
        else:
            if self.repaint and item.objgen not in self._pictures:
                self._pictures.add(item.objgen)
                self.repaint(item)
            yield instruction

    def _draw_form(self, instruction: Instruction, item: Any, resources: Any, state: _State) -> Any:
        """The `Do` for a form; a form is rewritten once for each pair of current colours."""
        key = (item.objgen, state.fill.key, state.stroke.key)
        if key not in self._forms:
            form = self.document.make_stream(b"")
            for entry, value in item.items():
                if entry not in {"/Length", "/Filter", "/DecodeParms"}:
                    form[entry] = value
            # A form that draws itself ends here and does not recurse.
            self._forms[key] = form
            own = item.get("/Resources", resources)
            form.write(self._paint_stream(content.read(item), own, state))
        name = f"JbForm{list(self._forms).index(key)}"
        subdictionary(resources, "/XObject")[f"/{name}"] = self._forms[key]
        return content.instruction(instruction.operator, pdf_name(name))


def _show_text(instruction: Instruction, word: str, state: _State) -> Iterator[Instruction]:
    """A text operator without the parts that are not painted; line moves are kept."""
    fills = state.text in _FILLS and state.fill.is_painted
    strokes = state.text in _STROKES and state.stroke.is_painted
    is_all = (fills, strokes) == (state.text in _FILLS, state.text in _STROKES)
    if is_all:
        yield instruction
    elif fills or strokes:
        clips = 4 if state.text >= 4 else 0  # noqa: PLR2004 -- the modes that clip, too
        yield content.instruction("Tr", clips if fills else clips + 1)
        yield instruction
        yield content.instruction("Tr", state.text)
    elif word in {"'", '"'}:
        # These two move to the next line before they show their text (9.4.3).
        yield content.instruction("T*")


def _change_colours(before: _State | None, after: _State) -> Iterator[Instruction]:
    """The operators that change the colours of one state into those of another."""
    pairs = (
        (before.fill if before else None, after.fill, False),
        (before.stroke if before else None, after.stroke, True),
    )
    for old, new, is_stroke in pairs:
        if new.own:
            if old != new:
                yield from new.own
        elif new.written and (old is None or old.own or old.written != new.written):
            yield from _choose_colour(new.written, is_stroke=is_stroke)
    over = (after.fill.is_over, after.stroke.is_over)
    old_over = (before.fill.is_over, before.stroke.is_over) if before else (False, False)
    if over != old_over:
        yield content.instruction("gs", pdf_name(_state_name(*over)))


def _choose_colour(written: ColourOperator, *, is_stroke: bool) -> Iterator[Instruction]:
    def cased(operator: str) -> str:
        # CS, SCN, K: the same operators in capitals are for strokes (8.6.8).
        return operator.upper() if is_stroke else operator

    if written.space:
        yield content.instruction(cased("cs"), pdf_name(written.space))
    yield content.instruction(cased(written.operator), *(number(value) for value in written.values))


def _white_square() -> Iterator[Instruction]:
    yield content.instruction("q")
    yield content.instruction("g", 1)
    # A picture fills the unit square of its coordinates (8.9.4).
    yield content.instruction("re", 0, 0, 1, 1)
    yield content.instruction("f")
    yield content.instruction("Q")


def _state_name(fill: bool, stroke: bool) -> str:
    return f"JbOver{int(fill)}{int(stroke)}"


OVER = _state_name(fill=True, stroke=True)
"""The name of the graphics state with overprint for fill and stroke."""
