"""The options that several commands share, and the press for them."""

from __future__ import annotations

import functools
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jianbao_tex.children import Sandbox
from jianbao_tex.cli.reports import Reporting
from jianbao_tex.cli.speech import _
from jianbao_tex.findings import visible
from jianbao_tex.store import Store
from jianbao_tex.typesetter import Engine, Limits, Tools

if TYPE_CHECKING:
    from jianbao_tex.plugins import Selection
    from jianbao_tex.press import Press

# Plugins and press take 0.2 s to import, so TeX is started before them.

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

MOST_FINDINGS = 50
"""How many findings are shown where nobody asks for more."""

as_json: Decorator = click.option(
    "--json", "as_json", is_flag=True, help=_("Print the result as JSON on standard output.")
)
_REPORTING: tuple[Decorator, ...] = (
    click.option("--strict", is_flag=True, help=_("Treat warnings as errors.")),
    as_json,
    click.option(
        "--sarif",
        is_flag=True,
        help=_("Print the findings as SARIF, for code hosts, on standard output."),
    ),
    click.option(
        "--max-findings",
        type=click.IntRange(min=0),
        metavar=_("COUNT"),
        default=MOST_FINDINGS,
        show_default=True,
        help=_("How many findings of an issue to show, errors first; 0 for all."),
    ),
    click.option("-v", "--verbose", is_flag=True, help=_("Show what TeX itself said, too.")),
    click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        envvar="JIANBAO_LOG_FORMAT",
        help=_(
            "What standard error has: findings for people, or a line of JSON for each job, without "
            "any text of the issue. [JIANBAO_LOG_FORMAT]"
        ),
    ),
)
fonts: Decorator = click.option(
    "--fonts",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=_("A folder with font files of your own; searched first. [JIANBAO_FONTS]"),
)
_TYPESETTING: tuple[Decorator, ...] = (
    fonts,
    click.option(
        "--sandbox",
        type=click.Choice([mode.value for mode in Sandbox]),
        default=Sandbox.AUTO.value,
        show_default=True,
        envvar="JIANBAO_SANDBOX",
        help=_(
            "Whether TeX runs in a bubblewrap sandbox: auto uses it where it works, and refuses TeX "
            "of plugins where it does not. [JIANBAO_SANDBOX]"
        ),
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(min=0.1, max=3600),
        metavar=_("SECONDS"),
        default=Limits().wall_s,
        show_default=True,
        help=_("How many seconds TeX may take for one issue."),
    ),
)
_PLUGINS: tuple[Decorator, ...] = (
    click.option(
        "-p",
        "switches",
        multiple=True,
        metavar=f"no:{_('NAME')}",
        help=_("Run without the plugin NAME."),
    ),
    click.option("--no-plugins", is_flag=True, help=_("Do without any plugin this time.")),
    click.option(
        "--trust-plugins",
        is_flag=True,
        help=_("Run the project's single-file plugins without a trust check."),
    ),
    click.option(
        "--trace-plugins", is_flag=True, help=_("Say which plugins were called, and for how long.")
    ),
    click.option(
        "--project",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=_("The project folder; default: the nearest parent folder with a jianbao.toml."),
    ),
)
issue: Decorator = click.argument(
    "issue", metavar=_("ISSUE"), type=click.Path(path_type=Path, readable=False)
)
issues: Decorator = click.argument(
    "issues",
    nargs=-1,
    required=True,
    metavar=f"{_('ISSUE')}...",
    type=click.Path(path_type=Path, readable=False),
)


def folder(default: str) -> Decorator:
    """The folder to write to."""
    return click.option(
        "-o",
        "--output-dir",
        "folder",
        type=click.Path(path_type=Path),
        default=default,
        show_default=True,
        help=_("The folder to write to; it is created if missing."),
    )


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options about findings; the command gets them as one ``reporting``."""

    @functools.wraps(command)
    def with_reporting(
        *,
        strict: bool,
        as_json: bool,
        sarif: bool,
        max_findings: int,
        verbose: bool,
        log_format: str,
        **others: Any,
    ) -> Any:
        if as_json and sarif:
            raise click.UsageError(_("--json and --sarif cannot be used together"))
        form = "json" if as_json else "sarif" if sarif else "text"
        reporting = Reporting(strict, form, max_findings, verbose, logs=log_format == "json")
        return command(reporting=reporting, **others)

    return _decorate(_REPORTING, with_reporting)


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options about plugins; the command gets them as one ``selection``."""

    @functools.wraps(command)
    def with_selection(**values: Any) -> Any:
        selection = _selection_of(values)
        return command(selection=selection, **values)

    return _decorate(_PLUGINS, with_selection)


