"""YAML as texts, lists and mappings with their lines, and nothing else.

Every value is the text that stands there, so a type may be called `no` or `1984`. Nothing is
constructed: no tags, no anchors and aliases, no second document; size and depth are bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ...data.files import read_text
from ...errors import FewnerError

MOST_BYTES = 50_000_000
MOST_DEPTH = 8  # a review has five


@dataclass(frozen=True, slots=True)
class Node:
    """A value. line: where it begins, from 1. value: a text, a list, or pairs of key and value."""

    line: int
    value: "str | list[Node] | dict[str, Node]"


def read_yaml(path: Path) -> Node:
    """The one document of a file.

    Raises FewnerError, naming file and line, for what is no YAML, empty, deeper than 8 levels,
    larger than 50 MB, has a key twice in one mapping, or has tags, anchors or aliases.
    """
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        size = f"{path.stat().st_size:,} bytes"
        remedy = "Name the review file that `discover` wrote."
        raise FewnerError(str(path), f"must have at most {MOST_BYTES:,} bytes", size, remedy)
    if path.is_file() and not path.stat().st_size:
        raise FewnerError(str(path), "must hold types", "an empty file", _AGAIN)
    return _Builder(str(path)).document(_events(read_text(path), str(path)))


_AGAIN = "Take an earlier copy, or run `discover` again as before: replies cost nothing again."


def _events(text: str, where: str) -> Iterator[Any]:
    from srsly.ruamel_yaml import YAML
    from srsly.ruamel_yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except YAMLError as err:
        place = _line_of(err)
        said = str(getattr(err, "problem", None) or err)
        remedy = 'Mend it there. Put a text with ": " or " #" in it into "quotes".'
        raise FewnerError(f"{where}{place}", "must be YAML", said, remedy) from err
    except (ValueError, IndexError, AttributeError, AssertionError) as err:
        raise FewnerError(where, "must be YAML", str(err), "Mend it.") from err


def _line_of(err: Any) -> str:
    mark = getattr(err, "problem_mark", None) or getattr(err, "context_mark", None)
    return f":{mark.line + 1}" if mark is not None else ""


class _Builder:
    """Puts together what the parser's events say."""

    def __init__(self, where: str):
        self._where = where

    def document(self, events: Iterator[Any]) -> Node:
        found: list[Node] = []
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and found:
                self._refuse(event, "must be one document", "a second one", 'Remove the "---".')
            if kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"):
                found.append(self._node(event, events, 1))
        if not found:
            raise FewnerError(self._where, "must hold types", "nothing", _AGAIN)
        return found[0]

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self._check(event, depth)
        line = event.start_mark.line + 1
        kind = type(event).__name__
        if kind == "ScalarEvent":
            return Node(line, event.value)
        if kind == "SequenceStartEvent":
            return Node(line, [self._node(one, events, depth + 1) for one in _until_end(events)])
        return Node(line, self._mapping(events, depth))

    def _mapping(self, events: Iterator[Any], depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for event in _until_end(events):
            key = self._node(event, events, depth + 1).value
            if not isinstance(key, str):
                self._refuse(event, "a key must be a word", "a list or mapping", "Remove the `?`.")
            if key in found:
                self._refuse(event, "a key must stand once in an entry", key, "Remove one.")
            found[key] = self._node(next(events), events, depth + 1)
        return found

    def _check(self, event: Any, depth: int) -> None:
        remedy = 'Put a text that begins with "&", "*" or "!" into quotes.'
        if type(event).__name__ == "AliasEvent" or getattr(event, "anchor", None) is not None:
            self._refuse(event, "must have no anchors and aliases", event.anchor, remedy)
        if getattr(event, "tag", None) not in (None, "!"):
            self._refuse(event, "must have no tags", event.tag, remedy)
        if depth > MOST_DEPTH:
            rule = f"must have at most {MOST_DEPTH} levels"
            self._refuse(event, rule, "deeper ones", "Write entries as they were written.")

    def _refuse(self, event: Any, rule: str, value: str, remedy: str) -> NoReturn:
        raise FewnerError(f"{self._where}:{event.start_mark.line + 1}", rule, value, remedy)


def _until_end(events: Iterator[Any]) -> Iterator[Any]:
    for event in events:
        if type(event).__name__ in ("SequenceEndEvent", "MappingEndEvent"):
            return
        yield event
