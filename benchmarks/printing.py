"""
What each output costs beyond the plain PDF, for an issue of eleven pages.

    make bench

The plain PDF and the PDF with one output more are built in turns in one process, warm; the
difference of the medians is the price of making the output and of proving it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from jianbao_tex.press import Press, Source
from jianbao_tex.store import Store

ROOT = Path(__file__).resolve().parent.parent
RUNS = 9
OUTPUTS = (
    "print",
    "plates",
    "preprinted",
    "booklet",
    "archive",
    "png",
    "txt",
    "tex",
    "certificate",
)
SETS = {name: ("pdf", name) for name in OUTPUTS} | {
    "print and archive": ("pdf", "print", "archive")
}


def main() -> None:
    """Prints milliseconds, the median of several turns; the first turn does not count."""
    with tempfile.TemporaryDirectory() as cache:
        Path(cache).chmod(0o700)
        _measure(Press(plugins={}, store=Store(Path(cache))))


def _measure(press: Press) -> None:
    press.engine.keep = 1
    source = Source.from_file(ROOT / "examples" / "363.yaml")
    seconds: dict[str, list[float]] = {name: [] for name in ("pdf", *SETS)}
    for turn in range(RUNS + 1):
        for name, outputs in {"pdf": ("pdf",), **SETS}.items():
            start = time.perf_counter()
            press.press(source, outputs)
            if turn:
                seconds[name].append(time.perf_counter() - start)
    press.engine.close()
    plain = statistics.median(seconds["pdf"])
    print(f"{'pdf, whole build':22}{plain * 1000:8.0f} ms")
    for name in SETS:
        difference = statistics.median(seconds[name]) - plain
        print(f"{'+ ' + name:22}{difference * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
