"""Gold text that came back from a stage with extension spans (KnowFREE): it is no copy of gold, and
takes the place of what it was made of."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...types import CharSpan, Sample


class ExtendedGold:
    """Whether a sample is a gold text with its target spans, and extension spans besides."""

    def __init__(self, gold: Iterable[Sample]):
        self._known = set(map(_unextended, gold))

    def __call__(self, sample: Sample) -> bool:
        return len(sample.targets) < len(sample.spans) and _unextended(sample) in self._known


def with_extended(
    gold: Sequence[Sample], made: Sequence[Sample]
) -> tuple[list[Sample], list[Sample]]:
    """Gold, each sample in its extended form if one was made; and what else was made."""
    extended = ExtendedGold(gold)
    forms = {_unextended(sample): sample for sample in made if extended(sample)}
    others = [sample for sample in made if not extended(sample)]
    return [forms.get(_unextended(sample), sample) for sample in gold], others


def without_extensions(samples: Iterable[Sample]) -> list[Sample]:
    """The samples with their target spans alone."""
    return [replace(one, spans=tuple(one.targets)) for one in samples]


def _unextended(sample: Sample) -> tuple[str, frozenset[CharSpan]]:
    return sample.text, frozenset(sample.targets)
