"""Thresholds that were picked on held-out text, put into a pipeline."""

from typing import TYPE_CHECKING

from ..evaluation.thresholds import Thresholds

if TYPE_CHECKING:
    from spacy.language import Language


def set_thresholds(nlp: "Language", thresholds: Thresholds) -> None:
    """Set them, and the rule of nesting that they were picked with, on the pipeline's `fewner`."""
    from ..spans.component import labeller_of

    component = labeller_of(nlp)
    component.threshold = thresholds.global_threshold
    component.label_thresholds = dict(thresholds.per_label)
    component.nesting = thresholds.nesting
