"""Which types are alike by what they are called and how they are defined (ours)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...synthesis.retrieval.embed import Embed, unit_vectors
from ..type_labels import plain_key

# Cosines of all-MiniLM-L6-v2, from the 391 types of Pile-NER with the definitions of SLIMER: of
# their 76,245 pairs 6 are alike by these, all of them synonyms ("drug", "medication").
NAMES, DEFINED = 0.7, 0.82  # of names, and of "name: definition", where both have one
NAMES_ALONE = 0.85  # where one has none
SUPPOSED = 0.65  # of types that a language model groups; 155 of the pairs may be such
_AT_ONCE = 1024


@dataclass(frozen=True)
class Known:
    """What is known of n types. names: each. defined: "name: definition", or the name alone.

    name_vectors, vectors: (n, d) of both, of length 1.
    """

    names: Sequence[str]
    has_definition: np.ndarray
    name_vectors: np.ndarray
    vectors: np.ndarray


def known(names: Sequence[str], definitions: Sequence[str], embed: Embed) -> Known:
    texts = [f"{n}: {d}" if d else n for n, d in zip(names, definitions, strict=True)]
    by_name = unit_vectors(embed, names)
    return Known(
        names, np.array([bool(d) for d in definitions]), by_name, unit_vectors(embed, texts)
    )


def alike(types: Known) -> Iterator[tuple[int, int]]:
    """Pairs that are the same by name and definition, without a language model, the surest first.

    Types one of which is called as the other with a word more ("device", "medical device") are
    none: most of these are kinds of the other.
    """
    found: list[tuple[float, int, int]] = []
    for at in range(0, len(types.names), _AT_ONCE):
        rows = slice(at, at + _AT_ONCE)
        names = types.name_vectors[rows] @ types.name_vectors.T
        both = types.has_definition[rows][:, None] & types.has_definition
        likeness = types.vectors[rows] @ types.vectors.T
        near = np.where(both, (names >= NAMES) & (likeness >= DEFINED), names >= NAMES_ALONE)
        score = np.where(both, likeness, names).round(5)
        for i, j in zip(*np.nonzero(near), strict=True):
            if at + i < j and not _is_within(types.names[at + i], types.names[j]):
                found.append((-float(score[i, j]), at + int(i), int(j)))
    return ((i, j) for _, i, j in sorted(found))


def may_be_synonyms(types: Known, i: int, j: int) -> bool:
    """Whether two types that a language model takes for synonyms are near enough."""
    both = types.has_definition[i] and types.has_definition[j]
    vectors = types.vectors if both else types.name_vectors
    return float(vectors[i] @ vectors[j]) >= SUPPOSED


def _is_within(first: str, second: str) -> bool:
    one, other = (set(plain_key(name).split(" ")) for name in (first, second))
    return one <= other or other <= one
