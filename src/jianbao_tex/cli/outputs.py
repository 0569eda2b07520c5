"""``jianbao outputs``: what an issue can be handed out as, and what may be set for it."""

from __future__ import annotations

import click

from jianbao_tex.cli import options
from jianbao_tex.cli.findings import show
from jianbao_tex.cli.reports import tell
from jianbao_tex.cli.speech import _
from jianbao_tex.findings import visible
from jianbao_tex.plugins import Selection


@click.command(
    "outputs",
    help=_(
        "List the outputs that --output may name; with NAME, what an issue or its series may "
        "set for it under options: name, value, choices, source."
    ),
)
@click.argument("name", required=False)
@options.selecting
def command(name: str | None, selection: Selection) -> None:
    registry = options.make_press(selection=selection).registry
    if name is None:
        for output in registry.outputs.values():
            tell(f"{output.name}\t{output.label}\t{output.suffix}\t{len(output.figures)}")
        show(registry.faults)
        return
    if name not in registry.outputs:
        show([absence.finding for absence in registry.why_missing("outputs", name)])
        text = _("unknown output {name}; known: {known}")
        known = ", ".join(registry.outputs)
        raise click.UsageError(text.format(name=visible(name), known=known))
    for figure in registry.outputs[name].figures:
        bounds = " ".join(figure.choices)
        tell("\t".join((figure.name, figure.shown, bounds, figure.source)))
