"""Trained pipelines over many texts: files of any size, several machines, a server."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run import Annotated, annotate

__all__ = ["Annotated", "annotate"]


def __getattr__(name: str) -> Any:
    # Lazy, since commands import from here what costs nothing.
    if name in __all__:
        from . import run

        return getattr(run, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
