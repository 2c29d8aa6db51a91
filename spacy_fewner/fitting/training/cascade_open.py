"""Labels of a cascade's tree that have no example: found by what they mean, where that can be."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from ...data.trees.paths import lineage
from ...data.trees.tree import LabelTree
from ...spans.open import SHIPPED
from ...types import Sample
from ..start import misfit
from .settings import MEASURED, SCRATCH, FitSettings

if TYPE_CHECKING:
    from spacy.language import Language

Finish: TypeAlias = "Callable[[Language], None]"


def opening(
    tree: LabelTree, samples: Sequence[Sample], settings: FitSettings
) -> "tuple[Finish | None, str]":
    """What is done with a trained cascade so that it finds labels without examples, and what is to
    be said of them, for people; None and why not, where nothing can be done."""
    from ...cascade.open_labels import add_open_labels

    seen = {step for one in samples for span in one.targets for step in lineage(span.label)}
    unseen = [leaf for leaf in tree.leaves if leaf not in seen and leaf not in tree.catch_alls]
    if not unseen:
        return None, ""
    start = SHIPPED if settings.start in (MEASURED, SCRATCH) else settings.start
    told = f"{len(unseen)} of {len(tree.leaves)} labels have no example"
    reason = misfit(settings, str(start))
    if reason:
        return None, f"{told} and are hardly found; {reason}"
    return partial(add_open_labels, start=start), f"{told}; they are found by what they mean"
