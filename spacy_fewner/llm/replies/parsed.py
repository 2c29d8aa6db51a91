"""What every reader gives back."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

EMPTY = "empty reply"
REFUSAL = "refusal"
NO_ITEMS = "no items"
CUT_SHORT = "cut short"
LOOP = "loop"
MAX_REPEATS = 4  # the same item for the fourth time means that the model loops

_REFUSAL = re.compile(
    r"\b(?:I(?:'|\u2019)m sorry|I am sorry|I apologi[sz]e|I can(?:'|\u2019|no)t|I cannot|"
    r"I am unable|I(?:'|\u2019)m unable|As an AI|as a language model)|"
    r"抱歉|对不起|我无法|我不能|作为(?:一个)?(?:AI|人工智能|语言模型)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A piece of a reply that is no item.

    reason: one of few fixed phrases. detail: for a person. source: the piece itself.
    """

    reason: str
    detail: str
    source: str


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Item]):
    """A reply taken apart; each of its lines is in an item, a problem or the prose.

    prose: what stands around items: greetings, headings, fences.
    """

    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    prose: tuple[str, ...] = ()


def explain_nothing(reply: str) -> Problem:
    """Why a reply without any item has none."""
    if not reply.strip():
        return Problem(EMPTY, "", reply)
    if _REFUSAL.search(reply):
        return Problem(REFUSAL, reply.strip()[:120], reply)
    return Problem(NO_ITEMS, reply.strip()[:120], reply)


class Repeats:
    """Counts equal items; true of `loops` once one of them came for the fourth time."""

    def __init__(self) -> None:
        self._counts: dict[Hashable, int] = {}

    def loops(self, item: Hashable) -> bool:
        count = self._counts[item] = self._counts.get(item, 0) + 1
        return count >= MAX_REPEATS
