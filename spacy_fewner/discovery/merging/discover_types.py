"""One schema out of many annotated documents: types told apart, collected and merged."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...llm.client import Client
from ...synthesis.retrieval.embed import Embed
from ...types import Reject, Sample
from ..collect import Collected, collect, counted, document_id
from ..found_types import FoundType, Types
from ..mentions_shown import shown_mentions
from ..type_labels import field_of, plain_key, type_of
from .central import Remembered, central
from .relabel import with_plain_labels
from .split_other import split_other
from .synonyms import Candidate, group_synonyms
from .tell_apart import tell_apart


def discover_types(
    samples: Iterable[Sample], embed: Embed, client: Client | None = None, language: str = "en"
) -> Types:
    """The types of samples whose labels nobody agreed on (see `FoundType` for what a type is).

    samples: with labels "type" and "type/field", and their documents' own `meta["guidelines"]`.
    embed: texts -> vectors; the thresholds are those of all-MiniLM-L6-v2.
    client: groups synonyms and names the types of mentions of "other"; without it only what is
        called almost the same and defined alike is merged.
    language: of the documents, as spaCy has it ("de"); types are English.

    One name that documents define in different ways becomes two types (`tell_apart`), mentions of
    catch-alls get real types (`split_other`), and synonyms one type (`group_synonyms`) with the
    most central of their definitions.
    """
    vectors = Remembered(embed)
    plain = [with_plain_labels(sample) for sample in samples]
    named = len({type_of(label) for label in collect(plain)})
    told, apart = tell_apart(plain, vectors)
    split = split_other(told, vectors, client, language)
    found = collect(split.samples)
    schema = _Schema(found, split.samples, vectors)
    types, rejects = schema.types(apart, client)
    documents = len({document_id(sample) for sample in split.samples})
    rejects = (*split.rejects, *rejects)
    return Types(types, split.samples, documents, named, apart, dict(split.counts), rejects)


@dataclass
class _Schema:
    """Labels of the samples on their way to types."""

    found: Mapping[str, Collected]
    samples: Sequence[Sample]
    embed: Embed

    def types(
        self, apart: Mapping[str, Sequence[str]], client: Client | None
    ) -> tuple[tuple[FoundType, ...], tuple[Reject, ...]]:
        """The most frequent first; and replies that could not be used."""
        by_name = _by_plain_name(label for label in self.found if not field_of(label))
        families = {one: plain_key(label) for label, several in apart.items() for one in several}
        grouped = group_synonyms(
            [self._candidate(labels, families) for labels in by_name], self.embed, client
        )
        below: defaultdict[str, list[str]] = defaultdict(list)
        for label in self.found:
            if field_of(label):
                below[type_of(label)].append(label)
        types = []
        for group in grouped.groups:
            labels = [label for number in group for label in by_name[number]]
            fields = self._fields([field for label in labels for field in below[label]])
            types.append(self._found(labels, fields))
        return tuple(sorted(types, key=_rank)), tuple(grouped.rejects)

    def _fields(self, labels: Sequence[str]) -> tuple[FoundType, ...]:
        """Of one type."""
        by_name = _by_plain_name(labels, field_of)
        grouped = group_synonyms([self._candidate(one, {}) for one in by_name], self.embed)
        groups = ([label for n in group for label in by_name[n]] for group in grouped.groups)
        return tuple(sorted((self._found(group) for group in groups), key=_rank))

    def _candidate(self, labels: Sequence[str], families: Mapping[str, str]) -> Candidate:
        one = self._found(labels, shown=False)
        surfaces = [text for label in labels for text in self.found[label].surfaces(self.samples)]
        family = next((families[label] for label in labels if label in families), "")
        return Candidate(one.name, one.definition, one.mentions, surfaces, family)

    def _found(
        self, labels: Sequence[str], fields: tuple[FoundType, ...] = (), shown: bool = True
    ) -> FoundType:
        order = sorted((self.found[label] for label in labels), key=lambda one: -len(one.places))
        names = [field_of(one.label) or one.label for one in order]
        definitions = sum((one.definitions for one in order), Counter[str]())
        mentions, documents = counted(order)
        return FoundType(
            names[0],
            tuple(one.label for one in order),
            central(definitions, self.embed),
            _synonyms(names),
            mentions,
            documents,
            shown_mentions(order, self.samples) if shown else (),
            fields,
        )


def _by_plain_name(labels: Iterable[str], name: Callable[[str], str] = str) -> list[list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        groups[plain_key(name(label))].append(label)
    return list(groups.values())


def _synonyms(names: Sequence[str]) -> tuple[str, ...]:
    """Names but the first that differ from it, and from each other, in more than form."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(plain_key(name), name)
    return tuple(by_key.values())[1:]


def _rank(one: FoundType) -> tuple[int, str]:
    return (-one.mentions - sum(below.mentions for below in one.fields), one.name)
