"""In the place of a client: catches what a stage asks, and hands it replies got elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import cast

from ...llm.client import Client
from ...llm.journal.keys import request_key
from ...llm.types import Prompt, Reply
from ...types import Sample, Schema
from ..run_stages import Course, StageCall

_NONE = Reply("", finish="error", error="the model gave none")


class Exchange:
    """asked: the prompts so far. replies: to them, in order; when they end, there is none."""

    def __init__(self, replies: Iterable[Reply] = ()):
        self.asked: list[Prompt] = []
        self._replies = iter(replies)

    def complete(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        for prompt in prompts:
            self.asked.append(prompt)
            reply = next(self._replies, _NONE)
            # Provenance names replies by their key; a foreign model's has none.
            yield reply if reply.key or reply.error else _keyed(reply, prompt)


def _keyed(reply: Reply, prompt: Prompt) -> Reply:
    return replace(reply, key=request_key({}, prompt))


def prompts_of(stage: StageCall, sample: Sample, schema: Schema) -> list[Prompt]:
    """What the stage asks about the sample in its first call."""
    exchange = Exchange()
    course_of(stage, sample, schema, exchange)
    return exchange.asked


def course_of(stage: StageCall, sample: Sample, schema: Schema, exchange: Exchange) -> Course:
    """What the stage makes of the sample and the exchange's next replies."""
    course = Course(sample)
    for outcome in stage([sample], schema, cast(Client, exchange)):
        course.take(sample, outcome)
    return course
