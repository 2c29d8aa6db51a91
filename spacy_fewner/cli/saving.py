"""Writing samples from a command: what the file cannot hold is said."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ..data.losses import Target
    from ..types import Sample


def save(samples: "Sequence[Sample]", path: Path, format: str | None = None, **how: Any) -> None:
    """As `write_samples`; says once, on stderr, what is not kept."""
    from ..data import write_samples

    write_samples(samples, path, format, **how)  # type: ignore[arg-type]
    tell_losses(samples, path, format)


def tell_losses(samples: "Sequence[Sample]", path: Path, format: str | None = None) -> None:
    from ..data.losses import not_kept
    from ..data.read import format_of

    target: Target = "geic" if format == "geic" else format_of(path, format)
    lost = not_kept(samples, target)
    if lost:
        typer.echo(lost, err=True)
