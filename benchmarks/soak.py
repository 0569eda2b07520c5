"""
Whether anything is left, grows or hangs: a watch, batches and kills for some minutes.

    python benchmarks/soak.py                # ten minutes
    python benchmarks/soak.py --minutes 30 --seed 7

One process watches an issue that is saved again and again.  Beside it batches build issues that
were spoilt at random, and half of the batches are killed at a random moment.  At the end the
memory, files and processes of the beginning are compared with those of the end.

The exit code is 1 if a command printed a traceback, took too long or left something.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spoilt_issues import spoilt

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = (ROOT / "examples" / "363.yaml", ROOT / "examples" / "365.yaml")
SERIES = ROOT / "examples" / "series.yaml"
JIANBAO = [sys.executable, "-m", "jianbao_tex"]
ISSUES_PER_BATCH = 4
LONGEST_S = 180.0
"""No batch of so few issues may take longer: each run of TeX ends after 60 seconds."""
WARM_S, WARM_BUILDS = 90.0, 20
"""
So many seconds and builds belong to the beginning: the watch loads and caches, and the system
joins the memory of its engine into large pages, which doubles what it takes.
"""
GRACE_S = 5.0
MOST_GROWTH = 1.1


@dataclass
class Score:
    """What the commands did."""

    builds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def blame(self, fault: str) -> None:
        print(f"! {fault}", file=sys.stderr, flush=True)
        self.faults.append(fault)


@dataclass(frozen=True)
class State:
    """What a process and a folder hold at one moment; ``memory`` in MiB, all else as counts."""

    memory: float
    handles: int
    processes: int
    folders: int
    half_files: int

    @classmethod
    def of(cls, process: int, folder: Path) -> State:
        family = [process, *descendants(process)]
        return cls(
            memory=sum(map(memory_of, family)),
            handles=len([*Path(f"/proc/{process}/fd").iterdir()]),
            processes=len(family),
            folders=len([*(folder / "tmp").iterdir()]),
            half_files=len([*folder.rglob(".jianbao-*")]),
        )


def descendants(process: int) -> list[int]:
    """The children of a process, and theirs."""
    children: list[int] = []
    # A process may end while it is read.
    with contextlib.suppress(OSError):
        for tasks in Path(f"/proc/{process}/task").glob("*/children"):
            children += map(int, tasks.read_text().split())
    return [*children, *(below for child in children for below in descendants(child))]


def memory_of(process: int) -> float:
    """The part of the memory that is this process's own, in MiB (proportional set size)."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(text.split("\nPss:")[1].split()[0]) / 1024


def write_issues(folder: Path, chance: random.Random) -> list[str]:
    names = []
    for number in range(ISSUES_PER_BATCH):
        text = chance.choice(EXAMPLES).read_text(encoding="utf-8")
        data = spoilt(text, chance).encode("utf-8", "replace")
        (folder / f"{number}.yaml").write_bytes(data)
        names.append(f"{number}.yaml")
    return names


def batch_folder(folder: Path, number: int) -> Path:
    """A folder for batches, with the series that the examples name."""
    place = folder / f"batch-{number}"
    place.mkdir(exist_ok=True)
    shutil.copy(SERIES, place)
    return place


