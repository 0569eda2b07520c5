"""The pages of a PDF as images."""

from __future__ import annotations

import contextlib
import io

from jianbao_tex.cancelling import GoOn, always, holding
from jianbao_tex.measure import PDFIUM

_INCH = 72.0


def images_of(pdf: bytes, dpi: float, go_on: GoOn = always) -> list[bytes]:
    """
    Each page as PNG.

    Args:
        pdf: the finished file.
        dpi: pixels per inch.
        go_on: called before each page; it may raise.
    """
    import pypdfium2

    made = []
    with holding(PDFIUM, go_on), contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            go_on()
            image = page.render(scale=dpi / _INCH).to_pil()
            if image.mode == "RGB" and not _is_coloured(image):
                image = image.convert("L")
            held = io.BytesIO()
            image.save(held, "PNG", dpi=(dpi, dpi), optimize=False)
            made.append(held.getvalue())
    return made


def _is_coloured(image: object) -> bool:
    from PIL import Image, ImageChops

    assert isinstance(image, Image.Image)
    red, green, blue = image.split()
    return any(ImageChops.difference(red, other).getbbox() for other in (green, blue))
