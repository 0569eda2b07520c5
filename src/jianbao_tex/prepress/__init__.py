"""
The steps that prepare a finished PDF for the printer, the archive and the office.

Each step takes an open document and changes it in place; `save_document` turns it into bytes.  A
department's own output may use them as the built-in ones do.
"""

from __future__ import annotations
