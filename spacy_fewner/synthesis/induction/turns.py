"""The four turns on one section of a document: what is asked, and what is kept of each reply."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ...llm.replies.json_reply import read_json
from ...llm.replies.parsed import CUT_SHORT, EMPTY, REFUSAL, Problem, explain_nothing
from ...llm.replies.python_parts import PythonClasses, PythonInstance
from ...llm.replies.python_reply import read_classes, read_instances
from ...llm.types import Message, Prompt, Reply
from ...prompts.render import render

Turn: TypeAlias = Literal["summary", "json", "classes", "instances"]

TURNS: Mapping[Turn, str] = {
    "summary": "induce_summary.v1",
    "json": "induce_json.v1",
    "classes": "induce_classes.v1",
    "instances": "induce_instances.v1",
}
NO_CLASSES = PythonClasses(())
EXAMPLES = frozenset({"Lighthouse", "LighthouseRegister"})  # classes that the prompts show
POINTS, KINDS = 8, 5  # bullets of a summary and keys of the JSON, at most
_SCHEMAS: Mapping[Turn, Mapping[str, Any]] = {"json": {"type": "object"}}
_SHORT_REFUSAL = 300  # characters; a longer reply with such words in it is none


@dataclass(frozen=True)
class Talk:
    """What was said of one section so far.

    history: the turns, each reply as far as it was read. classes, instances, problems: what the
    third and the fourth reply say, and what was left out of them.
    """

    history: tuple[Message, ...] = ()
    classes: PythonClasses = NO_CLASSES
    instances: tuple[PythonInstance, ...] = ()
    problems: tuple[Problem, ...] = ()


def prompt(talk: Talk, turn: Turn, text: str, language: str) -> Prompt:
    """The talk so far with the next question."""
    values = {"text": text, "language": language, "points": POINTS} if turn == "summary" else {}
    if turn == "json":
        values = {"kinds": KINDS}
    asked = tuple(Message(*one) for one in render(TURNS[turn], **values))
    return Prompt((*talk.history, *asked), _SCHEMAS.get(turn))


def answered(talk: Talk, turn: Turn, asked: Prompt, reply: Reply) -> Talk | Problem:
    """The talk with the reply in it, or why it cannot go on."""
    read = _READERS[turn](talk, reply)
    if isinstance(read, Problem):
        return read
    said, more = read
    history = (*asked.messages, Message("assistant", said))
    return replace(more, history=history)


_Read: TypeAlias = tuple[str, Talk] | Problem


def _summary(talk: Talk, reply: Reply) -> _Read:
    nothing = explain_nothing(reply.text)
    is_refusal = nothing.reason == REFUSAL and len(reply.text) < _SHORT_REFUSAL
    return nothing if nothing.reason == EMPTY or is_refusal else (reply.text.strip(), talk)


def _json(talk: Talk, reply: Reply) -> _Read:
    """The object alone, on one line: prose around it would be paid for twice more."""
    parsed = read_json(reply.text, ())
    if parsed.items:
        return json.dumps(parsed.items[0], ensure_ascii=False), talk
    problem = (*parsed.problems, explain_nothing(reply.text))[0]
    return replace(problem, reason=CUT_SHORT) if reply.finish == "length" else problem


def _classes(talk: Talk, reply: Reply) -> _Read:
    found = read_classes(reply.text, EXAMPLES)
    if isinstance(found, Problem):
        return found
    return reply.text.strip(), replace(talk, classes=found, problems=found.problems)


def _instances(talk: Talk, reply: Reply) -> _Read:
    found = read_instances(reply.text, talk.classes, EXAMPLES)
    if isinstance(found, Problem):
        return found
    problems = (*talk.problems, *found.problems)
    return reply.text.strip(), replace(talk, instances=found.instances, problems=problems)


_READERS: Mapping[Turn, Callable[[Talk, Reply], _Read]] = {
    "summary": _summary,
    "json": _json,
    "classes": _classes,
    "instances": _instances,
}
