"""What several outputs share: their figures, the inks of the layout, the name of the issue."""

from __future__ import annotations

import hashlib

from jianbao_tex.hooks import Figure, InvalidValue, OutputSubject, Refusal, Where, error, say
from jianbao_tex.hooks.prepress import (
    Identity,
    Profile,
)

_PROFILE = error(
    "JB362",
    "the profile {file} cannot be used: {reason}",
    "name an ICC profile with this class and these colours: {wanted}",
)


_MAX_OLD_VERSION = 2


def setting(subject: OutputSubject, name: str) -> Figure:
    """A figure of an output, as the issue sets it."""
    return subject.job.settings[name]


def text_setting(subject: OutputSubject, name: str) -> str:
    """A figure that is a word or a text."""
    return str(setting(subject, name).value)


def press_profile(subject: OutputSubject, *, is_old: bool = False) -> Profile:
    """
    The profile of the printing condition; ``is_old``: ICC version 2, for PDF/A-1 and PDF/X-1a.

    Raises:
        Refusal: the file is not a profile of a printing press.
        IssueInvalid: there is no such file.
    """
    return _profile(subject, "print.profile", "prtr", "CMYK", is_old=is_old)


def screen_profile(subject: OutputSubject) -> Profile:
    """The profile of red, green and blue, which old standards know; raises as `press_profile`."""
    return _profile(subject, "print.rgb-profile", "mntr", "RGB", is_old=True)


def _profile(
    subject: OutputSubject, figure: str, kind: str, space: str, *, is_old: bool
) -> Profile:
    try:
        profile = Profile.read(subject.job.file(figure))
    except InvalidValue as bad_profile:
        reason = bad_profile.reason
    else:
        if (profile.kind, profile.space) == (kind, space):
            if not is_old or profile.version <= _MAX_OLD_VERSION:
                return profile
            reason = say("it is of version {number}", number=profile.version)
        else:
            reason = say(
                "its class is {kind}, its colours are {space}",
                kind=profile.kind,
                space=profile.space,
            )
    where, name = place_of_option(subject, figure), text_setting(subject, figure)
    wanted = f"{kind}, {space}" + (", ICC 2" if is_old else "")
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
