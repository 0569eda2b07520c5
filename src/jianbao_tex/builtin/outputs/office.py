"""What an office hands round: the PDF for screens, page images, the text, the TeX."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import cast

from jianbao_tex.builtin.outputs.contents import navigation_of
from jianbao_tex.builtin.outputs.painted import paint
from jianbao_tex.builtin.outputs.proofs import kept, not_kept, unmoved
from jianbao_tex.builtin.outputs.shared import CONVERTING, figures_of, identity_of, setting, word
from jianbao_tex.hooks import Files, Finding, Output, OutputSubject, say, warning
from jianbao_tex.prepress.identity import PLAIN
from jianbao_tex.prepress.inks import Gray, Mode, Process, Screen
from jianbao_tex.prepress.navigation import lead
from jianbao_tex.prepress.raster import images_of
from jianbao_tex.prepress.saving import opened, saved

_NO_PLACE = warning(
    "JB374",
    "the entry of the contents leads nowhere: {title}",
    "the section type prints another title than it gives to the contents, or signs that no"
    " reader of PDF counts as they were typed",
)

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_DEFLATED = 0o644 << 16


def _screen_pdf(subject: OutputSubject, *, is_whole: bool = False) -> bytes:
    """The PDF for screens and office printers, blank pages too if it is to be whole."""
    red = cast("tuple[float, ...]", setting(subject, "pdf.red").value)
    modes: dict[str, Mode] = {
        "rgb": Screen(red),
        "cmyk": Process(),
        "gray": Gray(),
    }
    with opened(subject.master.pdf) as document:
        paint(document, subject, modes[word(subject, "pdf.colours")])
        navigation = navigation_of(subject)
        lead(document, navigation.whole if is_whole else navigation)
        return saved(document, identity_of(subject), PLAIN)


def _pdf(subject: OutputSubject) -> bytes:
    return _screen_pdf(subject)


def _prove_pdf(subject: OutputSubject, files: Files) -> Iterator[Finding]:
    yield from kept(subject, files, [PLAIN])
    navigation = navigation_of(subject)
    for title in navigation.lost:
        yield _NO_PLACE.at(subject.issue.where(()), title=title)
    wanted = len(navigation.links)
    for suffix, data in files.items():
        yield from unmoved(subject, suffix, data, left_out=navigation.blank)
        with opened(data) as document:
            found = sum(len(page.obj.get("/Annots", ())) for page in document.pages)
        if found != wanted:
            yield not_kept(
                subject,
                suffix,
                say(
                    "it has {found} links from the contents, not {wanted}",
                    found=found,
                    wanted=wanted,
                ),
            )


def _png(subject: OutputSubject) -> Files:
    dpi = setting(subject, "png.dpi").number
    images = images_of(_screen_pdf(subject, is_whole=True), dpi, subject.job.go_on)
    # An image has the number of its page, so that of a blank one is left out.
    blank = navigation_of(subject).blank
    return {f"-page-{i + 1}.png": image for i, image in enumerate(images) if i not in blank}


def _txt(subject: OutputSubject) -> bytes:
    lines = (line for text in subject.issue.texts() for line in text.split("\n"))
    return ("\n".join(lines) + "\n").encode()


def _tex(subject: OutputSubject) -> bytes:
    """The TeX with all it needs, in one archive whose dates are always the same."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(subject.tree.files.items()):
            entry = zipfile.ZipInfo(f"{subject.job.name}/{name}", _FIRST_DAY)
            entry.external_attr = _DEFLATED
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, data)
    return made.getvalue()


OUTPUTS = (
    Output(
        "pdf",
        "电子版",
        ".pdf",
        "application/pdf",
        _pdf,
        since="0.1",
        figures=figures_of("pdf"),
        reads=CONVERTING,
        prove=_prove_pdf,
    ),
    Output(
        "png",
        "页面图像",
        "-page-1.png",
        "image/png",
        _png,
        since="0.1",
        figures=figures_of("png"),
        reads=("pdf.colours", "pdf.red", *CONVERTING),
    ),
    Output("txt", "纯文本", ".txt", "text/plain; charset=utf-8", _txt, since="0.1"),
    Output("tex", "TeX 源文件包", "-tex.zip", "application/zip", _tex, since="0.1"),
)
