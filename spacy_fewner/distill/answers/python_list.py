"""Answers in Python: a list of instances such as `[Person(name="Ada")]`. Read, never run.

A reader of its own, since Python's parser may end the process for a text that nests too deep, and
takes nothing of an answer that is cut short.
"""

import ast
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from ...llm.replies.parsed import CUT_SHORT, Parsed, Problem, explain_nothing

NO_INSTANCE = "no instance"
_DEEPEST = 20
_MOST_STARTS = 20  # brackets at which the list may begin
_SHOWN = 120  # characters of what could not be read
_SPACE = re.compile(r"(?:\s|#[^\n]*)*")
_NAME = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_OTHER = re.compile(r"-?\d+(?:\.\d+)?|(?:None|True|False)\b")

Given: TypeAlias = "str | tuple[Given, ...] | Written"


@dataclass(frozen=True, slots=True)
class Written:
    """name: of its class. values: by the field's identifier; "" for one that came without."""

    name: str
    values: Mapping[str, Given]

    def __hash__(self) -> int:
        return hash((self.name, *self.values.items()))


def read_instances(text: str) -> Parsed[Written]:
    """The instances of the first list in a reply, those that are whole of one that is cut short or
    goes wrong. A problem says what is left; an empty list is an answer and has none."""
    problem = None
    for found in islice(re.finditer(r"\[", text), _MOST_STARTS):
        reader = _Reader(text, found.end())
        read = _list(reader)
        if reader.has_begun or not read.problems:
            return read
        problem = problem or read.problems[0]
    return Parsed(problems=(problem or explain_nothing(text),))


def _list(reader: "_Reader") -> Parsed[Written]:
    found: list[Written] = []
    try:
        while not reader.takes("]"):
            found.append(reader.instance())
            if not reader.takes(",") and not reader.sees("]"):
                raise reader.wrong()
    except _Unreadable as err:
        return Parsed(tuple(found), (err.problem,))
    return Parsed(tuple(found))


class _Unreadable(Exception):
    def __init__(self, problem: Problem):
        super().__init__(problem.reason)
        self.problem = problem


class _Reader:
    """Goes through a text from a place in it. has_begun: whether an instance has."""

    def __init__(self, text: str, at: int):
        self._text, self._at, self._depth = text, at, 0
        self.has_begun = False

    def wrong(self) -> _Unreadable:
        """What stands here is none of what may."""
        left = self._text[self._at :]
        is_string = _STRING.match(left)
        is_open = left[:1] in ('"', "'") and "\n" not in left and not is_string
        reason = CUT_SHORT if is_open or not left.strip() else NO_INSTANCE
        return _Unreadable(Problem(reason, left[:_SHOWN], left))

    def sees(self, mark: str) -> bool:
        self._match(_SPACE)
        return self._text.startswith(mark, self._at)

    def takes(self, mark: str) -> bool:
        found = self.sees(mark)
        self._at += len(mark) * found
        return found

    def instance(self) -> Written:
        """`Name(field=value, …)`; a value may come without its field."""
        self._match(_SPACE)
        name = self._match(_NAME)
        if not name or not self.takes("("):
            raise self.wrong()
        self.has_begun = True
        values: dict[str, Given] = {}
        while not self.takes(")"):
            field = self._field()
            values.setdefault(field, self._value())
            if not self.takes(",") and not self.sees(")"):
                raise self.wrong()
        return Written(name, values)

    def _field(self) -> str:
        before = self._at
        self._match(_SPACE)
        name = self._match(_NAME)
        if name and self.takes("="):
            return name
        self._at = before
        return ""

    def _value(self) -> Given:
        self._match(_SPACE)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.wrong()
        value = self._several() if self.takes("[") else self._one()
        self._depth -= 1
        return value

    def _several(self) -> Given:
        found: list[Given] = []
        while not self.takes("]"):
            found.append(self._value())
            if not self.takes(",") and not self.sees("]"):
                raise self.wrong()
        return tuple(found)

    def _one(self) -> Given:
        if quoted := self._match(_STRING):
            return _string(quoted)
        if (other := self._match(_OTHER)) and not self.sees("("):
            return other if other[-1].isdigit() else ""
        return self.instance()

    def _match(self, pattern: "re.Pattern[str]") -> str:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""


def _string(quoted: str) -> str:
    """What a literal on one line means; as it stands where an escape in it means nothing."""
    with suppress(ValueError, SyntaxError):
        return str(ast.literal_eval(quoted))
    return quoted[1:-1]
