"""What many documents say of each label: mentions, documents, definitions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..synthesis.induction.leaves import NAMING
from ..synthesis.provenance import sample_id
from ..types import PATH_SEPARATOR, CharSpan, Sample
from .type_labels import is_discovered, type_of


@dataclass
class Collected:
    """One label.

    places: number of the sample and span of each mention. documents: ids of those that name it.
    definitions: how many documents define it so.
    """

    label: str
    places: list[tuple[int, CharSpan]] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    definitions: Counter[str] = field(default_factory=Counter)

    def surfaces(self, samples: Sequence[Sample]) -> list[str]:
        """Those of its mentions, the most frequent first, each once."""
        counts = Counter(in_line(span.surface(samples[at].text)) for at, span in self.places)
        return sorted(counts, key=lambda one: (-counts[one], one))


def collect(samples: Sequence[Sample]) -> dict[str, Collected]:
    """By label, those of types before those of their fields; in the order they came."""
    found: dict[str, Collected] = {}

    def about(label: str) -> Collected:
        for above in dict.fromkeys((type_of(label), label)):
            found.setdefault(above, Collected(above))
        return found[label]

    for at, sample in enumerate(samples):
        document = document_id(sample)
        for span in sample.spans:
            if is_discovered(span.label):
                about(span.label).places.append((at, span))
                about(span.label).documents.add(document)
        for label, definition in defined_in(sample.meta):
            about(label).documents.add(document)
            if definition:
                about(label).definitions[definition] += 1
        for label, _ in ungrounded_in(sample.meta):
            about(label).documents.add(document)
    return found


def document_id(sample: Sample) -> str:
    """What tells its document apart: of a passage, the id of the text that it is a piece of."""
    for step in (*sample.meta.get("earlier", ()), sample.meta):
        if step.get("stage") == "passages" and step.get("parents"):
            return str(step["parents"][0])
    return sample_id(sample)


def defined_in(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The labels of a document's own guidelines, each with its definition, "" where it has none."""
    for kind in records(meta.get("guidelines")):
        name = text_of(kind, "name")
        if is_discovered(name):
            yield name, in_line(text_of(kind, "definition"))
            for one in records(kind.get("fields")):
                below = text_of(one, "name")
                if below and below not in NAMING:
                    yield name + PATH_SEPARATOR + below, in_line(text_of(one, "definition"))


def ungrounded_in(meta: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of what a document's reply says and its text does not."""
    found: Any = meta.get("ungrounded")
    pairs = [tuple(one) for one in found if _listed(one)] if _listed(found) else []
    return [
        (pair[0], pair[1])
        for pair in pairs
        if len(pair) == 2 and all(isinstance(one, str) for one in pair) and is_discovered(pair[0])
    ]


def records(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list of JSON; none of anything else."""
    return [one for one in value if isinstance(one, Mapping)] if _listed(value) else []


def text_of(record: Mapping[str, Any], name: str) -> str:
    found = record.get(name)
    return found if isinstance(found, str) else ""


def in_line(text: str) -> str:
    return " ".join(text.split())


def _listed(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def counted(labels: Iterable[Collected]) -> tuple[int, int]:
    """Mentions and documents of several together."""
    several = list(labels)
    documents = {document for one in several for document in one.documents}
    return sum(len(one.places) for one in several), len(documents)
