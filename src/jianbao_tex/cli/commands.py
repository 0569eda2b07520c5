"""The group of commands: their names, the options before them, what ends them."""

from __future__ import annotations

import importlib

import click

from jianbao_tex import __version__
from jianbao_tex.cli.help import Context
from jianbao_tex.cli.speech import VARIABLE, _
from jianbao_tex.language import LANGUAGES

COMMANDS = ("build", "check", "doctor", "explain", "layouts", "schema", "tex")


def _language() -> click.Option:
    """``--lang``, which was obeyed before the command line was read; here it is checked."""
    return click.Option(
        ["--lang"],
        type=click.Choice([*LANGUAGES]),
        envvar=VARIABLE,
        expose_value=False,
        help=_("The language of messages and help; else that of the locale. [JIANBAO_LANG]"),
    )


class _Commands(click.Group):
    """The commands by name; a module of this folder has the command of its own name."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"jianbao_tex.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        for one in (command, *getattr(command, "commands", {}).values()):
            if not any(option.name == "lang" for option in one.params):
                one.params.append(_language())
            one.context_class = Context
            one.short_help = (one.help or "").split("\n\n")[0]
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Runs a command; what a user can act on is shown, with the exit code of its family."""
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except Exception as wrong:
            # Named late: no command that succeeds at once needs these modules.
            from jianbao_tex.cli.findings import show
            from jianbao_tex.errors import JianbaoError

            if not isinstance(wrong, JianbaoError):
                raise
            show(wrong.findings)
            ctx.exit(wrong.exit_code)


group = _Commands(
    "jianbao",
    params=[_language()],
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_(
        "Typeset Chinese work bulletins (工作简报) from YAML.\n\n"
        "Exit codes: 0 done, 1 the issue has errors, 2 usage, 3 TeX failed, 4 a check refused, "
        "5 a plugin is broken, 6 a tool or font is missing, 7 a limit was hit, 8 some of several "
        "issues failed."
    ),
)
group = click.version_option(__version__, prog_name="jianbao")(group)
