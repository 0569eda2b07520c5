"""Whether a finding of a plugin's check is well formed: its kind, place and values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from jianbao_tex.findings import Finding, Fix, Kind, Severity, Where
from jianbao_tex.language import Phrase, placeholders
from jianbao_tex.tex import refused_characters

_CODE = re.compile(r"[A-Z]{1,12}[0-9]{1,5}")
# A little more than a finding itself shows: what is deeper is a mistake.
_MAX_DEPTH = 8


def malformed_reason(result: object) -> str:
    """Why the result of a check is not a valid finding; '' if it is valid."""
    if not isinstance(result, Finding):
        return f"it yields a {type(result).__name__}, no Finding"
    return next(_faults(result), "")


def sound_findings(
    results: Iterable[object], plugin: str, refusal_of: Callable[[str], Phrase | str]
) -> tuple[list[Finding], list[Phrase | str]]:
    """
    The valid findings among what a plugin yields, and the reasons why others are not valid.

    ``refusal_of`` says why the plugin may not use the prefix of a code; '' where it may.
    """
    sound: list[Finding] = []
    faults: list[Phrase | str] = []
    for result in results:
        reason: Phrase | str = malformed_reason(result)
        if isinstance(result, Finding) and not reason:
            reason = refusal_of(result.kind.prefix)
            if not reason:
                sound.append(result.from_plugin(plugin))
                continue
        faults.append(reason)
    return sound, faults


def malformed_kind(kind: object) -> str:
    """Why something is not a valid kind of findings; '' if it is valid."""
    if not isinstance(kind, Kind) or not isinstance(kind.severity, Severity):
        return "the kind of its finding was made by neither error nor warning"
    if not isinstance(kind.code, str) or not _CODE.fullmatch(kind.code):
        return "the code of its finding is not of capitals and digits"
    if not isinstance(kind.message, str) or not isinstance(kind.advice, str):
        return f"the message or the advice of {kind.code} is no text"
    return ""


def _faults(finding: Finding) -> Iterator[str]:
    kind = finding.kind
    if reason := malformed_kind(kind):
        yield reason
    elif not _are_values(finding.values, _MAX_DEPTH):
        yield f"the values of {kind.code} are neither texts nor phrases"
    else:
        names = {name for name, _ in finding.values}
        for text in (kind.message, kind.advice):
            yield from _faults_of_template(text, names, kind.code)
    for where in (finding.where, *finding.also) if isinstance(finding.also, tuple) else (None,):
        if not _is_place(where):
            yield "its finding has no valid place"
    if not isinstance(finding.raw, str):
        yield "the raw of its finding is not a text"
    if finding.fix is not None and not _is_fix(finding.fix):
        yield "the fix of its finding is not valid"


def _faults_of_template(text: object, names: set[str], code: str) -> Iterator[str]:
    try:
        lacking = placeholders(text) - names if isinstance(text, str) else {"?"}
    except ValueError as error:
        yield f"the message of {code} cannot be formatted: {error}"
        return
    if lacking:
        yield f"the message of {code} has no value for {', '.join(sorted(lacking))}"


def _are_values(values: object, depth: int) -> bool:
    if not isinstance(values, tuple) or not depth:
        return False
    return all(
        isinstance(pair, tuple)
        and len(pair) == 2  # noqa: PLR2004 -- a name and its value
        and isinstance(pair[0], str)
        and _is_value(pair[1], depth)
        for pair in values
    )


def _is_value(value: object, depth: int) -> bool:
    if isinstance(value, Phrase):
        names = {name for name, _ in value.values} if _are_values(value.values, depth - 1) else None
        texts = (value.text, value.plural)
        return (
            names is not None
            and _are_values(value.words, 1)
            and not any(any(_faults_of_template(t, names, "")) for t in texts if t)
        )
    if isinstance(value, tuple):
        return depth > 0 and all(_is_value(inner, depth - 1) for inner in value)
    return type(value) is str


def _is_place(where: object) -> bool:
    if not isinstance(where, Where):
        return False
    numbers = (where.line, where.column, where.end_line, where.end_column)
    are_numbers = all(type(number) is int and number >= 0 for number in numbers)
    are_texts = type(where.file) is str and type(where.text) is str
    return are_numbers and are_texts and _is_name(where.file)


def _is_name(file: str) -> bool:
    """Whether a system can have a file of the name."""
    try:
        return bool(file.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return False


def _is_fix(fix: object) -> bool:
    if not isinstance(fix, Fix) or type(fix.text) is not str or not _is_place(fix.where):
        return False
    return "\n" not in fix.text and not refused_characters(fix.text)
