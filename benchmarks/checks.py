"""
What proving a page costs: the map of characters and the checks, for an issue of eleven pages.

    make bench

Prints seconds as minimum, median and maximum of several runs, each in a new process; what
importing the libraries takes is counted apart.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 7

ONE_RUN = """
import json, sys, time
from pathlib import Path
from jianbao_tex.finisher import finish
from jianbao_tex.hooks import MasterCheck
from jianbao_tex.measure import measure
from jianbao_tex.preflight import inspect
from jianbao_tex.press import Press, Source

press = Press(plugins={})
composed = press.compose(Source.from_file(Path(sys.argv[1])))
draft = press.engine.typeset(composed.tree)
fonts = {font for face in composed.faces.values() for font in (*face.chain, face.latin)}

start = time.perf_counter()
import fontTools.cffLib, fontTools.ttLib, pikepdf, pypdfium2, pypdfium2.raw
imported = time.perf_counter()
master = finish(draft, composed.tree, sorted(fonts, key=lambda font: font.name))
finished = time.perf_counter()
subject = composed.subject.with_master(master, measure(master.pdf))
found = inspect(press.registry, MasterCheck, subject)
checked = time.perf_counter()
print(json.dumps({
    "imports": imported - start, "ToUnicode repair": finished - imported,
    "checks": checked - finished, "pages": master.pages, "findings": len(found),
}))
"""


def main() -> None:
    """Prints a table; the first run, which warms the disk, does not count."""
    issue = str(ROOT / "examples" / "363.yaml")
    runs = []
    for _ in range(RUNS + 1):
        result = subprocess.run(
            [sys.executable, "-c", ONE_RUN, issue], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(result.stdout))
    print(f"{runs[0]['pages']} pages{'':22}{'min':>8}{'median':>8}{'max':>8}")
    for label in ("ToUnicode repair", "checks", "imports"):
        values = [run[label] for run in runs[1:]]
        row = (min(values), statistics.median(values), max(values))
        print(f"{label:30}" + "".join(f"{value:8.3f}" for value in row))


if __name__ == "__main__":
    main()
