"""
How fast the engine is, side by side in one run with plain xelatex on the same bundles.

    make bench
    python benchmarks/engine.py --again          # adds a second run to results.md
    python benchmarks/engine.py --issues 2000    # how memory grows; takes a quarter of an hour

Prints a table and writes it to ``results.md``, with the machine, the versions and the date.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "365.yaml"
JIANBAO = [sys.executable, "-m", "jianbao_tex"]
XELATEX = ["xelatex", "-interaction=batchmode", "issue.tex"]
LATEXMK = ["latexmk", "-xelatex", "-interaction=batchmode", "issue.tex"]
RUNS = 9
EDITS = 15
# What a batch takes of memory is asked of the process itself: its children are TeX.
MEASURED = """
import sys
from jianbao_tex.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended.code
status = open("/proc/self/status").read()
print("peak", status.split("VmHWM:")[1].split()[0], file=sys.stderr)
"""
TYPST = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=sys.argv[3:])"

Row = tuple[str, str, str]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians_of(works: dict[str, Callable[[], object]], runs: int = RUNS) -> dict[str, float]:
    """Medians of seconds; A B C A B C, so that a drift of the machine hits all alike."""
    seconds: dict[str, list[float]] = {label: [] for label in works}
    for round_number in range(runs + 1):
        for label, work in works.items():
            duration = seconds_of(work)
            if round_number:
                seconds[label].append(duration)
    return {label: statistics.median(values) for label, values in seconds.items()}


def issue(number: int) -> str:
    """The example, with a text that no other number has."""
    text = EXAMPLE.read_text(encoding="utf-8")
    numbered = text.replace("number: 365", f"number: {number}")
    return numbered.replace("3月5日，省", f"3月5日，第{number}号，省", 1)


def short_issue(number: int) -> str:
    """The example with its first section alone: two pages."""
    head, _, _ = issue(number).partition("  - name: 经验交流")
    return head


def long_issue() -> str:
    """The example with all its sections 86 times over: about 648 pages."""
    head, mark, sections = EXAMPLE.read_text(encoding="utf-8").partition("sections:\n")
    body, _, foot = sections.partition("\ndistribution:")
    return head + mark + (body.rstrip() + "\n") * 86 + (f"distribution:{foot}" if foot else "")


def one_issue(folder: Path) -> Iterable[Row]:
    """A new process for one issue, all checks on, nothing kept but the format."""
    bundle = folder / "bundle"
    run([*JIANBAO, "tex", str(EXAMPLE), "-o", str(bundle)], folder)

    def latexmk() -> None:
        for path in bundle.glob("issue.*"):
            if path.suffix != ".tex":
                path.unlink()
        run(LATEXMK, bundle)

    works: dict[str, Callable[[], object]] = {
        "plain": lambda: run(XELATEX, bundle),
        "ours": lambda: run([*JIANBAO, "build", "--no-cache", str(EXAMPLE)], folder),
        "unfenced": lambda: run(
            [*JIANBAO, "build", "--no-cache", "--sandbox", "off", str(EXAMPLE)], folder
        ),
    }
    if shutil.which("latexmk"):
        works["latexmk"] = latexmk
    medians = medians_of(works)
    plain, ours = medians["plain"], medians["ours"]
    yield "plain xelatex, one pass", f"{plain:.3f} s", "1"
    yield "1. `jianbao build`, new process", f"{ours:.3f} s", f"{ours / plain:.2f} (aim 0.75)"
    yield "   the same with `--sandbox off`", f"{medians['unfenced']:.3f} s", f"{medians['unfenced'] / plain:.2f}"  # fmt: skip
    if "latexmk" in medians:
        latexmk_seconds = medians["latexmk"]
        yield "   `latexmk -xelatex` from clean", f"{latexmk_seconds:.3f} s", f"ours is {ours / latexmk_seconds:.2f} of it (aim 0.5)"  # fmt: skip
    else:
        yield "   `latexmk -xelatex` from clean", "not installed", ""


def edit_to_pdf(folder: Path) -> Iterable[Row]:
    """From the moment a save is done until the new PDF is there, with `jianbao watch`."""
    place = folder / "watched"
    place.mkdir()
    shutil.copy(EXAMPLE.parent / "series.yaml", place)
    file, pdf = place / "365.yaml", place / "365.pdf"
    file.write_text(issue(1), encoding="utf-8")
    bundle = folder / "bundle"
    typst = typst_of(folder)
    seconds: dict[str, list[float]] = {"ours": [], "plain": [], "typst": []}
    watch = subprocess.Popen(
        [*JIANBAO, "watch", str(file), "-o", str(place)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not pdf.exists():
        time.sleep(0.05)
    for number in range(EDITS):
        time.sleep(0.6)
        before, new_file = pdf.stat().st_ino, place / "new"
        new_file.write_text(issue(number + 2), encoding="utf-8")
        start = time.perf_counter()
        new_file.rename(file)
        while pdf.stat().st_ino == before:
            time.sleep(0.001)
        seconds["ours"].append(time.perf_counter() - start)
        time.sleep(0.4)
        seconds["plain"].append(seconds_of(lambda: run(XELATEX, bundle)))
        if typst:
            seconds["typst"].append(seconds_of(lambda: run(typst, folder)))
    watch.send_signal(signal.SIGINT)
    watch.wait()
    ours, plain = (statistics.median(seconds[name]) for name in ("ours", "plain"))
    yield "2. edit to PDF, `jianbao watch`", f"{ours:.3f} s (aim 0.17)", f"{ours / plain:.2f}"  # fmt: skip
    if typst:
        typst_seconds = statistics.median(seconds["typst"])
        yield (
            "   Typst, whole process, same text",
            f"{typst_seconds:.3f} s",
            f"{typst_seconds / plain:.2f}",
        )
    else:
        yield "   Typst, whole process, same text", "not installed", ""


def typst_of(folder: Path) -> list[str]:
    """The command that sets the same text with Typst, from Python; none without its package."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return []
    from jianbao_tex.press import Press, Source

    press = Press(plugins={})
    text = press.press(Source.from_file(EXAMPLE), ("txt",)).artifacts[0].data.decode()
    fonts = {str(f.path.parent) for face in map(press.fonts.typeface, press.fonts.roles) for f in face.chain}  # fmt: skip
    head = (
        '#set page(paper: "a4", margin: (top: 37mm, left: 28mm, right: 26mm, bottom: 35mm))\n'
        '#set text(font: ("Liberation Serif", "FandolFang R"), size: 16pt, lang: "zh")\n'
        "#set par(justify: true, first-line-indent: 2em)\n\n"
    )
    escaped = text.replace("#", "\\#").replace("*", "\\*").replace("_", "\\_")
    (folder / "issue.typ").write_text(head + escaped.replace("\n", "\n\n"), encoding="utf-8")
    return [sys.executable, "-c", TYPST, "issue.typ", "typst.pdf", *sorted(fonts)]


