"""The group `cascade`: its commands."""

import typer

from ...options.names import OptionNamingCommand
from .apply import apply
from .rows import rows
from .train import train
from .tree import convert

app = typer.Typer(
    name="cascade",
    help="Find spans of any type, then classify them from coarse to fine in a tree of labels.",
    no_args_is_help=True,
)
for name, command in (("tree", convert), ("train", train), ("apply", apply), ("rows", rows)):
    app.command(name, cls=OptionNamingCommand)(command)
