"""The same labels under other names: does a model that reads labels read them, or know them?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..data.trees.paths import key
from ..types import CharSpan, LabelSpec, Schema

GIVEN = "as given"
NAMES = "names alone"
SYNONYMS = "synonyms as names"
SHUFFLED = "names shuffled"
SHUFFLED_ALONE = "names shuffled, alone"


@dataclass(frozen=True)
class Way:
    """One way to ask for labels.

    name: of the way. schema: to ask with. label_of: the label that is meant, by the id asked for.
    changed: the labels whose name is another one than theirs.
    """

    name: str
    schema: Schema
    label_of: Mapping[str, str]
    changed: tuple[str, ...] = ()

    def meant(self, spans: Iterable[CharSpan]) -> list[CharSpan]:
        """Predicted spans, with the labels that are meant."""
        return [replace(one, label=self.label_of.get(one.label, one.label)) for one in spans]


def ways(schema: Schema, seed: int = 0) -> list[Way]:
    """Ways to ask for the same labels, the first as it is.

    "names alone" without definitions and synonyms; "synonyms as names", where a label has one,
    with its definition and nothing else that it is called; "names shuffled": each label called as
    another one, with its own definition, and "alone" without: a control, in which a model that
    reads names fails. Those without definitions are only there where some labels have definitions.
    Source: UniversalNER paraphrases labels; the control is ours.
    """
    labels = list(schema)
    found = [_way(GIVEN, labels, labels)]
    defined = any(label.description for label in labels)
    if defined:
        found.append(_way(NAMES, labels, [LabelSpec(label.id) for label in labels]))
    paraphrased = _paraphrased(labels)
    if paraphrased != labels:
        found.append(_way(SYNONYMS, labels, paraphrased))
    if len(labels) > 1:
        others = _shuffled(labels, seed)
        found.append(_way(SHUFFLED, labels, others))
        if defined:
            found.append(_way(SHUFFLED_ALONE, labels, [LabelSpec(one.id) for one in others]))
    return found


def _way(name: str, labels: Sequence[LabelSpec], asked: Sequence[LabelSpec]) -> Way:
    pairs = list(zip(labels, asked, strict=True))
    changed = tuple(label.id for label, other in pairs if label.id != other.id)
    return Way(name, Schema(tuple(asked)), {other.id: own.id for own, other in pairs}, changed)


def _paraphrased(labels: Sequence[LabelSpec]) -> list[LabelSpec]:
    """Each under its first synonym that is no name of another."""
    taken = {key(label.name) for label in labels}
    found = []
    for label in labels:
        free = (one.strip() for one in label.synonyms if one.strip() and key(one) not in taken)
        synonym = next(free, "")
        taken.add(key(synonym))
        found.append(LabelSpec(synonym, label.description) if synonym else label)
    return found


def _shuffled(labels: Sequence[LabelSpec], seed: int) -> list[LabelSpec]:
    """None keeps its name: in a random order each gets that of the next."""
    order = np.random.default_rng(seed).permutation(len(labels))
    giver = dict(zip(order, np.roll(order, 1), strict=True))
    return [
        replace(labels[giver[at]], description=label.description) for at, label in enumerate(labels)
    ]