def pressing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of commands that need only plugins and fonts; the command gets a ``press``."""

    @functools.wraps(command)
    def with_press(*, fonts: tuple[Path, ...], selection: Selection, **others: Any) -> Any:
        return command(press=make_press(fonts, selection=selection), **others)

    return fonts(selecting(with_press))


def typesetting(command: Callable[..., Any]) -> Callable[..., Any]:
    """
    The options of commands that run TeX; the command gets a ``press``, which is closed after it.

    An engine for the first issue is started before anything else is done, unless ``pdf`` says
    that none is needed.
    """

    @functools.wraps(command)
    def with_press(
        *, fonts: tuple[Path, ...], sandbox: str, time_limit: float, **others: Any
    ) -> Any:
        # A FloatRange lets NaN pass: no comparison with it is true.
        if math.isnan(time_limit):
            raise click.UsageError(_("--time-limit must be a number"))
        engine = _engine_of(sandbox, time_limit)
        try:
            issues = others.get("issues") or (others["issue"],)
            # Forks make their own engines.
            is_alone = len(issues) == 1 or others.get("jobs", 1) == 1
            if engine and is_alone and others.get("pdf", True):
                engine.expect(str(issues[0]))
            selection = _selection_of(others)
            press = make_press(fonts, sandbox, time_limit, selection, engine)
            press.is_thorough = others.get("strict", False)
            return command(press=press, **others)
        finally:
            if engine:
                engine.close()

    return _decorate((*_TYPESETTING, *_PLUGINS), with_press)


def _selection_of(values: dict[str, Any]) -> Selection:
    """The plugins that the options ask for; these options are removed from ``values``."""
    from dataclasses import replace

    from jianbao_tex.registry import Trace

    switches = values.pop("switches")
    invalid = [switch for switch in switches if not switch.startswith("no:")]
    if invalid:
        text = _("-p takes no:NAME, not {value}")
        raise click.UsageError(text.format(value=visible(invalid[0])))
    return replace(
        make_selection(values.pop("project")),
        switched_off=frozenset(switch.removeprefix("no:") for switch in switches),
        no_plugins=values.pop("no_plugins"),
        trust_all=values.pop("trust_plugins"),
        trace=Trace() if values.pop("trace_plugins") else None,
    )


def _engine_of(sandbox: str, time_limit: float) -> Engine | None:
    """The engine for the options; ``None`` if TeX is missing (commands that need TeX report it)."""
    from jianbao_tex.errors import ToolMissing

    try:
        tools = Tools.find()
    except ToolMissing:
        return None
    return Engine(tools, Sandbox(sandbox), Limits(wall_s=time_limit), make_store())


def _decorate(decorators: tuple[Decorator, ...], command: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def make_press(
    fonts: tuple[Path, ...] = (),
    sandbox: str = Sandbox.AUTO.value,
    time_limit: float = Limits().wall_s,
    selection: Selection | None = None,
    engine: Engine | None = None,
) -> Press:
    """The press for the options of a command and the environment."""
    from jianbao_tex.press import Press

    listed = os.environ.get("JIANBAO_FONTS", "").split(os.pathsep)
    font_folders = (*fonts, *(Path(name) for name in listed if name))
    return Press(
        plugins=selection or make_selection(),
        fonts=font_folders,
        sandbox=Sandbox(sandbox),
        limits=Limits(wall_s=time_limit),
        store=make_store(),
        engine=engine,
    )


def make_store() -> Store | None:
    """The user's cache folder, or the one that JIANBAO_CACHE names; none where that is empty."""
    path = os.environ.get("JIANBAO_CACHE")
    if path is not None:
        return Store(Path(path)) if path else None
    import platformdirs

    return Store(platformdirs.user_cache_path("jianbao_tex"))


def make_selection(project: Path | None = None) -> Selection:
    """The plugins of a project (default: of the current folder) that JIANBAO_PLUGINS allows."""
    from jianbao_tex.plugins import Selection, Trust, folder_of

    allowed = os.environ.get("JIANBAO_PLUGINS")
    names = frozenset(filter(None, re.split(r"[,\s]+", allowed or "")))
    try:
        # Relative, because messages show it.
        current = Path(os.path.relpath(folder_of(Path.cwd())))
    except FileNotFoundError:
        # The folder where the command runs was removed.
        current = Path()
    return Selection(
        folder=project or current,
        allowed=None if allowed is None else names,
        trust=Trust(trust_file()),
    )


def trust_file() -> Path:
    """Where the user's record of trusted plugins lies."""
    import platformdirs

    return platformdirs.user_data_path("jianbao_tex") / "trusted-plugins.json"
