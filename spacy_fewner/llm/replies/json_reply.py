"""JSON objects out of a reply, whatever stands around and between them (ours, docs/methods.md)."""

import json
import re
from collections.abc import Sequence
from typing import Any

from .json_pieces import Piece, find_objects
from .parsed import CUT_SHORT, LOOP, Parsed, Problem, Repeats, explain_nothing

NOT_JSON = "not json"
TOO_DEEP = "nested too deeply"
NO_KEY = "key missing"
MAX_REPAIRS = 20  # of one reply
MAX_REPAIRED = 20_000  # characters of a piece; repairing is slow
MAX_PROBLEMS = 100  # of one reply; what comes then is one more problem, unread
_DETAIL = 120
# Strings, and between them what a Chinese keyboard types for a colon and a comma.
_PUNCTUATED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[：，]', re.DOTALL)


def read_json(reply: str, required: Sequence[str]) -> Parsed[dict[str, Any]]:
    """The objects of a reply that have all required keys, in order.

    Fences, prose, JSON lines, arrays, objects around a list of objects, a reply cut short and
    trailing commas are all read, and full-width colons and commas between strings. What is no JSON
    otherwise is given to json-repair, if that is installed, and kept if it made up nothing. Every
    other object is a problem. Time grows with the length of the reply, and nothing recurses.
    """
    reader = _Reader(reply, required)
    end = 0
    for piece in find_objects(reply):
        if reader.stops:
            reader.give_up(reply[end:])
            end = len(reply)
            break
        if not piece.open:
            reader.prose.append(reply[end : piece.start])
        reader.take(piece)
        end = piece.end
    reader.prose.append(reply[end:])
    if not reader.items and not reader.problems:
        return Parsed(problems=(explain_nothing(reply),))
    prose = tuple(text.strip() for text in reader.prose if text.strip(" \n\t\r,[]"))
    return Parsed(tuple(reader.items), tuple(reader.problems), prose)


class _Reader:
    def __init__(self, reply: str, required: Sequence[str]):
        self.reply = reply
        self.required = required
        self.items: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.prose: list[str] = []
        self.stops = False
        self._repairs_left = MAX_REPAIRS
        self._repeats = Repeats()

    def take(self, piece: Piece) -> None:
        source = self.reply[piece.start : piece.end]
        if piece.open or piece.deep:
            reason = CUT_SHORT if piece.open else TOO_DEEP
            self._add_problem(reason, source[:_DETAIL], source)
            return
        value = _decode(source)
        if value is None:
            value = _decode(_PUNCTUATED.sub(_half_width, source))
        if value is None:
            value = self._repair(source)
        if value is None:
            self._add_problem(NOT_JSON, source[:_DETAIL], source)
        else:
            self._take_object(value, source)

    def _take_object(self, value: dict[str, Any], source: str) -> None:
        missing = [key for key in self.required if key not in value]
        inner = _inner_objects(value) if missing else [value]
        if not inner:
            self._add_problem(NO_KEY, f"{missing[0]!r} not in {source[:_DETAIL]}", source)
        for one in inner:
            lost = [key for key in self.required if key not in one]
            if lost:
                shown = json.dumps(one, ensure_ascii=False)
                self._add_problem(NO_KEY, f"{lost[0]!r} not in {shown[:_DETAIL]}", shown)
            elif self._repeats.loops(json.dumps(one, sort_keys=True)):
                self._add_problem(LOOP, source[:_DETAIL], source)
                self.stops = True
                return
            else:
                self.items.append(one)

    def _repair(self, source: str) -> dict[str, Any] | None:
        if len(source) > MAX_REPAIRED or not self._repairs_left:
            return None
        self._repairs_left -= 1
        return _repair(source)

    def _add_problem(self, reason: str, detail: str, source: str) -> None:
        self.problems.append(Problem(reason, detail, source))
        self.stops = self.stops or len(self.problems) >= MAX_PROBLEMS

    def give_up(self, rest: str) -> None:
        """What is left after a loop or too many problems, as one problem."""
        self.problems.append(Problem(self.problems[-1].reason, "the rest is unread", rest))


def _decode(source: str) -> dict[str, Any] | None:
    try:
        value = json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _half_width(found: re.Match[str]) -> str:
    return {"：": ":", "，": ","}.get(found[0], found[0])


def _inner_objects(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects in the lists of one that only stands around them, as {"samples": [...]}."""
    lists = [one for one in value.values() if isinstance(one, list)]
    return [one for found in lists for one in found if isinstance(one, dict)]


def _repair(source: str) -> dict[str, Any] | None:
    """Repaired, if all its strings are in the source as they are."""
    try:
        import json_repair
    except ImportError:
        return None
    try:
        value = json_repair.loads(source)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not all(one in source for one in _strings(value)):
        return None
    return value


def _strings(value: Any) -> list[str]:
    found, left = [], [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            found.append(one)
    return found
