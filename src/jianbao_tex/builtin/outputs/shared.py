"""What several outputs share: their figures, the inks of the layout, the name of the issue."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from jianbao_tex.hooks import (
    Figure,
    InvalidValue,
    OutputSubject,
    Refusal,
    Where,
    error,
    say,
)
from jianbao_tex.hooks.prepress import (
    Identity,
    Profile,
    Standard,
)

_PROFILE = error(
    "JB362",
    "the profile {file} cannot be used: {reason}",
    "name an ICC profile with this class and these colours: {wanted}",
)
_TOO_NEW = error(
    "JB375",
    "the profile {file} (print.profile) is of ICC version {number}; {standard} ({figure}) allows"
    " version 2 at most",
    "name a profile of version 2, or set another {figure}",
)

_MAX_OLD_VERSION = 2


def setting(subject: OutputSubject, name: str) -> Figure:
    """A figure of an output, as the issue sets it."""
    return subject.job.settings[name]


def text_setting(subject: OutputSubject, name: str) -> str:
    """A figure that is a word or a text."""
    return str(setting(subject, name).value)


def press_profile(
    subject: OutputSubject, standard: Standard | None = None, figure: str = ""
) -> Profile:
    """
    The profile of the printing condition; for a ``standard``, the ``figure`` that chose it.

    Raises:
        Refusal: the file is no profile of a printing press, or too new for the standard.
        IssueInvalid: there is no such file.
    """
    profile = _profile(subject, "print.profile", "prtr", "CMYK")
    # ICC version 4 is younger than the plain standards: PDF/A-1 and PDF/X-1a.
    if standard and standard.is_plain and profile.version > _MAX_OLD_VERSION:
        values = {"number": profile.version, "standard": standard.name, "figure": figure}
        file = text_setting(subject, "print.profile")
        finding = _TOO_NEW.at(place_of_option(subject, "print.profile"), file=file, **values)
        raise Refusal(replace(finding, also=(place_of_option(subject, figure),)))
    return profile


def screen_profile(subject: OutputSubject) -> Profile:
    """
    The profile of red, green and blue.

    Raises:
        Refusal: the file is no profile of a screen, or too new for an old standard.
        IssueInvalid: there is no such file.
    """
    return _profile(subject, "print.rgb-profile", "mntr", "RGB", most=_MAX_OLD_VERSION)


def _profile(
    subject: OutputSubject, figure: str, kind: str, space: str, most: int | None = None
) -> Profile:
    """The profile that a figure names; of ICC version ``most`` at most."""
    try:
        profile = Profile.read_foreign(subject.job.file(figure))
    except InvalidValue as bad_profile:
        reason = bad_profile.reason
    else:
        if (profile.kind, profile.space) == (kind, space):
            if most is None or profile.version <= most:
                return profile
            reason = say("it is of version {number}", number=profile.version)
        else:
            reason = say(
                "its class is {kind}, its colours are {space}",
                kind=profile.kind,
                space=profile.space,
            )
    where, name = place_of_option(subject, figure), text_setting(subject, figure)
    wanted = f"{kind}, {space}" + (f", ICC {most}" if most else "")
    raise Refusal(_PROFILE.at(where, file=name, reason=reason, wanted=wanted))


def place_of_option(subject: OutputSubject, name: str) -> Where:
    """Where the issue sets a figure; the issue itself where it does not."""
    names = [option.name for option in subject.issue.options]
    path = ("options", names.index(name), "value") if name in names else ()
    return subject.issue.where(path)


def identity_of(subject: OutputSubject, variant: str = "") -> Identity:
    """What the issue is called, who issues it, and when; ``variant`` ends the title."""
    issue, tools = subject.issue, subject.job.tools
    name = issue.masthead.name.replace("\n", "")
    parts = (name, issue.kind_line, issue.number_line, variant)
    return Identity(
        title=" ".join(filter(None, parts)),
        author="，".join(issue.masthead.issuer),
        moment=subject.tree.epoch,
        content=hashlib.sha256(subject.master.pdf).hexdigest() if subject.master else "",
        creator=f"jianbao_tex {tools.get('jianbao_tex', '')}".strip(),
    )
