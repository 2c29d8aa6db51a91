"""Pairs of strings out of a reply: as JSON, `[["a", "b"], …]`, or as Python has it, with tuples."""

import json
import re
from collections.abc import Iterable
from typing import Any

from .parsed import NO_ITEMS, Parsed, Problem, explain_nothing

Pair = tuple[str, str]
NO_PAIR = "not a pair"
_QUOTED = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_TUPLE = re.compile(rf"\(\s*({_QUOTED})\s*,\s*({_QUOTED})\s*,?\s*\)")
_NOTHING = re.compile(r"\W*\[\s*\]\W*")
_ESCAPE = re.compile(r"\\(.)")


def pairs_of(items: Iterable[Any]) -> Parsed[Pair]:
    """The pairs among items of a JSON list: lists of two strings, or objects with two."""
    found: list[Pair] = []
    problems: list[Problem] = []
    for item in items:
        values = list(item.values()) if isinstance(item, dict) else item
        if isinstance(values, list) and len(values) == 2 and _are_texts(values):
            found.append((values[0].strip(), values[1].strip()))
        else:
            shown = json.dumps(item, ensure_ascii=False)
            problems.append(Problem(NO_PAIR, shown[:120], shown))
    return Parsed(tuple(found), tuple(problems))


def tuples_in(reply: str) -> Parsed[Pair]:
    """The pairs of a reply that lists them as Python tuples; read as text, never evaluated."""
    found = [(_unquoted(one), _unquoted(two)) for one, two in _TUPLE.findall(reply)]
    kept = [pair for pair in found if all(pair)]
    if kept or _NOTHING.fullmatch(reply):
        return Parsed(tuple(kept))
    nothing = explain_nothing(reply)
    return Parsed(problems=(Problem(nothing.reason or NO_ITEMS, nothing.detail, reply),))


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(one, str) and one.strip() for one in values)


def _unquoted(told: str) -> str:
    return _ESCAPE.sub(r"\1", told[1:-1]).strip()
