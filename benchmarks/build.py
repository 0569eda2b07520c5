"""
What building costs, side by side in one run: our build against plain xelatex on the same TeX.

    make bench

Prints seconds as minimum, median and maximum of several runs, and the ratio of medians.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JIANBAO = [sys.executable, "-m", "jianbao_tex"]
RUNS = 7


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(*command: str, folder: Path) -> Callable[[], object]:
    return lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True)


def main() -> None:
    """Runs all commands in turn, A B C A B C, so that a drift of the machine hits all alike."""
    issue = str(ROOT / "examples" / "363.yaml")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([*JIANBAO, "tex", issue, "-o", str(folder)], check=True, capture_output=True)
        xelatex = ("xelatex", "-interaction=batchmode", "issue.tex")
        works = {
            "jianbao --version": run(*JIANBAO, "--version", folder=folder),
            "jianbao check": run(*JIANBAO, "check", issue, folder=folder),
            "jianbao build": run(*JIANBAO, "build", issue, folder=folder),
            "jianbao build --sandbox off": run(
                *JIANBAO, "build", issue, "--sandbox", "off", folder=folder
            ),
            "plain xelatex, same TeX": run(*xelatex, folder=folder),
        }
        seconds: dict[str, list[float]] = {label: [] for label in works}
        for turn in range(RUNS + 1):
            for label, work in works.items():
                taken = timed(work)
                if turn:
                    seconds[label].append(taken)
    base = statistics.median(seconds["plain xelatex, same TeX"])
    print(f"{'':30}{'min':>8}{'median':>8}{'max':>8}   of plain xelatex")
    for label, values in seconds.items():
        median = statistics.median(values)
        row = f"{min(values):8.3f}{median:8.3f}{max(values):8.3f}"
        print(f"{label:30}{row}{median / base:12.2f}")


if __name__ == "__main__":
    main()
