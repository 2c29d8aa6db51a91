"""`review`: carry out what a person wrote into the review file of discovered types."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import shared as options
from ...options.names import called
from ...options.say import say


def review(
    folder: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="The folder that `discover` wrote.", show_default=False),
    ],
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Another review file.", show_default="review.yaml in OUT"
        ),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Carry out the edits in review.yaml; texts follow.

    Writes into OUT: train.jsonl, the annotated texts; schema.jsonl and tree.yaml, the labels and
    what they mean; labels.json, spaCy's label data. What was found at first is kept, so edit and
    run this again as often as you like.
    """
    from ....discovery.apply_review import apply_review

    with called(folder="OUT"):
        reviewed = apply_review(folder, review)
    if not quiet:
        say(reviewed.to_text())
        say(f"written  {folder}")
