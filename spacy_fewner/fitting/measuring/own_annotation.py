"""Text that a model annotated, as a split's own model annotates it.

The model that annotated it was trained on all examples, those that the split holds out too, and
what it says of other text tells of them. So each split's own model annotates the text anew, as the
first model will have done for the last one. Ours.
"""

from collections.abc import Sequence
from dataclasses import replace

from ...synthesis.provenance import ancestors, sample_id, went_through
from ...types import CharSpan, Sample, is_extension
from ..task import Task
from .validation import HeldOut, Split, choose_thresholds, splits

STAGE = "annotate"


def splits_to_measure(task: Task) -> list[Split]:
    """The task's splits, each with the texts that its model is to annotate anew.

    With a dev set there are none: no model was trained on that.
    """
    pairs = splits(task.samples, task.dev, task.settings)
    more = [] if task.dev else _of_a_model(task.synthetic)
    return [replace(split, more=more) for split in pairs]


def own_annotation(
    task: Task, split: Split, held_out: HeldOut, others: Sequence[HeldOut]
) -> list[Sample]:
    """The task's synthetic texts, those of a model with the spans that the split's model found.

    held_out: what that model says. others: what those of the other splits say, to pick thresholds.
    Texts about an example that is held out are left out.
    """
    texts = _untold(task.synthetic, split)
    if not held_out.more:
        return texts
    thresholds = choose_thresholds(others, task.labels, task.nested)
    found = held_out.predicted_in_more(thresholds, task.nested)
    spans_of = dict(zip(map(id, _of_a_model(task.synthetic)), found, strict=True))
    return [_with_spans(one, spans_of[id(one)]) if id(one) in spans_of else one for one in texts]


def _of_a_model(synthetic: Sequence[Sample]) -> list[Sample]:
    return [one for one in synthetic if went_through(one, STAGE)]


def _with_spans(sample: Sample, spans: Sequence[CharSpan]) -> Sample:
    kept = [span for span in sample.spans if is_extension(span.label)]
    return replace(sample, spans=(*spans, *kept))


def _untold(synthetic: Sequence[Sample], split: Split) -> list[Sample]:
    """Without texts about a held-out example that a model annotated."""
    held_out = set(map(sample_id, split.held_out))
    return [
        sample
        for sample in synthetic
        if not (went_through(sample, STAGE) and ancestors(sample) & held_out)
    ]
