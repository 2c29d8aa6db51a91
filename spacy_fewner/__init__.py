"""Few-shot named entity recognition for spaCy: from ten examples a label to a pip wheel."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fitting.run import fit

__version__ = "0.1.0"
__all__ = ["__version__", "fit"]


def __getattr__(name: str) -> Any:
    # Lazy, since spaCy imports this package through its entry points in every spacy.blank().
    if name == "fit":
        from .fitting.run import fit

        return fit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
