"""
The catalogues of translations: what the code says, what is translated, what is not.

    make messages

brings ``src/jianbao_tex/locale/*/LC_MESSAGES/jianbao_tex.po`` up to the code and compiles it.
A new sentence stands there without a translation until a person writes one.
"""

from __future__ import annotations

import ast
import io
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "jianbao_tex"
LOCALE = PACKAGE / "locale"

Message = str | tuple[str, str]

# Which arguments of a call are said to people, by number or by name; a pair is singular and
# plural.
_ARGUMENTS: dict[str, tuple[int | str | tuple[int, int], ...]] = {
    "Field": ("description",),
    "described": (1,),
    "_": (0,),
    "say": (0,),
    "say_count": ((0, 1),),
    "error": (1, 2),
    "warning": (1, 2),
    "note": (1, 2),
    "gettext": (0,),
    "ngettext": ((0, 1),),
}
_CLICK_FUNCTIONS = ("_", "gettext", "ngettext")


def messages() -> dict[Message, set[str]]:
    """Every sentence that the command may say, with the files that say it."""
    files: dict[Message, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for message in _read_code(path, tuple(_ARGUMENTS)):
            files.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    for path, keys in _tables():
        for text in _read_table(tomllib.loads(path.read_text(encoding="utf-8")), keys):
            files.setdefault(text, set()).add(str(path.relative_to(ROOT)))
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for message in _read_code(path, _CLICK_FUNCTIONS):
            files.setdefault(message, set()).add("click")
    return files


def _tables() -> Iterator[tuple[Path, frozenset[str]]]:
    """The tables that hold sentences for people, and the keys whose values they are."""
    for path in sorted(PACKAGE.rglob("catalogue/*.toml")):
        yield path, frozenset({"meaning", "remedy", "when"})
    layouts = ROOT / "templates" / "latex" / "layouts"
    for path in sorted(layouts.glob("*/layout.toml")):
        yield path, frozenset({"source"})
    yield PACKAGE / "builtin" / "outputs" / "outputs.toml", frozenset({"source", "description"})


def _read_table(table: Mapping[str, object], keys: frozenset[str]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _read_table(value, keys)
        elif key in keys and isinstance(value, str):
            yield value


def _read_code(path: Path, functions: tuple[str, ...]) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        for argument in _ARGUMENTS[name] if name in functions else ():
            indices = argument if isinstance(argument, tuple) else (argument,)
            arguments: dict[object, ast.expr] = dict(enumerate(node.args))
            arguments |= {keyword.arg: keyword.value for keyword in node.keywords}
            texts = [_text(arguments[i], constants) for i in indices if i in arguments]
            if all(texts) and len(texts) == len(indices):
                yield texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _text(node: ast.expr, constants: dict[str, ast.expr]) -> str:
    """The string of an argument, also one that a constant of the module names."""
    if isinstance(node, ast.Name):
        node = constants.get(node.id, node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def catalogue(path: Path) -> Catalog:
    """A catalogue as it is on the disk; empty for one that is not there yet."""
    if not path.is_file():
        return Catalog(locale=path.parent.parent.name, domain="jianbao_tex")
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain="jianbao_tex")


def updated(old: Catalog) -> Catalog:
    """The catalogue of what the code says now, with the translations that there are."""
    new = Catalog(locale=old.locale, project="jianbao_tex", charset="utf-8", fuzzy=False)
    new.revision_date = new.creation_date = old.creation_date
    for message, files in sorted(messages().items(), key=lambda item: str(item[0])):
        key = message[0] if isinstance(message, tuple) else message
        entry = old.get(key)
        string = (
            entry.string if entry and bool(entry.pluralizable) == isinstance(message, tuple) else ""
        )
        new.add(message, string or "", locations=[(file, 0) for file in sorted(files)])
    return new


class _DatelessCatalog(Catalog):
    """A catalogue whose head says only what does not change from day to day."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        assert self.locale is not None
        return [
            ("Project-Id-Version", "jianbao_tex"),
            ("Language", f"{self.locale.language}_{self.locale.territory}"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def _without_dates(catalog: Catalog) -> Catalog:
    dateless = _DatelessCatalog(locale=catalog.locale, header_comment="", fuzzy=False)
    for message in catalog:
        if message.id:
            dateless[message.id] = message
    return dateless


def as_po(catalog: Catalog) -> bytes:
    """The text of a catalogue."""
    buffer = io.BytesIO()
    write_po(buffer, _without_dates(catalog), width=96, include_lineno=False)
    return buffer.getvalue()


def as_mo(po: Path) -> bytes:
    """The catalogue compiled for gettext."""
    buffer = io.BytesIO()
    write_mo(buffer, _without_dates(catalogue(po)))
    return buffer.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """The sentences of a catalogue that nobody has translated."""
    texts = {
        str(m.id): m.string if isinstance(m.string, tuple) else (m.string,) for m in catalog if m.id
    }
    return [key for key, strings in texts.items() if not all(strings)]


def main() -> None:
    """Updates and compiles every catalogue, and counts what is not translated."""
    for folder in sorted(LOCALE.glob("*/LC_MESSAGES")):
        path = folder / "jianbao_tex.po"
        path.write_bytes(as_po(updated(catalogue(path))))
        path.with_suffix(".mo").write_bytes(as_mo(path))
        catalog = catalogue(path)
        sentences = untranslated(catalog)
        print(
            f"{folder.parent.name}: {len(list(catalog))} sentences, {len(sentences)} not translated"
        )
        for sentence in sentences:
            print(f"  not translated: {sentence}")


if __name__ == "__main__":
    main()
