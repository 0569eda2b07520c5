"""stub"""

import click


@click.command("x")
def command():
    pass
