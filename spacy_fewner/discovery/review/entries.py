"""What a review file says, entry by entry."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """A type or a field as a person left it.

    labels: of the annotations that follow it. merge_into: the name of another entry, "" for none.
    where: file and line, for messages.
    """

    name: str
    definition: str = ""
    synonyms: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    fields: tuple["Entry", ...] = ()
    merge_into: str = ""
    drop: bool | None = None
    where: str = field(default="review", compare=False)


@dataclass(frozen=True)
class Review:
    """entries: the types, in order. where: the file."""

    entries: tuple[Entry, ...]
    where: str = field(default="review", compare=False)
