"""Whether pdfium, a second reader, sees the same pages as our own reader."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from jianbao_tex.hooks import Finding, MasterCheck, MasterSubject, error

_DISPUTED = error(
    "JB349",
    "two readers of the PDF see page {page} differently: {what}",
    "a style or a template of the layout or of a plugin draws something unusual; see docs/checks.md",
)
_MAX_FINDINGS = 20


def _check_witness(subject: MasterSubject) -> Iterator[Finding]:
    """Our own reader and pdfium see the same text, rules, pictures and colours, to 0.01 mm."""
    for dispute in itertools.islice(subject.disputes, _MAX_FINDINGS):
        where = subject.where(dispute.glyphs)
        yield _DISPUTED.at(where, page=dispute.page, what=dispute.what)


CHECKS = (
    MasterCheck("witness", "两种程序读取一致", _check_witness, since="0.1", is_thorough=True),
)
