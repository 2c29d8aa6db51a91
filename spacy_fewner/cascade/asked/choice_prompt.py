"""The question to a language model: which of these labels has the marked span?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ...llm.types import Prompt
from ...synthesis.prompting import chat, choice_schema, object_schema
from ...types import CharSpan
from .answers import LABEL
from .marker import choose_marker, mark
from .options import Option

PROMPT = "choose_label.v1"


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a text: characters start (inclusive) to end (exclusive)."""

    text: str
    start: int
    end: int

    @property
    def surface(self) -> str:
        return self.text[self.start : self.end]


def choice_prompt(
    place: Place, options: Sequence[Option], max_chars: int, sample: int = 0
) -> Prompt:
    """options: in the order to show. max_chars: of a longer text only a piece around the span is
    shown. sample: see Prompt. The reply is `{"label": name}`, held to the names where a model can
    be held to a schema."""
    shown = around(place, max_chars)
    marker = choose_marker(shown.text)
    return chat(
        PROMPT,
        object_schema(**{LABEL: choice_schema([option.name for option in options])}),
        sample,
        marked=mark(shown.text, [CharSpan(shown.start, shown.end, "")], marker),
        span=place.surface,
        options=list(options),
        opening=marker.opening,
        closing=marker.closing,
    )


def choice_answer(option: Option) -> str:
    """What a model should reply."""
    return json.dumps({LABEL: option.name}, ensure_ascii=False)


def around(place: Place, max_chars: int) -> Place:
    """The span in a piece of its text, cut between words; the span itself is never cut."""
    text, start, end = place.text, place.start, place.end
    if len(text) <= max_chars:
        return place
    room = max(0, max_chars - (end - start))
    first = max(0, min(start - room // 2, len(text) - (end - start) - room))
    last = min(len(text), max(end, first + max_chars))
    if first and not text[first - 1].isspace():
        first += next((n for n, char in enumerate(text[first:start]) if char.isspace()), 0)
    if last < len(text) and not text[last].isspace():
        last -= next((n for n, char in enumerate(text[end:last][::-1]) if char.isspace()), 0)
    return Place(text[first:last], start - first, end - first)
