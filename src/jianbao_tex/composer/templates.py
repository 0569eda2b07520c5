"""The Jinja environment: our delimiters, strict undefined, no raw strings, no file access."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from pathlib import Path

import jinja2

from jianbao_tex.cancelling import CancelCheck, never_cancelled
from jianbao_tex.composer.bounds import Bounded
from jianbao_tex.composer.columns import shared
from jianbao_tex.composer.compiled import TemplateCache
from jianbao_tex.composer.ragged import loose
from jianbao_tex.composer.run_in import run_in
from jianbao_tex.composer.titles import balanced, fitted
from jianbao_tex.composer.tracing import Tracing
from jianbao_tex.composer.views import Name
from jianbao_tex.errors import LayoutBroken, reason_of
from jianbao_tex.findings import Where, error
from jianbao_tex.foreign_files import read_file
from jianbao_tex.hooks import Layout
from jianbao_tex.language import InvalidValue, Phrase, say
from jianbao_tex.places import whole_line
from jianbao_tex.registry import Registry
from jianbao_tex.registry.records import is_outside
from jianbao_tex.store import Store
from jianbao_tex.tex import Text

_FAULT = error(
    "JB202",
    "the template fails: {reason}",
    "fix the template; if it is not yours, report it to the layout's or plugin's authors",
)

FILTERS: Mapping[str, Callable[..., object]] = {
    "balanced": balanced,
    "fitted": fitted,
    "loose": loose,
    "run_in": run_in,
    "shared": shared,
    "tight": Text.tight,
}
"""All filters that templates may use.  Jinja's own are taken out: they are made for HTML."""


_SUFFIX = ".tex.jinja"
MOST_BYTES = 256 * 1024
"""How large the file of a template may be."""


class Templates:
    """
    The templates that a layout uses, by name.

    ``section:``, ``block:`` and ``layout:`` name the templates of the records.  ``part:`` names a
    file of the layout, of a layout that it extends, or of the shared parts, in this order.  The
    name of a plugin with a colon names the other templates in its folders.
    """

    def __init__(
        self, registry: Registry, folder: Path, layout: Layout, store: Store | None = None
    ) -> None:
        self._layout = layout
        self._paths = {
            **_templates_in(folder / "parts", "part"),
            **_plugin_templates(registry),
            **{f"layout:{name}": item.skeleton for name, item in registry.layouts.items()},
            **{f"section:{name}": item.template for name, item in registry.section_types.items()},
            **{f"block:{name}": item.template for name, item in registry.blocks.items()},
        }
        for base in reversed(layout.folders):
            self._paths |= _templates_in(base, "part")
        traced = sorted(set(map(str, self._paths.values())))
        self._environment = environment(self._load, traced, store)
        self._texts: dict[str, str] = {}

    def render(
        self, context: Mapping[str, object], check_cancelled: CancelCheck = never_cancelled
    ) -> str:
        """
        The document of the layout, its texts still marked with their origins.

        ``check_cancelled`` is called on the way, and may raise `CancelledError`.

        Raises:
            LayoutBroken: a template has a fault; its file and line are named.
        """
        try:
            template = self._environment.get_template(f"layout:{self._layout.name}")
            self._environment.start(check_cancelled)
            return template.render(context)
        except jinja2.TemplateSyntaxError as exc:
            where = self._line_of(exc.filename or exc.name or "template", exc.lineno)
            raise LayoutBroken(_FAULT.at(where, reason=exc.message)) from exc
        except (LayoutBroken, CancelledError):
            raise
        except Exception as exc:
            # Whatever a template raises is the template's fault; the deepest frame of
            # a template in the traceback says where.
            where = self._line_of(*_find_place(exc, frozenset(map(str, self._paths.values()))))
            reason = _reason_of(exc)
            raise LayoutBroken(_FAULT.at(where, reason=reason)) from exc

    def where(self, file: int, line: int) -> Where:
        """The line of a template that a mark names."""
        return self._line_of(self._environment.traced[file], line)  # type: ignore[attr-defined]

    def _line_of(self, name: str, line: int) -> Where:
        if name not in self._texts:
            path = Path(name)
            text = read_file(path).decode("utf-8", "replace") if path.is_file() else ""
            self._texts[name] = text
        return whole_line(name, self._texts[name], line)

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        path = self._paths.get(name)
        if path is None:
            raise jinja2.TemplateNotFound(name)
        try:
            text = (
                read_file(path, MOST_BYTES)
                .decode("utf-8")
                .replace("\r\n", "\n")
                .replace("\r", "\n")
            )
            # Always up to date: after a change of a template, `watch` makes a new press.
            return text, str(path), lambda: True
        except UnicodeDecodeError as exc:
            fault = _FAULT.at(Where(str(path)), reason=say("it is not UTF-8"))
            raise LayoutBroken(fault) from exc
        except OSError as exc:
            fault = _FAULT.at(Where(str(path)), reason=reason_of(exc))
            raise LayoutBroken(fault) from exc


