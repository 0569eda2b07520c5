"""The language of the command, and the functions that translate into it."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from jianbao_tex.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES, Language, language

VARIABLE = "JIANBAO_LANG"

_chosen: Language = ENGLISH


def choose(words: Sequence[str], environment: MutableMapping[str, str]) -> None:
    """
    Chooses the language of all later messages.

    Order: ``--lang`` anywhere on the command line, JIANBAO_LANG, the locale.  This happens
    before the command line is parsed, because help and usage errors are translated too.
    """
    global _chosen  # noqa: PLW0603 -- one process speaks one language
    choice = _language_option(words) or environment.get(VARIABLE, "")
    # An unknown name is refused later, when the options are parsed.
    _chosen = language(choice if choice in LANGUAGES else _locale_language(environment))
    if _chosen is not ENGLISH:
        import gettext

        # The words of click itself (Usage, Options, ...) come from the catalogue as well.
        environment["LANGUAGE"] = LANGUAGES[_chosen.name]
        gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
        gettext.textdomain(DOMAIN)


def current_language() -> Language:
    """The language chosen."""
    return _chosen


def _(text: str) -> str:
    """A sentence of the source in the language chosen."""
    return _chosen.text(text)


def translated(phrase: object) -> str:
    """A phrase in the language chosen; anything else as it is."""
    return _chosen.translated(phrase)


def _language_option(words: Sequence[str]) -> str:
    choice = ""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang" and index + 1 < len(words):
            choice = words[index + 1]
        elif word.startswith("--lang="):
            choice = word.removeprefix("--lang=")
    return choice


def _locale_language(environment: Mapping[str, str]) -> str:
    """The language of the locale, as far as there is a catalogue for it."""
    # POSIX: the first that is not empty wins.  LANGUAGE is GNU gettext's list of languages; it
    # does not count in the locale C.
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "")
    if locale in {"", "C", "POSIX"} or locale.startswith("C."):
        return "en"
    wanted = (*environment.get("LANGUAGE", "").split(":"), locale)
    codes = (name[:2].lower() for name in wanted if name)
    return next((name for name in codes if name in LANGUAGES), "en")
