"""`cascade tree`: a tree of labels from one kind of file to another."""

from pathlib import Path
from typing import Annotated

import typer

from ...options.distinct_files import check_apart
from ...options.say import say


def convert(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A tree (.yaml, .jsonl), GEIC's category.json, or the label data of a spaCy "
            "component (labels/ner.json).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="File to write: .yaml, .jsonl or .json.", show_default=False
        ),
    ],
    form: Annotated[
        str,
        typer.Option(
            help="Of .json: GEIC's categories by levels, which keep definitions, or nested, or "
            "labels for the leaves as spaCy's label data.",
        ),
    ] = "levels",
    separator: Annotated[
        str | None,
        typer.Option(
            help='Between parent and name in label data: "-" for location-GPE.', show_default=False
        ),
    ] = None,
) -> None:
    """Write a tree of labels in another format."""
    from ....data.trees.file import read_tree, write_tree

    check_apart(source, out)
    tree = read_tree(source, separator)
    write_tree(tree, out, form)  # type: ignore[arg-type]
    counts = f"{len(tree)} labels, {len(tree.leaves)} of them leaves, on {tree.depth} levels"
    say(f"a tree of {counts}  {out}")
