"""Rows to tune a language model on: chats with the answers to learn, one JSON line each."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..data.files import atomic_write, lines_of, read_text
from ..errors import FewnerError
from ..types import Reject
from .types import Message

ROLES = ("system", "user", "assistant")
WEIGHT = "weight"  # 0 at what an assistant says and nobody learns, as OpenAI's fine-tuning has it


@dataclass(frozen=True)
class ChatRow:
    """A chat.

    meta: where the row comes from, as JSON. answers: indices of the messages to learn; the last one
    if not given.
    """

    messages: tuple[Message, ...]
    meta: dict[str, Any] = field(default_factory=dict)
    answers: tuple[int, ...] = ()

    @property
    def learnt(self) -> tuple[int, ...]:
        """Indices of the messages to learn."""
        return self.answers or (len(self.messages) - 1,)

    @property
    def record(self) -> dict[str, Any]:
        """`{"messages": [{"role", "content"}, …], "meta": …}`; a turn of the assistant that is not
        to be learnt has "weight": 0."""
        turns = [
            {"role": one.role, "content": one.content, **self._weight(at, one)}
            for at, one in enumerate(self.messages)
        ]
        return {"messages": turns, "meta": self.meta}

    def _weight(self, at: int, one: Message) -> dict[str, int]:
        return {WEIGHT: 0} if one.role == "assistant" and at not in self.learnt else {}


@dataclass(frozen=True)
class ChatRows:
    """rejects: samples, or spans of theirs, that no row could be made of."""

    rows: list[ChatRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def write_rows(path: str | Path, rows: Iterable[ChatRow]) -> None:
    """JSON lines; the file is written whole or not at all."""
    lines = [json.dumps(row.record, ensure_ascii=False) + "\n" for row in rows]
    try:
        content = "".join(lines).encode("utf-8")
    except UnicodeEncodeError as err:
        rule, remedy = "must be well-formed Unicode", "Remove lone surrogates."
        raise FewnerError("rows", rule, str(err), remedy) from err
    atomic_write(Path(path), content)


def read_rows(path: str | Path) -> list[ChatRow]:
    """Rows as `write_rows` writes them, or as other tools do: of chats without weights all that the
    assistant says is learnt. Raises FewnerError for a line that is no such chat."""
    lines = enumerate(lines_of(read_text(Path(path))), start=1)
    return [_row(line, f"{path}:{number}") for number, line in lines if line.strip()]


def _row(line: str, where: str) -> ChatRow:
    record = _record(line, where)
    turns = record.get("messages")
    if not isinstance(turns, list) or not turns or not all(map(_is_turn, turns)):
        remedy = 'Write {"messages": [{"role": "user", "content": "…"}, …]}.'
        rule = "a row must have messages: each a role, a text and no weight but 0 or 1"
        raise FewnerError(where, rule, turns, remedy)
    said = [at for at, one in enumerate(turns) if one["role"] == "assistant"]
    answers = tuple(at for at in said if turns[at].get(WEIGHT, 1))
    if not answers:
        remedy = "End it with what the assistant should say."
        raise FewnerError(where, "a row must have an answer to learn", turns[-1:], remedy)
    meta = record.get("meta")
    messages = tuple(Message(one["role"], one["content"]) for one in turns)
    return ChatRow(messages, meta if isinstance(meta, dict) else {}, answers)


def _record(line: str, where: str) -> dict[str, Any]:
    found: Any = None
    with suppress(ValueError, RecursionError):
        found = json.loads(line)
    if not isinstance(found, dict):
        remedy = "Give a file that `rows`, `cascade rows` or write_rows wrote."
        raise FewnerError(where, "a row must be a JSON object", line, remedy)
    return found


def _is_turn(one: Any) -> bool:
    known = isinstance(one, dict) and one.get("role") in ROLES and _is_weight(one.get(WEIGHT, 1))
    return known and _is_text(one.get("content"))


def _is_weight(value: Any) -> bool:
    return isinstance(value, (int, float)) and value in (0, 1)


def _is_text(value: Any) -> bool:
    """Without halves of characters, which no tokenizer takes."""
    if not isinstance(value, str):
        return False
    with suppress(UnicodeEncodeError):
        value.encode("utf8")
        return True
    return False