def batch(folder: Path, chance: random.Random, score: Score) -> None:
    """One batch; half of them are killed at some moment."""
    names = write_issues(folder, chance)
    outputs = chance.choice((["pdf"], ["print", "certificate"], ["txt", "proof"], ["archive"]))
    words = [
        *JIANBAO,
        "build",
        *names,
        "-o",
        "out",
        "--jobs",
        str(chance.randrange(1, 4)),
        "--json",
    ]
    words += [word for output in outputs for word in ("--output", output)]
    words += ["--log-format", "json"]
    start = time.monotonic()
    with subprocess.Popen(
        words,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        wait_s, sent = LONGEST_S, None
        if chance.choice((True, False)):
            sent = chance.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
            wait_s = chance.uniform(0.05, 3.0)
        out, log = b"", b""
        try:
            out, log = process.communicate(timeout=wait_s)
            sent = None
        except subprocess.TimeoutExpired:
            family = descendants(process.pid)
            if sent is None:
                score.blame(f"{folder.name}: a batch took more than {LONGEST_S:g} s")
                sent = signal.SIGKILL
            process.send_signal(sent)
            try:
                out, log = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                score.blame(f"{sent.name} did not end a batch within 30 s")
                process.kill()
            score.kills[sent.name] += 1
            end = time.monotonic() + GRACE_S
            while any(map(is_alive, family)) and time.monotonic() < end:
                time.sleep(0.05)
            if left := [number for number in family if is_alive(number)]:
                score.blame(f"{sent.name} left the processes {left}")
    score.slowest_s = max(score.slowest_s, time.monotonic() - start)
    look_at(process.returncode, out, log, sent, score)


def is_alive(process: int) -> bool:
    """Whether a process is there and runs our command or TeX; its number may be another's by now."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
    return any(word in words for word in (b"jianbao", b"xelatex", b"xdvipdfmx", b"bwrap"))


def look_at(code: int, out: bytes, log: bytes, sent: signal.Signals | None, score: Score) -> None:
    """Whether a command said what it did, in the forms that it has."""
    if b"Traceback" in log:
        score.blame(log.decode("utf-8", "replace")[-2000:])
        return
    expected = {0, 1, 3, 4, 7, 8}
    if sent:
        expected = {*expected, -sent, 128 + sent}
    if code not in expected:
        score.blame(f"exit code {code}: {log.decode('utf-8', 'replace')[-500:]}")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith(b"{")]
    for line in lines:
        if line["event"] == "job":
            score.builds["batch"] += 1
            score.codes.update(line["codes"])
    if not sent and len(json.loads(out)["issues"]) != ISSUES_PER_BATCH:
        score.blame("an issue is not in the JSON")


class Watch:
    """A watch at work, whose issue is saved again and again."""

    def __init__(self, folder: Path) -> None:
        self._issue = folder / "watched.yaml"
        self._log = folder / "watch.log"
        self.saved = 0
        shutil.copy(SERIES, folder)
        self.save()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*JIANBAO, "watch", "watched.yaml", "-o", "out", "--log-format", "json"],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def save(self) -> None:
        """Saves another text; each fifth one is refused."""
        self.saved += 1
        text = EXAMPLES[1].read_text(encoding="utf-8")
        text = text.replace("number: 365", f"number: {self.saved}", 1)
        if self.saved % 5 == 0:
            text = text.replace("masthead:", "masthaed:", 1)
        self._issue.write_text(text, encoding="utf-8")

    @property
    def builds(self) -> int:
        return len(self._log.read_bytes().splitlines())

    def end(self, score: Score) -> None:
        log = self._log.read_bytes()
        if b"Traceback" in log or self.process.poll() is not None:
            score.blame(f"watch: {log.decode('utf-8', 'replace')[-1000:]}")
        self.process.send_signal(signal.SIGINT)
        try:
            if self.process.wait(30):
                score.blame(f"watch ended with {self.process.returncode}")
        except subprocess.TimeoutExpired:
            score.blame("SIGINT did not end the watch within 30 s")
            self.process.kill()
        score.builds["watch"] = len(log.splitlines())


def wait_for_builds(watch: Watch, count: int, least_s: float = 0.0) -> None:
    """Saves until there are so many builds, and for so many seconds."""
    start = time.monotonic()
    while (seconds := time.monotonic() - start) < LONGEST_S:
        if watch.builds >= count and seconds >= least_s:
            return
        watch.save()
        time.sleep(0.7)


def soak(folder: Path, minutes: float, seed: int) -> tuple[Score, list[State], list[str]]:
    """The score, the states at the beginning, in the middle and at the end, and what is left."""
    chance = random.Random(seed)
    score = Score()
    watch = Watch(folder)
    wait_for_builds(watch, WARM_BUILDS, WARM_S)
    states = [State.of(watch.process.pid, folder)]
    for _ in range(2):
        end = time.monotonic() + minutes * 30
        while time.monotonic() < end:
            batch(batch_folder(folder, chance.randrange(2)), chance, score)
            watch.save()
        wait_for_builds(watch, watch.builds + 3)
        states.append(State.of(watch.process.pid, folder))
    # What killed batches have left, the next command sweeps up.
    for number in range(2):
        place = batch_folder(folder, number)
        shutil.copy(EXAMPLES[1], place / "last.yaml")
        words = [*JIANBAO, "build", "last.yaml", "-o", "out"]
        subprocess.run(words, cwd=place, check=True, capture_output=True)
    watch.end(score)
    left = sorted(path.name for path in (folder / "tmp").iterdir())
    return score, states, left


def judged(states: list[State], left: list[str]) -> Iterator[str]:
    """What has grown, or was left; memory grows for some minutes until it stays."""
    first, middle, last = states
    if last.memory > middle.memory * MOST_GROWTH:
        yield f"memory grew from {middle.memory:.0f} to {last.memory:.0f} MiB"
    for name in ("handles", "processes", "folders", "half_files"):
        if getattr(last, name) > getattr(first, name) + 1:
            yield f"{name} grew from {getattr(first, name)} to {getattr(last, name)}"
    if left:
        yield f"left in the temporary folder: {left}"


def main() -> None:
    """Soaks, prints a table, and exits with 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    # In the background a shell lets all processes ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        os.environ |= {"JIANBAO_CACHE": str(folder / "cache"), "TMPDIR": str(folder / "tmp")}
        score, states, left = soak(folder, arguments.minutes, arguments.seed)
    for fault in judged(states, left):
        score.blame(fault)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows = [
        ("processor time of the commands", f"{(used.ru_utime + used.ru_stime) / 60:.1f} minutes"),
        ("builds", ", ".join(f"{n} {what}" for what, n in sorted(score.builds.items()))),
        ("kills", ", ".join(f"{n} {what}" for what, n in sorted(score.kills.items()))),
        ("codes of findings", f"{len(score.codes)} kinds, {sum(score.codes.values())} findings"),
        ("longest batch", f"{score.slowest_s:.1f} s"),
        *(
            (f"watch: {name}", " → ".join(f"{getattr(state, name):g}" for state in states))
            for name in ("memory", "handles", "processes", "folders", "half_files")
        ),
        ("faults", str(len(score.faults))),
    ]
    print("| | |\n| --- | --- |")
    for label, value in rows:
        print(f"| {label} | {value} |")
    sys.exit(1 if score.faults else 0)


if __name__ == "__main__":
    main()