def _templates_in(folder: Path, prefix: str) -> dict[str, Path]:
    """The templates in a folder, by a prefix and their bare names."""
    paths = sorted(path for path in folder.glob(f"*{_SUFFIX}") if path.is_file())
    return {f"{prefix}:{path.name.removesuffix(_SUFFIX)}": path for path in paths}


def _plugin_templates(registry: Registry) -> dict[str, Path]:
    """The templates that lie beside those of each plugin's records, under its own prefix."""
    templates: dict[str, Path] = {}
    for kind, records in (
        ("section_types", registry.section_types),
        ("blocks", registry.blocks),
    ):
        for name, record in records.items():
            owner = registry.owners[kind, name]  # type: ignore[index]
            neighbours = _templates_in(record.template.parent, owner.name)
            templates |= {n: path for n, path in neighbours.items() if not is_outside(path, owner)}
    return templates


def environment(
    load: Callable[[str], tuple[str, str, Callable[[], bool]]],
    traced: Sequence[str] = (),
    store: Store | None = None,
) -> Bounded:
    """
    A sandboxed environment with Sphinx's marks for LaTeX and `FILTERS` alone.

    Args:
        load: gives the text of a template by its name.
        traced: the files of templates, which marks name by their numbers here.
        store: where to keep compiled templates.
    """
    bounded = Bounded(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<%=",
        variable_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        # Jinja escapes for HTML; our texts escape themselves for TeX.
        autoescape=False,
        extensions=[Tracing],
        loader=jinja2.FunctionLoader(load),
        bytecode_cache=TemplateCache(store, traced) if store else None,
    )
    bounded.traced.extend(traced)  # type: ignore[attr-defined]
    bounded.filters = {**FILTERS, **bounded.counters}

    def print_value(value: object) -> str:
        text = _printable(value)
        bounded.print(len(text))
        return text

    bounded.finalize = print_value
    return bounded


def _printable(value: object) -> str:
    """What a template may print: texts, our own names, numbers, TeX made by a macro."""
    if isinstance(value, Text | Name | str | jinja2.Undefined):
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    raise TypeError(f"a template prints a {type(value).__name__}")


_ABSENT = re.compile(r"has no attribute '(\w+)'|'(\w+)' is undefined")


def _reason_of(exc: Exception) -> Phrase | str:
    """The reason why a template failed; names the missing variable."""
    match = _ABSENT.search(str(exc)) if isinstance(exc, jinja2.UndefinedError) else None
    if match:
        return say("there is no {name} to print", name=match[1] or match[2])
    if isinstance(exc, InvalidValue):
        return exc.reason
    if isinstance(exc, RecursionError):
        return say("it calls itself without end")
    return f"{type(exc).__name__}: {exc}"


def _find_place(exc: BaseException, files: frozenset[str]) -> tuple[str, int]:
    """File and line of the template that failed, the deepest one."""
    where = ("template", 0)
    trace = exc.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file in files:
            where = (file, trace.tb_lineno)
        trace = trace.tb_next
    return where