def many_issues(folder: Path, count: int, *, plain: bool) -> Iterable[Row]:
    """Different issues, two at a time; then the same once more."""
    place, names = written(folder / "many", count, issue)
    words = ["build", *names, "--jobs", "2", "-o", "out", "--max-findings", "1"]
    measured = [sys.executable, "-c", MEASURED, *words]
    start = time.perf_counter()
    result = run(measured, place)
    ours = count / (time.perf_counter() - start)
    peak = int(result.stderr.split("peak")[1]) / 1024
    cached = seconds_of(lambda: run([*JIANBAO, *words], place))
    yield f"3. {count} issues, `--jobs 2`", f"{ours:.2f} a second", ""
    if plain:
        theirs = two_at_a_time(folder / "bundles", place, count)
        yield "   two plain xelatex at a time", f"{theirs:.2f} a second", f"ours is {ours / theirs:.2f} of it (aim 2.5)"  # fmt: skip
        yield from many_short_issues(folder, count)
    yield f"4. the same {count} unchanged", f"{cached:.2f} s (aim 1)", ""
    yield f"5. Python's peak memory, {count} issues", f"{peak:.0f} MiB (aim 150)", ""


def written(place: Path, count: int, text: Callable[[int], str]) -> tuple[Path, list[str]]:
    """A folder with so many different issues, and their names."""
    place.mkdir()
    shutil.copy(EXAMPLE.parent / "series.yaml", place)
    names = [f"{number}.yaml" for number in range(1, count + 1)]
    for number, name in enumerate(names, 1):
        (place / name).write_text(text(number), encoding="utf-8")
    # Results are kept only of files that are older than the clock is coarse.
    time.sleep(0.1)
    return place, names


