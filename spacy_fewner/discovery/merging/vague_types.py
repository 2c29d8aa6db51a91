"""Types that say nothing of their mentions: catch-alls, and those that nothing is known of."""

from collections.abc import Mapping, Sequence

from ...synthesis.retrieval.embed import Embed, unit_vectors
from ...types import Sample
from ..collect import Collected, defined_in
from ..type_labels import field_of, is_catch_all, plain_key
from .likeness import NAMES


def vague_types(
    found: Mapping[str, Collected], samples: Sequence[Sample], embed: Embed
) -> frozenset[str]:
    """Catch-alls by name; and types that have no definition although their documents define others,
    and are called as no other type is."""
    types = [label for label in found if not field_of(label)]
    vague = {label for label in types if is_catch_all(label)}
    defined = {plain_key(label) for label in types if found[label].definitions}
    bare = [
        label
        for label in _without_definition(samples)
        if label not in vague and label in found and plain_key(label) not in defined
    ]
    real = [label for label in types if label not in vague and label not in bare]
    if bare and real:
        likeness = unit_vectors(embed, bare) @ unit_vectors(embed, real).T
        vague |= {one for one, row in zip(bare, likeness, strict=True) if row.max() < NAMES}
    return frozenset(vague)


def _without_definition(samples: Sequence[Sample]) -> list[str]:
    """Types of guidelines that define some of their types and not these."""
    found: dict[str, None] = {}
    for sample in samples:
        types = [pair for pair in defined_in(sample.meta) if not field_of(pair[0])]
        if any(definition for _, definition in types):
            found |= {label: None for label, definition in types if not definition}
    return list(found)
