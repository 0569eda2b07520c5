"""What several outputs share: their figures, the inks of the layout, the name of the issue."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from jianbao_tex.hooks import (
    Figure,
    Files,
    Finding,
    Phrase,
    Refusal,
    Subject,
    Unfit,
    Where,
    error,
    say,
    warning,
)
from jianbao_tex.prepress.identity import Identity, Standard
from jianbao_tex.prepress.inks import Mode, Values, tone_of
from jianbao_tex.prepress.profiles import Profile
from jianbao_tex.prepress.rules import examine
from jianbao_tex.prepress.saving import opened
from jianbao_tex.prepress.seeing import seen

_NOT_KEPT = error(
    "JB360",
    "{file} is not what it is meant to be: {reason}",
    "report it with the issue; a style of a plugin may draw what this file must not hold",
)
_HUE = warning(
    "JB361",
    "{file} has two inks, and none for a colour of page {page}: {colour}",
    "it is printed grey; draw in red and black, or print in four inks: print.colours: cmyk",
)
_PROFILE = error(
    "JB362",
    "{file} is no profile for this: {reason}",
    "name an ICC profile with this class and these colours: {wanted}",
)


@functools.cache
def _figures() -> dict[str, dict[str, dict[str, object]]]:
    text = (Path(__file__).parent / "figures.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def figures_of(output: str) -> tuple[Figure, ...]:
    """The figures of an output."""
    entries = _figures().get(output, {})
    return tuple(Figure.from_toml(f"{output}.{key}", entry) for key, entry in entries.items())


def setting(subject: Subject, name: str) -> Figure:
    """A figure of an output, as the issue sets it."""
    return subject.job.settings[name]


def word(subject: Subject, name: str) -> str:
    """A figure that is a word or a text."""
    return str(setting(subject, name).value)


def red_of(subject: Subject) -> Values:
    """The shares of CMYK of the layout's red."""
    assert subject.layout is not None
    figure = subject.layout.figures.get("colour.red")
    value = figure.value if figure else ()
    return value if isinstance(value, tuple) else ()


def press_profile(subject: Subject) -> Profile:
    """
    The profile of the printing condition.

    Raises:
        Refusal: what the issue names is none of a press.
        IssueInvalid: there is no such file.
    """
    return _profile(subject, "print.profile", "prtr", "CMYK")


def screen_profile(subject: Subject) -> Profile:
    """The profile of red, green and blue; raises as `press_profile`."""
    return _profile(subject, "print.rgb-profile", "mntr", "RGB")


def _profile(subject: Subject, figure: str, kind: str, space: str) -> Profile:
    try:
        profile = Profile.read(subject.job.file(figure))
    except Unfit as wrong:
        reason = wrong.reason
    else:
        if (profile.kind, profile.space) == (kind, space):
            return profile
        reason = say(
            "its class is {kind}, its colours are {space}", kind=profile.kind, space=profile.space
        )
    where, name = place_of_option(subject, figure), word(subject, figure)
    raise Refusal(_PROFILE.at(where, file=name, reason=reason, wanted=f"{kind}, {space}"))


def place_of_option(subject: Subject, name: str) -> Where:
    """Where the issue sets a figure; the issue itself where it does not."""
    names = [option.name for option in subject.issue.options]
    way = ("options", names.index(name), "value") if name in names else ()
    return subject.issue.where(way)


def identity_of(subject: Subject, what: str = "") -> Identity:
    """What the issue is called, who issues it, and when."""
    issue, tools = subject.issue, subject.job.tools
    name = issue.masthead.name.replace("\n", "")
    parts = (name, issue.kind_line, issue.number_line, what)
    assert subject.tree is not None
    return Identity(
        title=" ".join(filter(None, parts)),
        author="，".join(issue.masthead.issuer),
        moment=subject.tree.epoch,
        creator=f"jianbao_tex {tools.get('jianbao_tex', '')}".strip(),
    )


def not_kept(subject: Subject, suffix: str, reason: Phrase) -> Finding:
    """That a file, by its suffix, is not what it is meant to be."""
    return _NOT_KEPT.at(subject.issue.where(()), file=subject.job.name + suffix, reason=reason)


def kept(subject: Subject, files: Files, standards: Iterable[Standard]) -> Iterator[Finding]:
    """That each PDF keeps to the standard that it is made for."""
    for (suffix, data), standard in zip(files.items(), standards, strict=True):
        found = examine(data)
        claimed = standard if standard.intent else None
        faults = list(found.faults)
        if found.standard is not claimed:
            faults.append(say("it does not say that it is {standard}", standard=standard.name))
        for fault in faults:
            reason = say("{standard}: {what}", standard=standard.name, what=fault)
            yield not_kept(subject, suffix, reason)


def hues_lost(subject: Subject, suffix: str, mode: Mode) -> Iterator[Finding]:
    """The colours of the issue that a mode of two inks turns grey, and what it cannot turn."""
    assert subject.master is not None
    if mode.keeps_hues:
        return
    with opened(subject.master.pdf) as document:
        pages = seen(document)
    red = red_of(subject)
    for number, page in enumerate(pages, 1):
        tones = [tone_of(values, red) for values in sorted(page.colours) if values]
        hues = [" ".join(f"{v:g}" for v in tone.values) for tone in tones if tone.ink == "other"]
        own = page.spaces - {"DeviceGray", "DeviceRGB", "DeviceCMYK", "ICCBased", "CalRGB"}
        for what in (*hues, *sorted(own)):
            where = subject.issue.where(())
            name = subject.job.name + suffix
            yield _HUE.at(where, file=name, page=number, colour=what)
