"""The language in which the command speaks, and what it takes to say something in it."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from jianbao_tex.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES, Language, language

VARIABLE = "JIANBAO_LANG"

_chosen: Language = ENGLISH


def choose(words: Sequence[str], environment: MutableMapping[str, str]) -> None:
    """
    Chooses the language for all that is said from now on.

    ``--lang`` wherever it stands among the words, else JIANBAO_LANG, else the locale.  This
    comes before the command line is understood, since help and usage errors are said too.
    """
    global _chosen  # noqa: PLW0603 -- one process speaks one language
    asked = _asked(words) or environment.get(VARIABLE, "")
    # A name that is none is refused when the options are read.
    _chosen = language(asked if asked in LANGUAGES else _of(environment))
    if _chosen is not ENGLISH:
        import gettext

        # The words of click itself (Usage, Options, ...) come from the catalogue as well.
        environment["LANGUAGE"] = LANGUAGES[_chosen.name]
        gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
        gettext.textdomain(DOMAIN)


def spoken() -> Language:
    """The language chosen."""
    return _chosen


def _(text: str) -> str:
    """A sentence of the source in the language chosen."""
    return _chosen.text(text)


def told(said: object) -> str:
    """A phrase in the language chosen; anything else as it is."""
    return _chosen.told(said)


def _asked(words: Sequence[str]) -> str:
    asked = ""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang" and index + 1 < len(words):
            asked = words[index + 1]
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    return asked


def _of(environment: Mapping[str, str]) -> str:
    """The language of the locale, as far as there is a catalogue for it."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "")
    if locale in {"", "C", "POSIX"} or locale.startswith("C."):
        return "en"
    wanted = (*environment.get("LANGUAGE", "").split(":"), locale)
    known = (name[:2].lower() for name in wanted if name)
    return next((name for name in known if name in LANGUAGES), "en")
