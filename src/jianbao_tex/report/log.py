"""The log of a command for machines: what happened, without any text of an issue."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from jianbao_tex.findings import Finding
from jianbao_tex.report.results import Result
from jianbao_tex.version import __version__


def job_line(result: Result, moment: datetime) -> dict[str, object]:
    """
    What an operator wants to know of a job that has ended, as plain data.

    Args:
        result: the result of the job.
        moment: when it ended, with its time zone.
    """
    record = result.record
    codes = Counter(finding.code for finding in result.findings)
    return {
        **_head("job", moment),
        "id": record.id or None,
        "issue": result.source,
        "digest": record.digest or None,
        "outputs": list(record.outputs),
        "exit_code": result.exit_code,
        "codes": dict(sorted(codes.items())),
        "pages": result.pages,
        "files": result.artifacts or [],
        "seconds": {name: round(seconds, 4) for name, seconds in record.seconds.items()},
        "engine": None if record.is_warm is None else "warm" if record.is_warm else "cold",
        "isolation": record.isolation or None,
        "cached": result.cached,
    }


def plugin_line(fault: Finding, moment: datetime) -> dict[str, object]:
    """A plugin that is broken, which is no fault of a job."""
    return {**_head("plugin", moment), "code": fault.code, "file": fault.where.file}


def note_line(message: str, moment: datetime) -> dict[str, object]:
    """Something about the whole run."""
    return {**_head("note", moment), "message": message}


def _head(event: str, moment: datetime) -> dict[str, object]:
    time = moment.isoformat(timespec="milliseconds")
    return {"time": time, "event": event, "version": __version__}
