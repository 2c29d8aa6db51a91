"""What an answer of a row says, as items that can be counted: spans, strings of types, a choice."""

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ...cascade.asked.answers import LABEL
from ...cascade.asked.marker import Marker, read_marked
from ...cascade.rows.chat_rows import MARKS
from ...data.trees.paths import key
from ...grounding.marked import read_marks
from ...grounding.mentions import Mention, ground
from ...llm.chat_rows import ChatRow
from ...llm.replies.json_lists import bare_list, begun_list
from ...llm.replies.json_reply import read_json
from ...types import ENTITY
from ..answers.python_list import Given, Written, read_instances
from ..rows.row_texts import text_of

Items: TypeAlias = frozenset[Hashable]
Reader: TypeAlias = Callable[[ChatRow, int, str], "Items | None"]
"""(row, index of the answer, its text) -> items, None for an answer of no use."""

MARK = "mark"
_TEXT = re.compile(r"(?:\A|\n)Text: ")


@dataclass(frozen=True, slots=True)
class Task:
    """How answers to a kind of rows are read. counts: what its items are, for people."""

    read: Reader
    counts: str


def task_of(row: ChatRow) -> Task:
    """By the "task" of the row's meta; answers of others must be the same text."""
    named = row.meta.get("task", "")
    return OTHER if named == MARK and MARKS not in row.meta else TASKS.get(named, OTHER)


def _marked(row: ChatRow, at: int, answer: str) -> Items | None:
    """The places of spans in the text, which is the row's own answer without its marks."""
    own = row.messages[at].content
    marker = Marker(*row.meta[MARKS])
    text = read_marks(own, marker.opening, marker.closing, ENTITY).text
    found = read_marked(answer, text, marker)
    if found.failures and not found.spans:
        return None
    return frozenset((span.start, span.end) for span in found.spans)


def _strings(row: ChatRow, at: int, answer: str) -> Items | None:
    """The places in the passage of the strings that a list names, with the type asked about."""
    listed = bare_list(answer)
    if listed is None:
        listed = begun_list(answer)
        if not listed:
            return None
    kind = row.messages[at - 1].content
    mentions = [Mention(one, kind) for one in listed if isinstance(one, str) and one.strip()]
    passage = _TEXT.split(row.messages[1].content, maxsplit=1)[-1]
    found = ground(passage, mentions, ordered=False, purpose="inference")
    lost = [("not in the text", one.mention.surface, kind) for one in found.failures]
    return frozenset([*((one.start, one.end, kind) for one in found.spans), *lost])


def _instances(row: ChatRow, at: int, answer: str) -> Items | None:
    """The places in the passage of all strings, each with its class and field."""
    parsed = read_instances(answer)
    if parsed.problems and not parsed.items:
        return None
    mentions = [Mention(*one) for instance in parsed.items for one in _strings_in(instance)]
    found = ground(text_of(row), mentions, ordered=True, purpose="inference")
    lost = [("not in the text", one.mention.surface, one.mention.label) for one in found.failures]
    return frozenset([*((one.start, one.end, one.label) for one in found.spans), *lost])


def _strings_in(given: Given, name: str = "") -> Iterator[tuple[str, str]]:
    """(string, "Class.field") of an instance and of those in it."""
    if isinstance(given, Written):
        for field, value in given.values.items():
            yield from _strings_in(value, f"{given.name}.{field}")
    elif isinstance(given, tuple):
        for one in given:
            yield from _strings_in(one, name)
    elif given.strip():
        yield given.strip(), name


def _choice(row: ChatRow, at: int, answer: str) -> Items | None:
    """The label named."""
    named = [str(one[LABEL]) for one in read_json(answer, (LABEL,)).items]
    chosen = named[0] if named else answer.strip().split("\n")[0]
    return frozenset([key(chosen)]) if chosen else None


def _whole(row: ChatRow, at: int, answer: str) -> Items | None:
    return frozenset([" ".join(answer.split())]) if answer.strip() else None


TASKS = {
    MARK: Task(_marked, "spans"),
    "choose": Task(_choice, "labels"),
    "conversation": Task(_strings, "spans"),
    "code": Task(_instances, "spans"),
}
OTHER = Task(_whole, "whole answers")
