"""What a file that a command wrote does not hold, said on stderr."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .say import say

if TYPE_CHECKING:
    from ...data.losses import Target
    from ...types import Sample


def tell_losses(samples: "Sequence[Sample]", path: Path, format: str | None = None) -> None:
    """Say once what the file could not keep of the samples written there; nothing if all is."""
    from ...data.losses import not_kept
    from ...data.read import format_to_write

    target: Target = "geic" if format == "geic" else format_to_write(samples, path, format)
    lost = not_kept(samples, target)
    if lost:
        say(lost, err=True)
