"""
The errors that a user can act on.

Each family owns an exit code and an HTTP status.  An exception that does not derive
from `JianbaoError` is a fault of this package and keeps its traceback.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from typing import ClassVar

from jianbao_tex.findings import Finding, in_order
from jianbao_tex.foreign_files import NotAFile, TooLarge
from jianbao_tex.language import Phrase, say

SOME_FAILED = 8
"""The exit code if some of several issues failed, or some of several outputs of one issue."""


class JianbaoError(Exception):
    """The work stopped; the findings give the reasons, and at least one is an error."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 400

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        several = (findings,) if isinstance(findings, Finding) else findings
        self.findings = in_order(several)
        super().__init__("; ".join(f"{f.where}: {f.code} {f.message}" for f in self.findings))


class IssueInvalid(JianbaoError):
    """The issue's own text, structure or files are not right."""

    exit_code = 1
    http_status = 422


class TypesettingFailed(JianbaoError):
    """TeX stopped, or its log says that the page is not whole."""

    exit_code = 3
    http_status = 500


class PreflightFailed(JianbaoError):
    """A check refused the issue or its master."""

    exit_code = 4
    http_status = 422


class Refusal(PreflightFailed):
    """The issue cannot be made into the requested output."""


class PluginBroken(JianbaoError):
    """A plugin could not be loaded, clashes with another, or failed in a hook."""

    exit_code = 5
    http_status = 500


class LayoutBroken(PluginBroken):
    """A layout's folder is incomplete, or a template of it fails."""


class ToolMissing(JianbaoError):
    """A program, a TeX package or a font is not on this machine."""

    exit_code = 6
    http_status = 503


class LimitReached(JianbaoError):
    """A run took more time, memory or disk than it may."""

    exit_code = 7
    http_status = 503


_REASONS: Mapping[int, Phrase] = {
    errno.EACCES: say("permission denied"),
    errno.EPERM: say("permission denied"),
    errno.EISDIR: say("it is a folder"),
    errno.ENOTDIR: say("a part of the path is not a folder"),
    errno.ENOENT: say("there is no such file or folder"),
    errno.ENOSPC: say("no space is left"),
    errno.EDQUOT: say("no space is left"),
    errno.EFBIG: say("no space is left"),
    errno.EROFS: say("the disk cannot be written to"),
    errno.ENAMETOOLONG: say("the name is too long"),
    errno.ELOOP: say("the links form a loop"),
    errno.EIO: say("the disk fails"),
}


def reason_of(error: OSError | int) -> Phrase | str:
    """Why a file or folder cannot be used, from the exception or the error number."""
    if isinstance(error, NotAFile | TooLarge):
        return error.reason
    number = error if isinstance(error, int) else error.errno
    if number is None:
        return str(error)
    return _REASONS.get(number) or os.strerror(number)
