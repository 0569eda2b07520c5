"""The files for the archive: PDF/A-1b, and PDF/A-3b with the text that it was set from."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.builtin.outputs.contents import navigation_of
from jianbao_tex.builtin.outputs.painted import paint
from jianbao_tex.builtin.outputs.proofs import kept, not_kept, unmoved
from jianbao_tex.builtin.outputs.shared import (
    CONVERTING,
    figures_of,
    identity_of,
    press_profile,
    word,
)
from jianbao_tex.hooks import Files, Finding, Output, OutputSubject, say
from jianbao_tex.prepress.attachments import attach, attached
from jianbao_tex.prepress.identity import A1B, A3B, STANDARDS
from jianbao_tex.prepress.inks import Process
from jianbao_tex.prepress.navigation import lead
from jianbao_tex.prepress.saving import intend, opened, saved


def _archive(subject: OutputSubject) -> Files:
    asked = word(subject, "archive.standard")
    names = ("a-1b", "a-3b") if asked == "both" else (asked,)
    return {f"-archive-{name.replace('-', '')}.pdf": _of(subject, name) for name in names}


def _of(subject: OutputSubject, name: str) -> bytes:
    standard = STANDARDS[name]
    profile = press_profile(subject, is_old=standard is A1B)
    with opened(subject.master.pdf) as document:
        paint(document, subject, Process("icc"), profile)
        navigation = navigation_of(subject)
        # An archive keeps every page.
        lead(document, navigation.whole)
        intend(document, standard, profile)
        identity = identity_of(subject)
        if standard is A3B:
            attach(document, subject.job.sources, identity)
        return saved(document, identity, standard)


def _prove(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    by_suffix = {f"-archive-{name.replace('-', '')}.pdf": STANDARDS[name] for name in STANDARDS}
    yield from kept(subject, files, [by_suffix[suffix] for suffix in files])
    for suffix, data in files.items():
        yield from unmoved(subject, suffix, data)
        if by_suffix[suffix] is A3B:
            with opened(data) as document:
                carried = attached(document)
            for source, text in subject.job.sources.items():
                if carried.get(source) != text:
                    reason = say("it does not carry {source} as it was read", source=source)
                    yield not_kept(subject, suffix, reason)


OUTPUTS = (
    Output(
        "archive",
        "存档",
        "-archive-a1b.pdf",
        "application/pdf",
        _archive,
        since="0.1",
        figures=figures_of("archive"),
        reads=CONVERTING,
        prove=_prove,
    ),
)
