"""What plugins cost: the same command without any, with four of this checkout, with a slow one."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15


def installed(folder: Path, name: str, module: str, version: str = "1.0") -> None:
    """Makes a module look installed, as pip would leave it."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[jianbao_tex]\n{name} = {module}\n")


def seconds(words: list[str], paths: list[Path]) -> tuple[float, float]:
    """Seconds by the clock of one run of the command, and of processors, children's too."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "jianbao_tex", *words],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
        )
    passed = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Prints the medians, the kinds of run taken in turn."""
    with tempfile.TemporaryDirectory() as site:
        departments, slow = Path(site) / "departments", Path(site) / "slow"
        departments.mkdir()
        slow.mkdir()
        installed(departments, "statistics", "jianbao_statistics")
        installed(departments, "proofreading", "jianbao_proofreading")
        installed(slow, "slow", "slow_plugin")
        (slow / "slow_plugin.py").write_text("x = sum(range(3_000_000))\n")
        sources = [ROOT / "plugins" / name / "src" for name in ("statistics", "proofreading")]
        kinds = {
            "no plugin": [],
            "statistics and proofreading installed": [departments, *sources],
            "a plugin that works 0.1 s at import": [slow],
        }
        issue = str(ROOT / "examples" / "365.yaml")
        build = ["build", issue, "--no-cache"]
        for words in (["--version"], ["plugins", "list"], ["check", issue], build):
            times_by_kind: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
            for _ in range(ROUNDS):
                for kind, paths in kinds.items():
                    times_by_kind[kind].append(seconds(words, paths))
            print(f"jianbao {' '.join(words[:2] if words[0] == 'plugins' else words[:1])}")
            for kind, times in times_by_kind.items():
                clock, processor = (statistics.median(t) * 1000 for t in zip(*times, strict=True))
                print(f"  {clock:7.1f} ms, {processor:7.1f} ms of processors  {kind}")


if __name__ == "__main__":
    main()
