"""Types as many documents have them together: what a person gets to see and edit."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..types import PATH_SEPARATOR, Reject, Sample


@dataclass(frozen=True, slots=True)
class FoundType:
    """A type, or a field of one.

    labels: those of the samples that mean it, the most frequent first; a field's begin with that of
        a type ("organ/year built").
    definition: the most central of those that documents give; "" if none does.
    synonyms: what else it is called.
    mentions, documents: how many.
    shown: two or three sentences with a mention in brackets.
    fields: of a type; a field has none.
    """

    name: str
    labels: tuple[str, ...]
    definition: str = ""
    synonyms: tuple[str, ...] = ()
    mentions: int = 0
    documents: int = 0
    shown: tuple[str, ...] = ()
    fields: tuple["FoundType", ...] = ()


@dataclass(frozen=True)
class Types:
    """One schema out of many documents.

    types: the most frequent first.
    samples: with labels that mean one thing each: those of types that documents define in different
        ways are told apart, and mentions of "other" are of the type that they belong to.
    documents: how many there are.
    named: how many types the documents name, before any were merged.
    told_apart: labels with more than one meaning, each with those that stand for it now.
    taken_apart: how many mentions of catch-alls got which label.
    rejects: replies that could not be used, where a language model was asked.
    """

    types: tuple[FoundType, ...]
    samples: list[Sample]
    documents: int = 0
    named: int = 0
    told_apart: dict[str, tuple[str, ...]] = field(default_factory=dict)
    taken_apart: dict[str, int] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()

    def __iter__(self) -> Iterator[FoundType]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    @property
    def mentions(self) -> int:
        return sum(one.mentions + sum(below.mentions for below in one.fields) for one in self)

    def to_text(self) -> str:
        """A line or two for people."""
        lines = [f"{len(self)} types of {self.named} named, {self.mentions} mentions"]
        if self.told_apart:
            names = ", ".join(sorted(self.told_apart))
            lines.append(f"{len(self.told_apart)} mean more than one thing: {names}")
        if self.taken_apart:
            lines.append(f"{sum(self.taken_apart.values())} mentions of catch-alls have a type now")
        return "\n".join(lines)


def path(kind: str, below: str) -> str:
    return kind + PATH_SEPARATOR + below
