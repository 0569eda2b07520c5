"""The built-in outputs."""

from __future__ import annotations

from jianbao_tex.hooks import Issue, Master, Output


def _pdf(_issue: Issue, master: Master) -> bytes:
    return master.pdf


def _text(issue: Issue, _master: Master) -> bytes:
    lines = (line for text in issue.texts() for line in text.split("\n"))
    return ("\n".join(lines) + "\n").encode()


OUTPUTS = (
    Output("pdf", "印刷母版", ".pdf", "application/pdf", _pdf, since="0.1"),
    Output("text", "纯文本", ".txt", "text/plain; charset=utf-8", _text, since="0.1"),
)
