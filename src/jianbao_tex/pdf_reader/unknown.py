"""What the reader of pages does not know."""

from __future__ import annotations


class Unknown(Exception):
    """
    A page, a font or a colour has something that our own reader does not know.

    It never guesses: pdfium reads such a page.
    """
