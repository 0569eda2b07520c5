"""The pages of a PDF as images."""

from __future__ import annotations

import contextlib
import io

from jianbao_tex.cancelling import CancelCheck, locked, never_cancelled
from jianbao_tex.witness import PDFIUM_LOCK

_INCH = 72.0


def images_of(
    pdf: bytes, dpi: float, check_cancelled: CancelCheck = never_cancelled
) -> list[bytes]:
    """
    Each page as PNG.

    Args:
        pdf: the finished file.
        dpi: pixels per inch.
        check_cancelled: called before each page; it may raise.
    """
    import pypdfium2

    images = []
    # pdfium is not safe for several threads.
    with (
        locked(PDFIUM_LOCK, check_cancelled),
        contextlib.closing(pypdfium2.PdfDocument(pdf)) as document,
    ):
        for page in document:
            check_cancelled()
            image = page.render(scale=dpi / _INCH).to_pil()
            if image.mode == "RGB" and not _is_coloured(image):
                image = image.convert("L")
            buffer = io.BytesIO()
            image.save(buffer, "PNG", dpi=(dpi, dpi), optimize=False)
            images.append(buffer.getvalue())
    return images


def _is_coloured(image: object) -> bool:
    from PIL import Image, ImageChops

    assert isinstance(image, Image.Image)
    red, green, blue = image.split()
    return any(ImageChops.difference(red, other).getbbox() for other in (green, blue))
