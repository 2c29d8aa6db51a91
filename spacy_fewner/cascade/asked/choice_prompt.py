"""The question to a language model: which of these labels has the marked span?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ...llm.types import Message, Prompt
from ...synthesis.languages import language_name, prompt_in
from ...synthesis.prompting import chat, choice_schema, object_schema
from ...types import CharSpan
from .answers import LABEL
from .marker import Marker, choose_marker, mark
from .options import Option

PROMPT, ALONE_PROMPT = "choose_label.v1", "choose_label_alone.v1"


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a text: characters start (inclusive) to end (exclusive)."""

    text: str
    start: int
    end: int

    @property
    def surface(self) -> str:
        return self.text[self.start : self.end]


Shown: TypeAlias = tuple[Place, Option]  # a demonstration: a span, and the answer


def choice_prompt(
    place: Place,
    options: Sequence[Option],
    max_chars: int,
    sample: int = 0,
    *,
    context: bool = True,
    shown: Sequence[Shown] = (),
    language: str = "en",
) -> Prompt:
    """options: in the order to show. max_chars: of a longer text only a piece around the span is
    shown. sample: see Prompt. context: show the text, and not the span alone. shown: questions with
    the same options and their answers, in place of the prompt's own example. language: of the
    text; Chinese is asked about in Chinese, all others in English, which names it. The reply is
    `{"label": name}`, held to the names where a model can be held to a schema."""
    places = [around(one, max_chars) for one in (place, *(one for one, _ in shown))]
    marker = choose_marker(*(one.text for one in places))
    chats = [_chat(one, options, marker, context, language) for one in places]
    system, *example, asked = chats[0]
    if shown:
        answers = [Message("assistant", choice_answer(answer)) for _, answer in shown]
        pairs = zip(chats[1:], answers, strict=True)
        example = [message for chatted, answer in pairs for message in (chatted[-1], answer)]
    schema = object_schema(**{LABEL: choice_schema([option.name for option in options])})
    return Prompt((system, *example, asked), schema, sample)


def prompt_name(context: bool, language: str = "en") -> str:
    return prompt_in(PROMPT if context else ALONE_PROMPT, language)


def _chat(
    place: Place, options: Sequence[Option], marker: Marker, context: bool, language: str
) -> tuple[Message, ...]:
    """System, the prompt's example, the question."""
    values: dict[str, Any] = {"span": place.surface, "options": list(options)}
    values["language"], name = language_name(language), prompt_name(context, language)
    if not context:
        return chat(name, **values).messages
    marked = mark(place.text, [CharSpan(place.start, place.end, "")], marker)
    values |= {"marked": marked, "opening": marker.opening, "closing": marker.closing}
    return chat(name, **values).messages


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
