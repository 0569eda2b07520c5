"""Compiled templates, kept from one process to the next."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from jianbao_tex.store import Store, key_of, stamp_of

_KIND = "templates"
_HERE = Path(__file__).parent
# The code that also decides the compiled form of a template.
_DECIDING = (
    *(_HERE / name for name in ("bounds.py", "templates.py", "tracing.py")),
    _HERE.parent / "tex.py",
)


class TemplateCache(BytecodeCache):
    """
    The cache of compiled templates, in a store.

    Args:
        traced: the files whose numbers stand in the marks of the compiled templates.
    """

    def __init__(self, store: Store, traced: Iterable[str]) -> None:
        self._store = store
        stamps = map(stamp_of, _DECIDING)
        self._key = key_of(sys.version, jinja2.__version__, *stamps, *traced)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket, if the store has it."""
        data = self._store.get(_KIND, self._name(bucket))
        if data is not None:
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what is in the bucket."""
        self._store.put(_KIND, self._name(bucket), bucket.bytecode_to_string())
        self._store.trim(_KIND)

    def _name(self, bucket: Bucket) -> str:
        return key_of(self._key, bucket.key, bucket.checksum)
