"""pgwallet version: print the version."""

import click

from gateway import __version__


@click.command()
def version() -> None:
    """Print the version.

    \b
    Examples:
      pgwallet version
    """
    click.echo(__version__)
