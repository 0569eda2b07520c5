"""
What reading and validating costs, and how soon a hostile file is refused.

    make bench

Prints seconds as minimum, median and maximum of several runs in one process; importing and
gathering the plugins are done before.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from jianbao_tex.errors import JianbaoError
from jianbao_tex.press import Press, Source

ROOT = Path(__file__).resolve().parent.parent
RUNS = 9

PARAGRAPH = (
    "      3月5日，会议在北京召开，**会议指出，**要提高认识，抓好落实，确保各项任务按时完成。\n"
)
HEAD = "masthead: {name: 工作简报}\nnumber: 365\narticles:\n"
ARTICLE = "  - title: 会议召开\n    body: |\n"


def bulletin(size: int) -> bytes:
    """An issue of about so many bytes, of articles of twenty paragraphs."""
    article = ARTICLE + PARAGRAPH * 20
    return (HEAD + article * (size // len(article.encode()))).encode()


def folded(size: int) -> bytes:
    """The same in folded scalars, every paragraph wrong: each place has to be found."""
    text = "    - paragraph: >\n        会议在北京召开，\n        **会议指出\n"
    return (HEAD + "  body:\n" + text * (size // len(text.encode()))).encode()


def laughs() -> bytes:
    """A billion laughs."""
    lines = ["a0: &a0 ha"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(lines).encode()


def main() -> None:
    """Prints a table; the first run of each does not count."""
    press = Press(plugins={})
    _ = press.registry

    def read(data: bytes) -> Callable[[], object]:
        return lambda: press.read(Source.from_bytes(data, "issue.yaml"))

    real = Source.from_file(ROOT / "examples" / "365.yaml")
    cases: dict[str, Callable[[], object]] = {
        f"examples/365.yaml ({len(real.text)} characters)": lambda: press.read(real),
        "an issue of 5,000 characters": read(bulletin(15_000)),
        "an issue of 1 MB": read(bulletin(1_000_000)),
        "1 MB, every paragraph wrong": read(folded(1_000_000)),
        "a billion laughs": read(laughs()),
        "100,000 brackets": read(b"[" * 100_000),
    }
    print(f"{'':42}{'min':>9}{'median':>9}{'max':>9}")
    for label, work in cases.items():
        times = []
        for _ in range(RUNS + 1):
            start = time.perf_counter()
            with contextlib.suppress(JianbaoError):
                work()
            times.append(time.perf_counter() - start)
        row = (min(times[1:]), statistics.median(times[1:]), max(times[1:]))
        print(f"{label:42}" + "".join(f"{value:9.4f}" for value in row))


if __name__ == "__main__":
    main()
