"""Which text a row is about, found in its messages: rows need not say so, and may be another's."""

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress

from ...llm.chat_rows import ChatRow

# How prompts of this package show a text: in tags, behind a word, as a literal of Python.
_TAGGED = re.compile(r"<((?:text|passage|document)(?:-\d+)?)>\n(.*?)\n</\1>", re.S)
_BEHIND = re.compile(r"(?:Dataset: [^\n]*\n)?Text: (.*)", re.S)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r'^text = (".*")$', re.M)


def text_of(row: ChatRow) -> str:
    """The text that the last question is about; the last question where no text stands out."""
    asked = [one.content for one in row.messages[: row.learnt[-1]] if one.role == "user"]
    shown = (text for content in reversed(asked) if (text := shown_in(content)))
    return next(shown, asked[-1] if asked else "")


def shown_in(content: str) -> str:
    """The text that a message shows, the last of several; empty where none stands out."""
    tagged = _TAGGED.findall(content)
    if tagged:
        return str(tagged[-1][1])
    if behind := _BEHIND.fullmatch(content):
        return behind[1]
    if literal := _LITERAL.search(content):
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            return str(ast.literal_eval(literal[1]))
    return ""


def quoted_in(content: str, words: int) -> Iterator[str]:
    """Strings of JSON with so many words at least, one for each in a message."""
    for quoted in _QUOTED.findall(content):
        if quoted.count(" ") >= words - 1:
            with suppress(ValueError):
                yield json.loads(quoted)
