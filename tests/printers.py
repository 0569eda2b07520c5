"""Tools that are not ours, which look at finished files: qpdf, poppler, Ghostscript, Preflight."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from PIL import Image

_JARS = ("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "javax.activation")
_CLASSES = ":".join(f"/usr/share/java/{name}.jar" for name in (*_JARS, "jaxb-api"))
_PALE = 250


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)


def qpdf_faults(path: Path) -> str:
    """What qpdf --check finds; '' for a sound file."""
    done = run("qpdf", "--check", path)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def fonts(path: Path) -> list[tuple[bool, bool, bool]]:
    """Of each font whether it is embedded, a subset, and leads back to characters."""
    lines = run("pdffonts", path).stdout.splitlines()[2:]
    found = [re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s", line) for line in lines]
    assert all(found)
    return [(m[1] == "yes", m[2] == "yes", m[3] == "yes") for m in found if m]


def boxes(path: Path) -> dict[str, tuple[float, ...]]:
    """The boxes of the first page in points."""
    lines = run("pdfinfo", "-box", path).stdout.splitlines()
    pairs = (line.split(":", 1) for line in lines if "Box:" in line)
    return {name.strip(): tuple(map(float, edges.split())) for name, edges in pairs}


def preflight(path: Path) -> str:
    """What Apache Preflight says of a file as PDF/A-1b; '' for a valid one."""
    validator = "org.apache.pdfbox.preflight.Validator_A1b"
    done = run("java", "-cp", _CLASSES, validator, path)
    is_valid = done.returncode == 0 and "is a valid PDF/A-1b file" in done.stdout
    return "" if is_valid else done.stdout + done.stderr


def separations(path: Path, page: int, folder: Path, dpi: int = 40) -> dict[str, Image.Image]:
    """The plates of a page as Ghostscript parts them, ink black."""
    for old in folder.glob("plate-*.tif"):
        old.unlink()
    done = run(
        *("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=tiffsep", f"-r{dpi}"),
        *(f"-dFirstPage={page}", f"-dLastPage={page}", "-o", folder / "plate-%d.tif", path),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    plates = {}
    for file in sorted(folder.glob("plate-*(*).tif")):
        with Image.open(file) as image:
            plates[file.name.split("(", 1)[1].removesuffix(").tif")] = image.convert("L")
    return plates


def inked(plate: Image.Image) -> int:
    """How many points of a plate print."""
    return sum(plate.histogram()[:_PALE])


def inked_box(plate: Image.Image) -> tuple[int, int, int, int] | None:
    """The edges of all that prints."""
    return plate.point(lambda value: 255 * (value < _PALE)).getbbox()
