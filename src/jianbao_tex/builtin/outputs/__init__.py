"""The built-in outputs: what printer, archive and office each need."""

from __future__ import annotations

from jianbao_tex.builtin.outputs import archive, certificate, copies, masters, office

OUTPUTS = (
    *office.OUTPUTS,
    *masters.OUTPUTS,
    *copies.OUTPUTS,
    *archive.OUTPUTS,
    *certificate.OUTPUTS,
)
