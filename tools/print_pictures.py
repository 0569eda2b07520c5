"""
Prints the pictures of docs/printing.md: the first page of each kind of file.

    .venv/bin/python tools/print_pictures.py
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

from jianbao_tex.prepress.raster import images_of
from jianbao_tex.press import Press, Source

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "pdf": ".pdf",
    "print": "-print.pdf",
    "plate-red": "-plate-red.pdf",
    "plate-black": "-plate-black.pdf",
    "preprinted": "-preprinted.pdf",
    "booklet": "-booklet.pdf",
}
OPTIONS = "options: {print.bars: true, distribution.page: four, booklet.marks: true, "
DPI = 120
WIDE, EDGE = 300, 1


def main() -> None:
    """Writes docs/printing-‹file›.png."""
    folder = ROOT / "examples"
    text = (folder / "365.yaml").read_text(encoding="utf-8").replace("options: {", OPTIONS)
    source = Source.from_bytes(text.encode("utf-8"), "365.yaml", folder)
    outputs = ("pdf", "print", "plates", "preprinted", "booklet")
    files = {a.name: a.data for a in Press().press(source, outputs).artifacts}
    for name, suffix in FILES.items():
        page, *_ = images_of(files["365" + suffix], DPI)
        with Image.open(io.BytesIO(page)) as image:
            wide = WIDE * 2 if name == "booklet" else WIDE
            small = image.resize(
                (wide, round(image.height * wide / image.width)), Image.Resampling.LANCZOS
            )
            framed = ImageOps.expand(small, EDGE, "gray")
            framed.quantize(128).save(ROOT / "docs" / f"printing-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
