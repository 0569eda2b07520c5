"""The outputs for an office: the screen PDF, page images, the text, the TeX."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import cast

from jianbao_tex.builtin.checks.text import printed_texts
from jianbao_tex.builtin.outputs.contents import navigation_of
from jianbao_tex.builtin.outputs.painted import paint
from jianbao_tex.builtin.outputs.shared import identity_of, setting, text_setting
from jianbao_tex.hooks import Files, Finding, OutputSubject, say, warning
from jianbao_tex.hooks.prepress import (
    PLAIN,
    Gray,
    Mode,
    Process,
    Screen,
    images_of,
    opened,
    position_findings,
    save_document,
    standard_finding,
    standard_findings,
    write_navigation,
)

_NO_PLACE = warning(
    "JB374",
    "the contents entry has no link: {title}",
    "the section type prints another title than its contents entry, or the title has characters"
    " that a PDF reader counts differently",
)

# ZIP stores no earlier date.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
# ZIP stores the Unix mode in the upper half of the external attributes.
_FILE_MODE = 0o644 << 16


def _screen_pdf(subject: OutputSubject, *, is_whole: bool = False) -> bytes:
    """The PDF for screens and office printers, blank pages too if it is to be whole."""
    red = cast("tuple[float, ...]", setting(subject, "pdf.red").value)
    modes: dict[str, Mode] = {
        "rgb": Screen(red),
        "cmyk": Process(),
        "gray": Gray(),
    }
    with opened(subject.master.pdf) as document:
        paint(document, subject, modes[text_setting(subject, "pdf.colours")])
        navigation = navigation_of(subject)
        write_navigation(document, navigation.whole if is_whole else navigation)
        return save_document(document, identity_of(subject), PLAIN)


def make_pdf(subject: OutputSubject) -> bytes:
    return _screen_pdf(subject)


def prove_pdf(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    yield from standard_findings(subject, files, [PLAIN])
    navigation = navigation_of(subject)
    for title in navigation.lost:
        yield _NO_PLACE.at(subject.issue.where(()), title=title)
    expected = len(navigation.links)
    for suffix, data in files.items():
        yield from position_findings(subject, suffix, data, left_out=navigation.blank)
        with opened(data) as document:
            link_count = sum(len(page.obj.get("/Annots", ())) for page in document.pages)
        if link_count != expected:
            yield standard_finding(
                subject,
                suffix,
                say(
                    "it has {found} links from the contents, not {wanted}",
                    found=link_count,
                    wanted=expected,
                ),
            )


def make_png(subject: OutputSubject) -> Files:
    dpi = setting(subject, "png.dpi").number
    images = images_of(_screen_pdf(subject, is_whole=True), dpi, subject.job.check_cancelled)
    # The image name contains the page number; blank pages have no image.
    blank = navigation_of(subject).blank
    return {f"-page-{i + 1}.png": image for i, image in enumerate(images) if i not in blank}


def make_txt(subject: OutputSubject) -> bytes:
    lines = (line for text in printed_texts(subject) for line in text.split("\n"))
    return ("\n".join(lines) + "\n").encode()


def make_tex(subject: OutputSubject) -> bytes:
    """The TeX with all it needs, in one archive whose dates are always the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(subject.tree.files.items()):
            entry = zipfile.ZipInfo(f"{subject.job.name}/{name}", _FIRST_DAY)
            entry.external_attr = _FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            # 3 is Unix; by default the number depends on the machine.
            entry.create_system = 3
            archive.writestr(entry, data)
    return buffer.getvalue()
