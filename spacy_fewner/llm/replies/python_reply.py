"""Classes and instances that a model wrote in Python, read as data and never executed (GuideX)."""

import json
from collections.abc import Set
from typing import Any

from .parsed import Problem, explain_nothing
from .python.repair import MAX_DEPTH
from .python.strings import depth_of, well_formed
from .python_parts import (
    JSON_INSTEAD,
    NULL,
    TOO_DEEP,
    TOO_LONG,
    PythonClass,
    PythonClasses,
    PythonField,
    PythonInstance,
    PythonInstances,
    Value,
)
from .python_worker import FAILED, WORKER

MAX_BYTES = 64 * 1024


def read_classes(reply: str, examples: Set[str] = frozenset()) -> PythonClasses | Problem:
    """The classes of a reply, or why it has none.

    examples: names of the classes that the prompt shows, which are no answer.
    """
    answer = _ask(reply, {"classes": None, "examples": sorted(examples)})
    if isinstance(answer, Problem):
        return answer
    if not answer["classes"]:
        return _nothing(reply, answer)
    found = tuple(
        PythonClass(name, docstring, tuple(PythonField(*one) for one in fields))
        for name, docstring, fields in answer["classes"]
    )
    return PythonClasses(found, answer["wrapper"], _problems(answer), answer["cut"])


def read_instances(
    reply: str, classes: PythonClasses, examples: Set[str] = frozenset()
) -> PythonInstances | Problem:
    """The instances of a reply, of these classes alone, or why it has none.

    An empty list is an answer. Those in the wrapper stand beside the others.
    """
    fields = {one.name: [field.name for field in one.fields] for one in classes.classes}
    job = {"classes": fields, "wrapper": classes.wrapper, "examples": sorted(examples)}
    answer = _ask(reply, job)
    if isinstance(answer, Problem):
        return answer
    if not answer["instances"] and not answer["empty"]:
        return _nothing(reply, answer)
    found = tuple(map(_instance, answer["instances"]))
    return PythonInstances(found, _problems(answer), answer["cut"])


def _ask(reply: str, job: dict[str, Any]) -> dict[str, Any] | Problem:
    """What the worker answers, if the reply may be given to it."""
    if len(reply) > MAX_BYTES or len(reply.encode("utf8", "replace")) > MAX_BYTES:
        return Problem(TOO_LONG, f"over {MAX_BYTES} bytes", reply)
    if "\x00" in reply:
        return Problem(NULL, "", reply)
    if depth_of(reply) > MAX_DEPTH:
        return Problem(TOO_DEEP, f"over {MAX_DEPTH} brackets in brackets", reply)
    answer = WORKER.ask({"reply": well_formed(reply), **job})
    if "lost" in answer:
        return Problem(answer["lost"], answer["detail"], reply)
    if "failed" in answer:
        return Problem(FAILED, answer["failed"], reply)
    return answer


def _nothing(reply: str, answer: dict[str, Any]) -> Problem:
    """The first reason that the reader has, if the reply is no JSON, prose or refusal."""
    if _is_json(reply):
        return Problem(JSON_INSTEAD, reply.strip()[:120], reply)
    if not answer["problems"]:
        return explain_nothing(reply)
    reason, detail, _ = answer["problems"][0]
    return Problem(reason, detail, reply)


def _is_json(reply: str) -> bool:
    """Whether a list of objects or an object lies in the reply."""
    starts = [place for mark in "[{" if (place := reply.find(mark)) >= 0]
    end = max(reply.rfind("]"), reply.rfind("}"))
    if not starts or end < 0:
        return False
    try:
        value = json.loads(reply[min(starts) : end + 1])
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) or (bool(value) and all(isinstance(one, dict) for one in value))


def _problems(answer: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(*one) for one in answer["problems"])


def _instance(found: dict[str, Any]) -> PythonInstance:
    return PythonInstance(found["type"], {key: _value(one) for key, one in found["values"].items()})


def _value(found: Any) -> Value:
    if isinstance(found, dict):
        return _instance(found)
    return [_value(one) for one in found] if isinstance(found, list) else found
