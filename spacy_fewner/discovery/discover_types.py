"""One schema out of many annotated documents: types collected and merged."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..llm.client import Client
from ..synthesis.retrieval.embed import Embed
from ..types import Sample
from .collect import Collected, collect, counted, document_id
from .found_types import FoundType, Types
from .mentions_shown import shown_mentions
from .type_labels import field_of, plain_key, type_of


def discover_types(samples: Iterable[Sample], embed: Embed, client: Client | None = None) -> Types:
    """The types of samples whose labels nobody agreed on (see `FoundType` for what a type is).

    samples: with labels "type" and "type/field", and their documents' own `meta["guidelines"]`.
    embed: texts -> vectors. client: groups synonyms; without it only what is called almost the same
        and defined alike is merged.
    """
    given = list(samples)
    found = collect(given)
    groups = _by_name([label for label in found if not field_of(label)])
    types = [_type(group, found, given) for group in groups]
    types.sort(key=lambda one: (-_frequency(one), one.name))
    documents = len({document_id(sample) for sample in given})
    named = sum(not field_of(label) for label in found)
    return Types(tuple(types), given, documents, named)


def _frequency(one: FoundType) -> int:
    return one.mentions + sum(below.mentions for below in one.fields)


def _by_name(labels: Iterable[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(plain_key(label), []).append(label)
    return list(groups.values())


def _type(
    labels: Sequence[str], found: Mapping[str, Collected], samples: Sequence[Sample]
) -> FoundType:
    fields = [label for label in found if field_of(label) and type_of(label) in labels]
    groups: dict[str, list[str]] = {}
    for label in fields:
        groups.setdefault(plain_key(field_of(label)), []).append(label)
    below = [_found(group, found, samples) for group in groups.values()]
    below.sort(key=lambda one: -one.mentions)
    return _found(labels, found, samples, tuple(below))


def _found(
    labels: Sequence[str],
    found: Mapping[str, Collected],
    samples: Sequence[Sample],
    fields: tuple[FoundType, ...] = (),
) -> FoundType:
    order = sorted((found[label] for label in labels), key=lambda one: -len(one.places))
    names = list(dict.fromkeys(field_of(one.label) or one.label for one in order))
    definitions: Counter[str] = Counter()
    for one in order:
        definitions.update(one.definitions)
    mentions, documents = counted(order)
    return FoundType(
        names[0],
        tuple(one.label for one in order),
        definitions.most_common(1)[0][0] if definitions else "",
        tuple(names[1:]),
        mentions,
        documents,
        shown_mentions(order, samples),
        fields,
    )
