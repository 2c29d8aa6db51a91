"""How well a model answers rows that it has not seen: by generation, as it will be asked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import check_number
from ...evaluation.scores import PRF
from ...llm.chat_rows import ChatRow
from ...llm.client import Client
from ...llm.types import LanguageModel, Prompt, Reply
from .reading import Task, task_of

OPENING = 3  # turns of a conversation before its first question


@dataclass(frozen=True)
class Answered:
    """Of the rows of one task.

    counts: what `scores` counts, such as "spans". answers: how many were asked for. unusable: of
    them, those that could not be read, or never came; their items are missed.
    """

    counts: str
    answers: int
    unusable: int
    scores: PRF


@dataclass(frozen=True)
class Measured:
    """By task, as rows name it."""

    tasks: Mapping[str, Answered]

    @property
    def f(self) -> float:
        """F1 of all items together, in [0, 1]."""
        return sum((one.scores for one in self.tasks.values()), PRF()).f


def measure(
    model: LanguageModel, rows: Sequence[ChatRow], limit: int | None = None, seed: int = 0
) -> Measured:
    """Ask for every answer to learn, and compare what is read from it with what the row says.

    A question of a conversation is asked alone, behind its passage, as the served model gets it; of
    other rows the turns before the answer are asked. limit: of rows, drawn at random.
    Strict: a span counts if its place and type are right (ours; of listed strings all
    occurrences count, as the questions do not say which).
    """
    if limit is not None:
        check_number("limit", limit, least=1, whole=True)
    asked = list(_asked(_drawn(rows, limit, seed)))
    replies = Client(model).complete(prompt for _, _, prompt in asked)
    found: dict[str, list[tuple[Task, bool, PRF]]] = {}
    for (row, at, _), reply in zip(asked, replies, strict=True):
        name, task = str(row.meta.get("task", "other")), task_of(row)
        found.setdefault(name, []).append((task, *_compared(task, row, at, reply)))
    return Measured({name: _together(one) for name, one in found.items()})


def _drawn(rows: Sequence[ChatRow], limit: int | None, seed: int) -> Sequence[ChatRow]:
    if limit is None or len(rows) <= limit:
        return rows
    chosen = np.random.default_rng(seed).choice(len(rows), limit, replace=False)
    return [rows[at] for at in sorted(chosen)]


def _asked(rows: Sequence[ChatRow]) -> Iterator[tuple[ChatRow, int, Prompt]]:
    for row in rows:
        for at in row.learnt:
            yield row, at, Prompt(_turns(row, at))


def _turns(row: ChatRow, at: int):
    if row.meta.get("task") == "conversation":
        return (*row.messages[:OPENING], row.messages[at - 1])
    return row.messages[:at]


def _compared(task: Task, row: ChatRow, at: int, reply: Reply) -> tuple[bool, PRF]:
    """Whether the answer is of use, and what of it is right."""
    gold = task.read(row, at, row.messages[at].content) or frozenset()
    read = None if reply.error else task.read(row, at, reply.text)
    said = read or frozenset()
    right = len(gold & said)
    return read is not None, PRF(right, len(said) - right, len(gold) - right)


def _together(found: Sequence[tuple[Task, bool, PRF]]) -> Answered:
    useful = Counter(is_useful for _, is_useful, _ in found)
    scores = sum((one for _, _, one in found), PRF())
    return Answered(found[0][0].counts, len(found), useful[False], scores)
