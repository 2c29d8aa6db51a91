"""What flows through the project: text with labelled character spans, and label schemes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .errors import FewnerError

PATH_SEPARATOR = "/"
EXTENSION_PREFIX = "ext/"  # of labels that are trained on and never predicted (KnowFREE)
ENTITY = "entity"  # the label of spans whose type is not known
WORD = "WORD"  # the label of the words of a segmented text


def is_extension(label: str) -> bool:
    """Whether a label only helps training, and is never predicted."""
    return label.startswith(EXTENSION_PREFIX)


@dataclass(frozen=True, slots=True, order=True)
class CharSpan:
    """A labelled piece of text: characters start (inclusive) to end (exclusive)."""

    start: int
    end: int
    label: str
    score: float | None = field(default=None, compare=False)

    def surface(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sample:
    """One annotated text.

    text: the text as it is; every offset refers to it.
    spans: entities, in any order; nested and crossing ones allowed here.
    tokens: (start, end) characters of each token when the source is tokenized
        (CoNLL, DocBin); None when the pipeline's tokenizer decides.
    cats: classes of the whole text with scores in [0, 1]; one holds from 0.5. Empty: the text was
        not annotated for classes. In an annotated text, classes that are not named are 0.
    meta: provenance and anything else worth keeping; must be JSON.
    weight: what the sample's loss is multiplied by (beta of KnowFREE eq 14
        for synthetic text, 1 for gold).
    spans_annotated: whether spans were looked for in the text, so that none means that it has none;
        false of a text that only has classes. True of every sample with spans.
    place: the file and line it was read from ("examples.jsonl:12"), for messages; "" if from none.
    source: what it was read from, to be written back by the writer of the same format with what a
        sample does not hold (other fields, other layers); opaque but for `formats`, which it can be
        written to, and `extras()`, what else it holds; samples are not compared by it.
    """

    text: str
    spans: tuple[CharSpan, ...] = ()
    tokens: tuple[tuple[int, int], ...] | None = None
    cats: dict[str, float] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    weight: float = 1.0
    spans_annotated: bool = True
    place: str = field(default="", compare=False, repr=False)
    source: Any = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.spans:
            object.__setattr__(self, "spans_annotated", True)

    @property
    def targets(self) -> tuple[CharSpan, ...]:
        """The spans to predict: all but extensions."""
        return tuple(span for span in self.spans if not is_extension(span.label))


@dataclass(frozen=True, slots=True)
class Reject:
    """What a stage or a check turned away, so that what goes in equals what comes out.

    reason: one of few fixed phrases, what tables count by ("not json", "not in the text").
    detail: what exactly was wrong, for a person.
    stage: who turned it away.
    text: the text or reply at fault.
    meta: provenance, as of Sample ("calls", "parents").
    """

    reason: str
    detail: str
    stage: str
    text: str = ""
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A label: its id is a path ("person/athlete"), its name what people and models read."""

    id: str
    description: str = ""
    examples: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.id.rsplit(PATH_SEPARATOR, 1)[-1]

    @property
    def parent(self) -> str | None:
        head, _, _ = self.id.rpartition(PATH_SEPARATOR)
        return head or None


@dataclass(frozen=True)
class Schema:
    """The labels in use, in order, ids unique."""

    labels: tuple[LabelSpec, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for label in self.labels:
            if label.id in seen:
                raise FewnerError(
                    "labels", "label ids must be unique", label.id, "Remove or rename one of them."
                )
            seen.add(label.id)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(label.id for label in self.labels)

    def __iter__(self) -> Iterator[LabelSpec]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label_id: object) -> bool:
        return label_id in self.ids

    @classmethod
    def from_samples(cls, samples: Iterable[Sample]) -> "Schema":
        """All labels of the samples' spans but for extensions, sorted."""
        ids = {span.label for sample in samples for span in sample.targets}
        return cls(tuple(LabelSpec(label) for label in sorted(ids)))
