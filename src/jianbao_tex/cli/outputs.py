"""``jianbao outputs``: lists the outputs, and the options of one output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.findings import show
from jianbao_tex.cli.reports import tell_rows
from jianbao_tex.cli.speech import _, current_language, translated
from jianbao_tex.errors import JianbaoError, PluginBroken
from jianbao_tex.findings import visible

if TYPE_CHECKING:
    from jianbao_tex.plugins import Selection
    from jianbao_tex.press import Press


def refusal(outputs: Sequence[str], press: Press) -> JianbaoError | None:
    """The error that stops every issue; ``None`` if there is none."""
    try:
        registered = press.registry.outputs
    except JianbaoError as error:
        return error
    for name in outputs:
        if name not in registered:
            broken = [absence.finding for absence in press.registry.why_missing("outputs", name)]
            if broken:
                return PluginBroken(broken)
            text = _("unknown output {name}; known: {known}")
            raise click.UsageError(text.format(name=visible(name), known=", ".join(registered)))
    return None


@click.command(
    "outputs",
    help=_(
        "List the outputs that --output may name; with NAME, what an issue or its series may "
        "set for it under options: name, value, choices, source."
    ),
)
@click.argument("name", required=False, metavar=f"[{_('NAME')}]")
@options.selecting
def command(name: str | None, selection: Selection) -> None:
    press = options.make_press(selection=selection)
    registry = press.registry
    if name is None:
        tell_rows(
            (
                output.name,
                output.label,
                output.suffix,
                str(len(output.figures)),
                current_language().text(output.description),
            )
            for output in registry.outputs.values()
        )
        show(registry.faults)
        return
    if error := refusal((name,), press):
        show(error.findings)
        sys.exit(error.exit_code)
    tell_rows(
        (
            figure.name,
            translated(figure.value_phrase),
            " ".join(figure.choices),
            current_language().text(figure.source),
        )
        for figure in registry.outputs[name].figures
    )
