"""The pages of a PDF written anew in the inks of a mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jianbao_tex.prepress.inks import BLACK, Mode, Tone, Values, Written, tone_of
from jianbao_tex.prepress.objects import name, number, part_of

if TYPE_CHECKING:
    import pikepdf

_FILLS = {"g", "rg", "k"}
_STROKES = {"G", "RG", "K"}
_SPACES = {"cs", "CS", "sc", "scn", "SC", "SCN"}
_TEXT = {"Tj", "TJ", "'", '"'}
# What is left of painting a path where its filling, its stroke or both are left out.
_UNFILLED = {"f": "n", "F": "n", "f*": "n", "B": "S", "B*": "S", "b": "s", "b*": "s"}
_UNSTROKED = {"S": "n", "s": "n", "B": "f", "B*": "f*", "b": "f", "b*": "f*"}
_DEVICES = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}

Repaint = Callable[[Any], None]
"""Brings the picture of an image object into the colours of a mode, in place."""


@dataclass(frozen=True)
class _State:
    """The colours in force, how they were written, and the colour spaces chosen by name."""

    fill: Tone = BLACK
    stroke: Tone = BLACK
    fill_written: Written | None = None
    stroke_written: Written | None = None
    spaces: tuple[str, str] = ("/DeviceGray", "/DeviceGray")
    is_shown: bool = True


@dataclass
class Painter:
    """
    Writes pages in the inks of a mode.

    Args:
        document: what is changed.
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
    _done: dict[tuple[int, int], bool] = field(default_factory=dict)

    def paint(self) -> None:
        """Writes all pages."""
        import pikepdf

        for page in self.document.pages:
            resources = part_of(page.obj, "/Resources")
            instructions = pikepdf.parse_content_stream(page)
            content = self._content(instructions, resources, _State())
            page.Contents = self.document.make_stream(content)

    def _content(self, instructions: Iterable[Any], resources: Any, state: _State) -> bytes:
        import pikepdf

        made = list(self._written(instructions, resources, state))
        self._provide(resources)
        return pikepdf.unparse_content_stream(made)

    def _provide(self, resources: Any) -> None:
        """The colour spaces and the states of overprinting under the names that are used."""
        import pikepdf

        for key, space in self.spaces.items():
            part_of(resources, "/ColorSpace")[f"/{key}"] = space
        black = self.mode.written(BLACK)
        if not (black and black.is_over):
            return
        states = part_of(resources, "/ExtGState")
        for fill in (False, True):
            for stroke in (False, True):
                states[f"/{_state_name(fill, stroke)}"] = pikepdf.Dictionary(
                    Type=pikepdf.Name.ExtGState, OP=stroke, op=fill, OPM=1
                )

    def _written(self, instructions: Iterable[Any], resources: Any, begun: _State) -> Iterator[Any]:
        state = self._inked(begun)
        stack: list[_State] = []
        yield from self._chosen(_State(), state)
        for instruction in instructions:
            operands, word = instruction.operands, str(instruction.operator)
            if word == "q":
                stack.append(state)
                yield instruction
            elif word == "Q":
                if stack:
                    state = stack.pop()
                yield instruction
            elif word in _FILLS | _STROKES | _SPACES:
                changed = self._after(state, word, operands)
                yield from self._chosen(state, changed)
                state = changed
            elif word == "Tr":
                state = replace(state, is_shown=int(operands[0]) in {0, 4})
                yield instruction
            elif word == "Do":
                yield from self._placed(instruction, resources, state)
            else:
                yield from self._shown(instruction, word, state)

    def _shown(self, instruction: Any, word: str, state: _State) -> Iterator[Any]:
        """An instruction that shows something, as far as its inks are painted."""
        fills, strokes = state.fill_written is not None, state.stroke_written is not None
        if word in _TEXT and state.is_shown and not fills:
            return
        kept = word
        if not fills:
            kept = _UNFILLED.get(kept, kept)
        if not strokes:
            kept = _UNSTROKED.get(kept, kept)
        yield instruction if kept == word else _instruction([], kept)

    def _after(self, state: _State, word: str, operands: Any) -> _State:
        """The state behind an operator that chooses a colour."""
        stroke = word[0].isupper()
        if word in {"cs", "CS"}:
            space = str(operands[0])
            spaces = (state.spaces[0], space) if stroke else (space, state.spaces[1])
            state = replace(state, spaces=spaces)
            # A space begins with its black.
            values: Values = (0.0, 0.0, 0.0, 1.0) if space == "/DeviceCMYK" else (0.0,)
        elif word in _SPACES and state.spaces[stroke] not in _DEVICES:
            # What another space means is not known here; `seen` tells of it.
            values = (0.0,)
        else:
            values = tuple(float(operand) for operand in operands)
        tone = tone_of(values, self.red)
        return self._inked(replace(state, stroke=tone) if stroke else replace(state, fill=tone))

    def _inked(self, state: _State) -> _State:
        return replace(
            state,
            fill_written=self.mode.written(state.fill),
            stroke_written=self.mode.written(state.stroke),
        )

    def _chosen(self, before: _State, after: _State) -> Iterator[Any]:
        """What leads from the colours of one state to those of another."""
        for was, now, stroke in (
            (before.fill_written, after.fill_written, False),
            (before.stroke_written, after.stroke_written, True),
        ):
            if now and now != was:
                yield from _choosing(now, stroke=stroke)
        overs = tuple(
            bool(state.fill_written and state.fill_written.is_over)
            + 2 * bool(state.stroke_written and state.stroke_written.is_over)
            for state in (before, after)
        )
        if overs[0] != overs[1]:
            yield _instruction([name(_state_name(bool(overs[1] & 1), bool(overs[1] & 2)))], "gs")

    def _placed(self, instruction: Any, resources: Any, state: _State) -> Iterator[Any]:
        """A picture or a form, painted in the mode once."""
        item = resources.get("/XObject", {}).get(str(instruction.operands[0]))
        if item is None:
            return
        is_new = not self._done.get(item.objgen)
        self._done[item.objgen] = True
        if item.get("/Subtype") == "/Image":
            if self.mode.pictures == "white":
                yield from _white_square()
                return
            if is_new and self.repaint:
                self.repaint(item)
        elif item.get("/Subtype") == "/Form" and is_new:
            import pikepdf

            own = item.get("/Resources", resources)
            item.write(self._content(pikepdf.parse_content_stream(item), own, state))
        yield instruction


def _choosing(written: Written, *, stroke: bool) -> Iterator[Any]:
    def cased(operator: str) -> str:
        return operator.upper() if stroke else operator

    if written.space:
        yield _instruction([name(written.space)], cased("cs"))
    yield _instruction([number(value) for value in written.values], cased(written.operator))


def _white_square() -> Iterator[Any]:
    yield _instruction([], "q")
    yield _instruction([1], "g")
    yield _instruction([0, 0, 1, 1], "re")
    yield _instruction([], "f")
    yield _instruction([], "Q")


def _instruction(operands: list[Any], operator: str) -> Any:
    import pikepdf

    return pikepdf.ContentStreamInstruction(operands, pikepdf.Operator(operator))


def _state_name(fill: bool, stroke: bool) -> str:
    return f"JbOver{int(fill)}{int(stroke)}"


OVER = _state_name(True, True)
"""The state of graphics in which all inks are printed over others."""
