"""The command ``jianbao``: one file per command, each loaded when it is called."""

from __future__ import annotations

import importlib

import click

from jianbao_tex import __version__

COMMANDS = ("build", "check", "doctor", "layouts", "tex")


class _Commands(click.Group):
    """The commands by name; a module of this folder has the command of its own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"jianbao_tex.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Runs a command; what a user can act on is shown, with the exit code of its family."""
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except Exception as wrong:
            # Named late: no command that succeeds at once needs these modules.
            from jianbao_tex.cli.reports import show
            from jianbao_tex.errors import JianbaoError

            if not isinstance(wrong, JianbaoError):
                raise
            for finding in wrong.findings:
                show(finding)
            ctx.exit(wrong.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jianbao")
def main() -> None:
    """
    Typeset Chinese work bulletins (工作简报) from YAML.

    Exit codes: 0 done, 1 the issue has errors, 2 usage, 3 TeX failed, 4 a check refused,
    5 a plugin is broken, 6 a tool or font is missing, 7 a limit was hit, 8 some of several
    issues failed.
    """
