"""What a file that a command wrote does not hold, said on stderr."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...shown import shown_in_line
from .say import say

if TYPE_CHECKING:
    from spacy.language import Language

    from ...data.losses import Target
    from ...types import Reject, Sample


def tell_losses(
    samples: "Sequence[Sample]",
    path: Path,
    format: str | None = None,
    pipeline: "Callable[[], Language] | None" = None,
) -> None:
    """Say once what the file could not keep of the samples written there; nothing if all is.

    pipeline: gives what cut their texts into tokens; called for columns alone.
    """
    from ...data.losses import not_kept
    from ...data.read import format_to_write

    target: Target = "geic" if format == "geic" else format_to_write(samples, path, format)
    lost = not_kept(samples, target, pipeline() if pipeline and target == "conll" else None)
    if lost:
        say(lost, err=True)


def tell_left_out(rejects: "Sequence[Reject]") -> None:
    """A line for each reason, with the first that was left out for it."""
    for reason, count in Counter(reject.reason for reject in rejects).most_common():
        first = next(one.detail for one in rejects if one.reason == reason)
        say(shown_in_line(f"{count} left out: {reason}, such as {first}"), err=True)