def many_short_issues(folder: Path, count: int) -> Iterable[Row]:
    """The same with issues of two pages."""
    place, names = written(folder / "short", count, short_issue)
    words = ["build", *names, "--jobs", "2", "-o", "out", "--max-findings", "1"]
    ours = count / seconds_of(lambda: run([*JIANBAO, *words], place))
    theirs = two_at_a_time(folder / "short-bundles", place, count)
    yield f"   {count} issues of two pages", f"{ours:.2f} a second", ""
    yield "   two plain xelatex at a time", f"{theirs:.2f} a second", f"ours is {ours / theirs:.2f} of it (aim 4)"  # fmt: skip


def one_long_issue(folder: Path) -> Iterable[Row]:
    """An issue of 648 pages, and the memory of its largest process."""
    place = folder / "long"
    place.mkdir()
    shutil.copy(EXAMPLE.parent / "series.yaml", place)
    (place / "long.yaml").write_text(long_issue(), encoding="utf-8")
    run([*JIANBAO, "tex", "long.yaml", "-o", "bundle"], place)
    ours, our_memory = time_and_memory([*JIANBAO, "build", "long.yaml", "--no-cache"], place)
    plain, memory = time_and_memory(XELATEX, place / "bundle")
    yield "6. one issue of about 648 pages", f"{ours:.1f} s, {our_memory:.0f} MiB", f"{ours / plain:.2f} (aim 1.6)"  # fmt: skip
    yield "   plain xelatex, one pass", f"{plain:.1f} s, {memory:.0f} MiB", "1"


def time_and_memory(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds of a command, and the memory of its largest process in MiB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    result = run([sys.executable, "-c", code, *command], folder)
    return time.perf_counter() - start, int(result.stdout) / 1024


def two_at_a_time(bundles: Path, place: Path, count: int) -> float:
    """Plain passes over the bundles of the issues of a folder, a second."""
    first = bundles / "1"
    run([*JIANBAO, "tex", str(place / "1.yaml"), "-o", str(first)], place)
    text = (first / "issue.tex").read_text(encoding="utf-8")
    for number in range(2, count + 1):
        shutil.copytree(first, bundles / str(number))
        numbered = text.replace("第1期", f"第{number}期").replace("第1号", f"第{number}号")
        (bundles / str(number) / "issue.tex").write_text(numbered, encoding="utf-8")
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as executor:
        list(executor.map(lambda n: run(XELATEX, bundles / str(n)), range(1, count + 1)))
    return count / (time.perf_counter() - start)


def start_up(folder: Path) -> Iterable[Row]:
    """The processor time of the shortest command."""
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run([*JIANBAO, "--version"], folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    yield "5. `jianbao --version`, processor time", f"{statistics.median(seconds):.3f} s (aim 0.12)", ""  # fmt: skip


def machine() -> str:
    """What all of this was measured on."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]  # fmt: skip
    xetex = run(["xelatex", "--version"], ROOT).stdout.splitlines()[0]
    versions = ", ".join(f"{n} {metadata.version(n)}" for n in ("jianbao_tex", "pikepdf", "pypdfium2"))  # fmt: skip
    return (
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {os.cpu_count()} processors "
        f"({names[0] if names else platform.machine()}), {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}, {xetex}, {versions}"
    )


def main() -> None:
    """Measures all, or with ``--issues`` how a batch of another size goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issues", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="add a run to results.md")
    arguments = parser.parse_args()
    count = arguments.issues
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["JIANBAO_CACHE"] = str(folder / "cache")
        run([*JIANBAO, "build", str(EXAMPLE)], folder)
        rows: list[Row] = []
        if count:
            rows += many_issues(folder, count, plain=False)
        else:
            rows += [*one_issue(folder), *edit_to_pdf(folder)]
            rows += [*many_issues(folder, 200, plain=True), *start_up(folder)]
            rows += one_long_issue(folder)
    lines = ["| | | of plain xelatex |", "| --- | --- | --- |"]
    lines += [f"| {label} | {value} | {ratio} |" for label, value, ratio in rows]
    print("\n".join(lines))
    if not count:
        path = ROOT / "benchmarks" / "results.md"
        head = "# What the engine takes\n"
        if arguments.again:
            head = path.read_text(encoding="utf-8") + "\n## Another run\n"
        report = f"{head}\n{machine()}\n\n" + "\n".join(lines) + "\n"
        path.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
