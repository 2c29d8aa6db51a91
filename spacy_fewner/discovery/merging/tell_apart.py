"""One name for two things: types that documents define in different ways are told apart."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...synthesis.retrieval.embed import Embed, unit_vectors
from ...types import Sample
from ..collect import defined_in
from ..type_labels import field_of, plain_key
from .relabel import with_types

# Of two definitions. With all-MiniLM-L6-v2, 88 % of 25 pairs of homonyms ("organ", "pitch") lie
# below, and 4 % of 619 pairs of definitions that different data sets give one name.
APART = 0.3
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Senses:
    """What the labels of one plain name mean.

    definitions: definition -> number of its sense, 0 for the most frequent. words: of each sense
    from 1 on, what tells it from the others.
    """

    definitions: dict[str, int]
    words: tuple[str, ...]


def tell_apart(
    samples: Sequence[Sample], embed: Embed, apart: float = APART
) -> tuple[list[Sample], dict[str, tuple[str, ...]]]:
    """Samples in which a type's label means one thing; and the labels that meant several, each with
    those that stand for it now.

    apart: definitions with a cosine below it mean different things. The most frequent meaning keeps
    the name, and so do documents that do not define it; others get a word of their definition:
    "organ (body)".
    """
    senses = _senses(samples, embed, apart)
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    told = []
    for sample in samples:
        names = {}
        for label, definition in defined_in(sample.meta):
            several = senses.get(plain_key(label)) if not field_of(label) else None
            if several:
                names[label] = _called(label, several, definition)
                found[label] |= {label: None, names[label]: None}
        told.append(with_types(sample, names) if names else sample)
    return told, {label: tuple(names) for label, names in found.items() if len(names) > 1}


def _called(label: str, senses: Senses, definition: str) -> str:
    number = senses.definitions.get(definition, 0)
    return f"{label} ({senses.words[number - 1]})" if number else label


def _senses(samples: Sequence[Sample], embed: Embed, apart: float) -> dict[str, Senses]:
    """By plain name; those with one meaning are left out."""
    by_key: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        for label, definition in defined_in(sample.meta):
            if definition and not field_of(label):
                by_key[plain_key(label)][definition] += 1
    several = {key: counts for key, counts in by_key.items() if len(counts) > 1}
    found = {key: _grouped(key, counts, embed, apart) for key, counts in several.items()}
    return {key: senses for key, senses in found.items() if senses is not None}


def _grouped(key: str, counts: Counter[str], embed: Embed, apart: float) -> Senses | None:
    """Each definition goes to the most alike of the groups before it, or begins one."""
    order = sorted(counts, key=lambda one: (-counts[one], one))
    vectors = dict(zip(order, unit_vectors(embed, order), strict=True))
    leaders: list[str] = []
    members: dict[str, str] = {}
    for one in order:
        likeness = [float(vectors[one] @ vectors[leader]) for leader in leaders]
        near = bool(leaders) and max(likeness) >= apart
        members[one] = leaders[int(np.argmax(likeness))] if near else one
        leaders += [] if near else [one]
    if len(leaders) == 1:
        return None
    weight = Counter({leader: 0 for leader in leaders})
    for one, leader in members.items():
        weight[leader] += counts[one]
    ranked = sorted(leaders, key=lambda one: (-weight[one], order.index(one)))
    numbers = {one: ranked.index(leader) for one, leader in members.items()}
    return Senses(numbers, tuple(_words(key, ranked, vectors, embed)))


def _words(
    name: str, leaders: Sequence[str], vectors: Mapping[str, np.ndarray], embed: Embed
) -> list[str]:
    """For each leader but the first a word that it alone has: most like it, least like others."""
    from spacy.lang.en.stop_words import STOP_WORDS

    words = [dict.fromkeys(_WORD.findall(one.casefold())) for one in leaders]
    chosen: list[str] = []
    for at, leader in enumerate(leaders[1:], start=1):
        others = {word for n, several in enumerate(words) if n != at for word in several}
        no = others | set(name.split(" ")) | set(chosen) | STOP_WORDS
        own = [word for word in words[at] if word not in no]
        if own:
            rest = np.mean([vectors[one] for one in leaders if one != leader], axis=0)
            likeness = unit_vectors(embed, own) @ (vectors[leader] - rest)
            chosen.append(own[int(likeness.round(5).argmax())])
        else:
            chosen.append(str(at + 1))
    return chosen
