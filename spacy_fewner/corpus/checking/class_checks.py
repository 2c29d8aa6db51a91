"""Checks of single samples that have classes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from ...data.auditing.leakage import KnownTexts
from ...data.classes.labels import chosen, held
from ...data.trees.paths import is_within
from ...errors import FewnerError
from ...types import Sample, Schema
from .chain import Outcome, examine_each, examine_with, reject
from .sample_checks import SchemaCheck

Probabilities: TypeAlias = Callable[[Sequence[Sample]], Sequence[Mapping[str, float]]]
"""Samples -> for each the calibrated probability of every class."""


@dataclass(frozen=True)
class ClassCheck:
    """A text, and classes of the schema: its ids, or else, in any case, names and synonyms of one.

    exclusive: exactly one class holds (of those in line in a tree the deepest counts); else one or
    more. Classes that are not declared and do not hold are dropped.
    """

    schema: Schema
    exclusive: bool
    name: str = "classes"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    @cached_property
    def _labels(self) -> SchemaCheck:
        return SchemaCheck(self.schema)

    def _examine(self, sample: Sample) -> Outcome:
        if not sample.text.strip():
            return reject(sample, "no text", repr(sample.text[:20]), self.name)
        ids = {name: self._labels.id_of(name) for name in sample.cats}
        unknown = [name for name in held(sample) if ids[name] is None]
        if unknown:
            return reject(sample, "unknown class", unknown[0], self.name)
        cats = {label: sample.cats[name] for name, label in ids.items() if label is not None}
        sample = replace(sample, cats=cats)
        found = chosen(sample)
        if not found:
            return reject(sample, "no class", ", ".join(cats), self.name)
        if self.exclusive and len(found) > 1:
            return reject(sample, "several classes", ", ".join(found), self.name)
        return sample


@dataclass(frozen=True)
class OtherClassCheck:
    """Rejects what is nearly an example of other classes than its own ("near another class").

    gold: the examples, which prompts show for contrast. max_edits: words that may differ; one
        alone, since short texts of two classes may share all the rest but two.
    """

    gold: Sequence[Sample]
    max_edits: int = 1
    name: str = "other class"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        texts: defaultdict[frozenset[str], list[str]] = defaultdict(list)
        for sample in self.gold:
            texts[frozenset(held(sample))].append(sample.text)
        known = {ids: KnownTexts(own, self.max_edits) for ids, own in texts.items()}

        def examine(sample: Sample) -> Outcome:
            own = held(sample)
            for ids, others in known.items():
                leak = None if any(_is_part(one, own) for one in ids) else others.find(sample.text)
                if leak:
                    detail = f"{', '.join(sorted(ids))}: {texts[ids][leak.other][:60]!r}"
                    return reject(sample, "near another class", detail, self.name)
            return sample

        return examine_each(outcomes, examine)


@dataclass(frozen=True)
class ClassAgreementCheck:
    """Rejects a text of which the model is sure that it has a class that it was not written for
    ("model says another class").

    probabilities: of a model that was not trained on these samples. sure: from which its word
        counts. Source: ours, for the step "filter by agreement" of the loop.
    """

    probabilities: Probabilities
    sure: float = 0.9
    name: str = "agreement"

    def __post_init__(self) -> None:
        if not 0.5 <= self.sure <= 1:
            rule, remedy = "must lie in [0.5, 1]", "Leave it out for 0.9."
            raise FewnerError("ClassAgreementCheck.sure", rule, self.sure, remedy)

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_with(outcomes, self.probabilities, self._examine)

    def _examine(self, sample: Sample, probabilities: Mapping[str, float]) -> Outcome:
        for label, score in probabilities.items():
            if score >= self.sure and not _is_part(label, held(sample)):
                own = ", ".join(held(sample))
                detail = f"{label} with {score:.2f}, not {own}"
                return reject(sample, "model says another class", detail, self.name)
        return sample


def _is_part(label: str, classes: Sequence[str]) -> bool:
    """Whether it is one of the classes, or above or below one of them in a tree."""
    return any(is_within(label, one) or is_within(one, label) for one in classes)
