"""The group of commands: their names, their common options, their exit codes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from jianbao_tex.cli import Terminated
from jianbao_tex.cli.help import Context
from jianbao_tex.cli.speech import VARIABLE, _
from jianbao_tex.cli.terminal import redirect_to_null
from jianbao_tex.language import LANGUAGES
from jianbao_tex.version import __version__

# 128 plus SIGINT, 128 plus SIGTERM: what POSIX shells report.
_INTERRUPTED, _TERMINATED = 130, 143

COMMANDS = (
    "build",
    "cache",
    "check",
    "doctor",
    "explain",
    "import",
    "layouts",
    "new",
    "outputs",
    "plugins",
    "schema",
    "tex",
    "watch",
)


def _language() -> click.Option:
    """
    The option ``--lang``.  It took effect before the command line was parsed; here it is only
    validated.
    """
    return click.Option(
        ["--lang"],
        type=click.Choice([*LANGUAGES]),
        envvar=VARIABLE,
        expose_value=False,
        help=_("The language of messages and help; else that of the locale. [JIANBAO_LANG]"),
    )


def _name_arguments(command: click.Command) -> None:
    """What click writes for options and for the command of a group, in the language chosen."""
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = (
            _("[COMMAND] [ARGS]...") if command.invoke_without_command else _("COMMAND [ARGS]...")
        )


class _Commands(click.Group):
    """The commands by name; a module of this folder has the command of its own name."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in COMMANDS:
            return None
        # A word of Python cannot be the name of a module.
        file = "import_" if cmd_name == "import" else cmd_name
        module = importlib.import_module(f"jianbao_tex.cli.{file}")
        command = module.command
        assert isinstance(command, click.Command)
        for subcommand in (command, *getattr(command, "commands", {}).values()):
            _name_arguments(subcommand)
            if not any(option.name == "lang" for option in subcommand.params):
                subcommand.params.append(_language())
            subcommand.context_class = Context
            subcommand.short_help = (subcommand.help or "").split("\n\n")[0]
        return command


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
_name_arguments(group)
group = click.version_option(__version__, prog_name="jianbao")(group)


def _refuse_deleted_folder() -> None:
    """Every name that a user gives is looked for in the working folder."""
    try:
        Path.cwd()
    except OSError as error:
        from jianbao_tex.cli.files import NO_WORKING_FOLDER, OutputRefused
        from jianbao_tex.errors import reason_of
        from jianbao_tex.findings import Where

        reason = reason_of(error)
        raise OutputRefused(NO_WORKING_FOLDER.at(Where("."), reason=reason)) from error


def run(words: Sequence[str]) -> int:
    """Runs the command and returns its exit code.  Shows errors that a user can act on."""
    try:
        _refuse_deleted_folder()
        # In standalone mode click would print the errors itself and end the process.
        code = group.main([*words], prog_name="jianbao", standalone_mode=False)
    except click.ClickException as error:
        try:
            error.show()
        except OSError:
            redirect_to_null(sys.stderr)
        return error.exit_code
    except click.Abort as error:
        return _TERMINATED if isinstance(error.__cause__, Terminated) else _INTERRUPTED
    except Exception as error:
        # Imported here: a command that succeeds does not need these modules.
        from jianbao_tex.cli.files import STANDARD_OUTPUT, OutputRefused
        from jianbao_tex.cli.findings import show
        from jianbao_tex.errors import JianbaoError, reason_of
        from jianbao_tex.findings import Where

        if isinstance(error, OSError) and error.filename is None:
            # Help and version are click's own to print.
            redirect_to_null(sys.stdout)
            reason = reason_of(error)
            error = OutputRefused(STANDARD_OUTPUT.at(Where("stdout"), reason=reason))
        if not isinstance(error, JianbaoError):
            raise
        show(error.findings)
        return error.exit_code
    # --help and --version return the exit code of click, commands return nothing.
    return code if isinstance(code, int) else 0
