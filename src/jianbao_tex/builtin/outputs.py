"""The built-in outputs."""

from __future__ import annotations

from jianbao_tex.hooks import Output, Subject


def _pdf(subject: Subject) -> bytes:
    assert subject.master is not None
    return subject.master.pdf


def _text(subject: Subject) -> bytes:
    lines = (line for text in subject.issue.texts() for line in text.split("\n"))
    return ("\n".join(lines) + "\n").encode()


OUTPUTS = (
    Output("pdf", "印刷母版", ".pdf", "application/pdf", _pdf, since="0.1"),
    Output("text", "纯文本", ".txt", "text/plain; charset=utf-8", _text, since="0.1"),
)
