"""The files for the archive: PDF/A-1b, and PDF/A-3b with the text that it was set from."""

from __future__ import annotations

from collections.abc import Iterator

from jianbao_tex.builtin.outputs.contents import navigation_of
from jianbao_tex.builtin.outputs.painted import paint
from jianbao_tex.builtin.outputs.shared import (
    identity_of,
    press_profile,
    text_setting,
)
from jianbao_tex.hooks import Files, Finding, OutputSubject, say
from jianbao_tex.hooks.prepress import (
    A3B,
    STANDARDS,
    Process,
    attach,
    attached,
    opened,
    position_findings,
    save_document,
    set_output_intent,
    standard_finding,
    standard_findings,
    write_navigation,
)


def make_archive(subject: OutputSubject) -> Files:
    choice = text_setting(subject, "archive.standard")
    names = ("a-1b", "a-3b") if choice == "both" else (choice,)
    return {f"-archive-{name.replace('-', '')}.pdf": _make_pdf(subject, name) for name in names}


def _make_pdf(subject: OutputSubject, name: str) -> bytes:
    standard = STANDARDS[name]
    profile = press_profile(subject, standard, "archive.standard")
    with opened(subject.master.pdf) as document:
        paint(document, subject, Process("icc"), profile)
        navigation = navigation_of(subject)
        # An archive keeps every page.
        write_navigation(document, navigation.whole)
        set_output_intent(document, standard, profile)
        identity = identity_of(subject)
        # PDF/A-1 forbids attached files; PDF/A-3 may contain any.
        if standard is A3B:
            attach(document, subject.job.sources, identity)
        return save_document(document, identity, standard)


def prove_archive(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    by_suffix = {f"-archive-{name.replace('-', '')}.pdf": STANDARDS[name] for name in STANDARDS}
    yield from standard_findings(subject, files, [by_suffix[suffix] for suffix in files])
    for suffix, data in files.items():
        yield from position_findings(subject, suffix, data)
        if by_suffix[suffix] is A3B:
            with opened(data) as document:
                attachments = attached(document)
            for source, text in subject.job.sources.items():
                if attachments.get(source) != text:
                    reason = say(
                        "the attached {source} is not the file that was read", source=source
                    )
                    yield standard_finding(subject, suffix, reason)
