"""The one way in which commands print."""

import typer

from ...shown import shown


def say(text: str, err: bool = False) -> None:
    """Print it, whatever data is in it: no character of it steers the terminal."""
    typer.echo(shown(text), err=err)
