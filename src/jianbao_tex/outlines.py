"""The outline of a character as the path operators of PDF."""

from __future__ import annotations


class OutlinePen:
    """Writes an outline as HarfBuzz draws it: the methods of a pen have the names of fontTools."""

    def __init__(self, upem: int) -> None:
        self.steps: list[tuple[str, tuple[float, ...]]] = []
        self._upem = upem
        self._last = (0.0, 0.0)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("m", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("c", *points)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        # The cubic curve with the same points: its handles are two thirds of the way.
        handles = [
            (point[0] + 2 / 3 * (control[0] - point[0]), point[1] + 2 / 3 * (control[1] - point[1]))
            for point in (self._last, end)
        ]
        self._add("c", *handles, end)

    def closePath(self) -> None:  # noqa: N802
        self.steps.append(("h", ()))

    def endPath(self) -> None:  # noqa: N802
        pass

    def _add(self, word: str, *points: tuple[float, float]) -> None:
        self._last = points[-1]
        self.steps.append((word, tuple(n / self._upem for point in points for n in point)))
