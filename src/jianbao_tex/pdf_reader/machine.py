"""The instructions of one page, followed one after another by a state machine of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jianbao_tex import content
from jianbao_tex.pages import Rule
from jianbao_tex.pdf_reader.colours import Ink, ink_of
from jianbao_tex.pdf_reader.fonts import PdfFont, Shelf
from jianbao_tex.pdf_reader.geometry import (
    IDENTITY,
    Matrix,
    box_around,
    corners,
    matrix_of,
    moved,
    product,
)
from jianbao_tex.pdf_reader.lines import Line, scaled
from jianbao_tex.pdf_reader.paths import Path, rule_of_area, rule_of_line
from jianbao_tex.pdf_reader.runs import Sheet
from jianbao_tex.pdf_reader.states import State
from jianbao_tex.pdf_reader.unknown import Unknown
from jianbao_tex.visibility import Box

# They change how a line ends, not where it is, and nothing of text.
_NO_PLACE = ("J", "j", "d", "i", "ri")
# Entries of a graphics state that do not change what is seen (ISO 32000-1, Table 58).
_HARMLESS = frozenset(("/Type", "/OP", "/op", "/OPM", "/SA", "/SM", "/FL", "/RI"))
_MITER_LIMIT = 10
_SCALE_SLACK = 1e-4
_MOST_STATES = 100
_Step = Callable[["Machine", Sequence[Any]], None]


class Machine:
    """
    What the instructions of a page draw.

    Every step raises `Unknown` for what it does not know.
    """

    def __init__(self, resources: Any, shelf: Shelf, sheet: Sheet) -> None:
        self.sheet = sheet
        self._resources = resources
        self._shelf = shelf
        self._fonts: dict[str, PdfFont] = {}
        self.state = State()
        self._states: list[State] = []
        self._marks: list[str] = []
        self._path = Path()
        self._is_clip = self._is_text = False
        self._text = self._line = IDENTITY

    def run(self, word: str, operands: Sequence[Any]) -> None:
        """Follows one instruction."""
        step = _STEPS.get(word)
        if step is None:
            raise Unknown(f"operator {word}")
        step(self, operands)

    # --- Graphics state ---------------------------------------------------------------------

    def save(self, _: Sequence[Any]) -> None:
        """Puts the state aside."""
        self._check_outside_text()
        if len(self._states) == _MOST_STATES:
            raise Unknown("depth")
        self._states.append(self.state.copy())

    def restore(self, _: Sequence[Any]) -> None:
        """Takes the last state that was put aside."""
        self._check_outside_text()
        if not self._states:
            raise Unknown("Q without q")
        self.state = self._states.pop()

    def _check_outside_text(self) -> None:
        # The standard forbids it (Figure 9), and readers differ about what it does.
        if self._is_text:
            raise Unknown("operator inside of text")

    def transform(self, operands: Sequence[Any]) -> None:
        """Moves, turns or scales what follows."""
        self.state.matrix = product(matrix_of(operands), self.state.matrix)

    def use_state(self, operands: Sequence[Any]) -> None:
        """Uses entries of the resources; opacity, blending and masks are not known."""
        entries = self._resource("/ExtGState", operands)
        if not {str(key) for key in entries.keys()} <= _HARMLESS:  # noqa: SIM118 -- no mapping
            raise Unknown("graphics state")

    def pass_by(self, _: Sequence[Any]) -> None:
        """Nothing of what is measured."""

    def set_miter_limit(self, operands: Sequence[Any]) -> None:
        """Corners of lines are no sharper than at the beginning of a page."""
        if _number(operands) > _MITER_LIMIT:
            raise Unknown("miter limit")

    # --- Colours ----------------------------------------------------------------------------

    def set_fill(self, ink: Ink) -> None:
        """Sets the colour of areas and text."""
        self.state.fill = ink

    def set_stroke(self, ink: Ink) -> None:
        """Sets the colour of lines."""
        self.state.stroke = ink

    # --- Paths ------------------------------------------------------------------------------

    def build(self, word: str, operands: Sequence[Any]) -> None:
        """Adds to the path."""
        self._path.add(word, operands, self.state.matrix)

    def clip(self, _: Sequence[Any]) -> None:
        """Lets the next operator that paints end with a clip to the path."""
        self._is_clip = True

    def fill(self, _: Sequence[Any]) -> None:
        """Fills the path."""
        path, ink = self._path, self.state.fill
        path.drop_beginning()
        if not path.is_empty:
            self.sheet.colours.add(ink.name)
            rule = rule_of_area(path.box, self.sheet.height)
            hides = path.is_rectangle and not self.state.clips
            self._paint(path.box, rule, ink if hides else None)
        self.end_path(())

    def draw_line(self, _: Sequence[Any]) -> None:
        """Strokes the path."""
        path, width = self._path, self.state.line_width
        path.drop_beginning()
        if not path.is_empty:
            _check_upright(self.state.matrix)
            if width <= 0:
                raise Unknown("thinnest line")
            self.sheet.colours.add(self.state.stroke.name)
            if not path.is_level:
                path.check_short(width)
            rule = rule_of_line(path.box, width, self.sheet.height)
            left, bottom, right, top = path.box
            # A corner reaches no farther than half the miter limit says (8.4.3.5).
            far = width if path.is_level else width * _MITER_LIMIT / 2
            self._paint(Box(left - far, bottom - far, right + far, top + far), rule, None)
        self.end_path(())

    def _paint(self, box: Box, rule: Rule | None, ink: Ink | None) -> None:
        if rule:
            self.sheet.rules.append(rule)
        self.sheet.add_paint(box, ink)

    def end_path(self, _: Sequence[Any]) -> None:
        """Ends the path, with a clip if one was asked for."""
        if self._is_clip:
            self._path.drop_beginning()
            if self._path.is_empty or not self._path.is_rectangle:
                raise Unknown("clip")
            self.state.clips = (*self.state.clips, self._path.box)
        self._path, self._is_clip = Path(), False

    # --- Pictures and marks ------------------------------------------------------------------

    def place(self, operands: Sequence[Any]) -> None:
        """Places a picture; forms are not known."""
        if self._resource("/XObject", operands).get("/Subtype") != "/Image":
            raise Unknown("form")
        matrix = self.state.matrix
        self.sheet.add_picture(box_around(moved(x, y, matrix) for x, y in corners(0, 0, 1, 1)))

    def begin_mark(self, operands: Sequence[Any]) -> None:
        """Begins marked content."""
        name, *properties = operands
        if any("/ActualText" in item for item in properties) or name == "/OC":
            raise Unknown("marked content with a text of its own, or optional")
        self._marks.append(str(name).removeprefix("/"))

    def end_mark(self, _: Sequence[Any]) -> None:
        """Ends the innermost marked content."""
        if not self._marks:
            raise Unknown("EMC without a beginning")
        self._marks.pop()

    # --- Text (9.4) --------------------------------------------------------------------------

    def begin_text(self, _: Sequence[Any]) -> None:
        """Begins at the origin."""
        self._check_outside_text()
        self._text = self._line = IDENTITY
        self._is_text = True

    def end_text(self, _: Sequence[Any]) -> None:
        """Ends a text object."""
        self._is_text = False

    def set_font(self, operands: Sequence[Any]) -> None:
        """Chooses a font and its size."""
        name, size = str(operands[0]), operands[1]
        if name not in self._fonts:
            self._fonts[name] = self._shelf.font(self._resource("/Font", (name,)))
        self.state.font = self._fonts[name]
        self.state.size = float(size)

    def _check_inside_text(self) -> None:
        if not self._is_text:
            raise Unknown("text outside of a text object")

    def set_text_matrix(self, operands: Sequence[Any]) -> None:
        """Places the text."""
        self._check_inside_text()
        self._text = self._line = matrix_of(operands)

    def move_line(self, operands: Sequence[Any]) -> None:
        """Moves from the beginning of the line."""
        self._check_inside_text()
        x, y = operands
        self._text = self._line = product((1, 0, 0, 1, float(x), float(y)), self._line)

    def move_line_with_leading(self, operands: Sequence[Any]) -> None:
        """Moves from the beginning of the line, and keeps how far."""
        self.state.leading = -float(operands[1])
        self.move_line(operands)

    def next_line(self, _: Sequence[Any]) -> None:
        """Moves to the next line."""
        self.move_line((0, -self.state.leading))

    def set_mode(self, operands: Sequence[Any]) -> None:
        """Text is filled; other modes are not known."""
        if _number(operands) != 0:
            raise Unknown("render mode")

    def show(self, operands: Sequence[Any]) -> None:
        """Shows a string, or the strings of an array."""
        self._check_inside_text()
        (operand,) = operands
        state, sheet = self.state, self.sheet
        if state.font is None or state.size <= 0:
            raise Unknown("font")
        place = product((1, 0, 0, 1, 0, state.rise), product(self._text, state.matrix))
        line = Line(
            state.font,
            scaled(place, state.size * state.condensed, state.size),
            state.character_space / state.size,
            sheet.height,
            self._marks[-1] if self._marks else "",
        )
        line.show(operand)
        sheet.add_text(line.glyphs, state.fill, state.clips)
        self._text = product(
            (1, 0, 0, 1, line.advance * state.size * state.condensed, 0), self._text
        )

    def show_on_next_line(self, operands: Sequence[Any]) -> None:
        """Shows a string on the next line."""
        self.next_line(())
        self.show(operands)

    def _resource(self, kind: str, operands: Sequence[Any]) -> Any:
        (name,) = operands
        return self._resources[kind][str(name)]


def _number(operands: Sequence[Any]) -> float:
    (operand,) = operands
    return float(operand)


def _check_upright(matrix: Matrix) -> None:
    """Checks that a line of a page has the width that its instruction sets."""
    a, b, c, d, _, _ = matrix
    if max(abs(a - 1), abs(b), abs(c), abs(d - 1)) > _SCALE_SLACK:
        raise Unknown("line that is scaled or turned")


def _setting(field: str, share: float = 1) -> _Step:
    """A step that sets one number of the state."""

    def step(machine: Machine, operands: Sequence[Any]) -> None:
        setattr(machine.state, field, _number(operands) * share)

    return step


def _building(word: str) -> _Step:
    return lambda machine, operands: machine.build(word, operands)


def _colouring(word: str) -> _Step:
    def step(machine: Machine, operands: Sequence[Any]) -> None:
        ink = ink_of(word, operands)
        (machine.set_stroke if content.is_stroke(word) else machine.set_fill)(ink)

    return step


def _steps() -> dict[str, _Step]:
    """The operators that are known."""
    steps: dict[str, _Step] = {
        "q": Machine.save,
        "Q": Machine.restore,
        "cm": Machine.transform,
        "gs": Machine.use_state,
        "M": Machine.set_miter_limit,
        "n": Machine.end_path,
        "W": Machine.clip,
        "W*": Machine.clip,
        "f": Machine.fill,
        "F": Machine.fill,
        "f*": Machine.fill,
        "S": Machine.draw_line,
        "Do": Machine.place,
        "BMC": Machine.begin_mark,
        "BDC": Machine.begin_mark,
        "EMC": Machine.end_mark,
        "BT": Machine.begin_text,
        "ET": Machine.end_text,
        "Tf": Machine.set_font,
        "Tm": Machine.set_text_matrix,
        "Td": Machine.move_line,
        "TD": Machine.move_line_with_leading,
        "T*": Machine.next_line,
        "Tr": Machine.set_mode,
        "Tj": Machine.show,
        "TJ": Machine.show,
        "'": Machine.show_on_next_line,
        "w": _setting("line_width"),
        "Tc": _setting("character_space"),
        "TL": _setting("leading"),
        "Ts": _setting("rise"),
        "Tz": _setting("condensed", 0.01),
        # Spaces between words are for codes of one byte only (9.3.3).
        "Tw": Machine.pass_by,
    }
    steps |= dict.fromkeys(_NO_PLACE, Machine.pass_by)
    steps |= {word: _building(word) for word in ("m", "l", "c", "v", "y", "h", "re")}
    return steps | {word: _colouring(word) for word in content.COLOURING}


_STEPS = _steps()
