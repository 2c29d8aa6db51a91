"""Classes and instances that a model wrote in Python, read as data and never executed (GuideX)."""

from collections.abc import Set
from typing import Any

from .parsed import Problem, explain_nothing
from .python.brackets import depth_of
from .python_parts import (
    NULL,
    TOO_LONG,
    PythonClass,
    PythonClasses,
    PythonField,
    PythonInstance,
    PythonInstances,
    Value,
)

MAX_BYTES = 64 * 1024
MAX_DEPTH = 50
TOO_DEEP = "nested too deeply"


def read_classes(reply: str, examples: Set[str] = frozenset()) -> PythonClasses | Problem:
    """The classes of a reply. examples: names of the prompt's own classes, which are no answer."""
    refused = _refused(reply)
    if refused:
        return refused
    from .python import classes as reader

    answer = reader.read(reply, examples)
    problems = _problems(answer)
    if not answer["classes"]:
        return _nothing(reply, problems)
    found = tuple(
        PythonClass(name, docstring, tuple(PythonField(*one) for one in fields))
        for name, docstring, fields in answer["classes"]
    )
    return PythonClasses(found, answer["wrapper"], problems, answer["cut"])


def read_instances(
    reply: str, classes: PythonClasses, examples: Set[str] = frozenset()
) -> PythonInstances | Problem:
    """The instances of a reply, of these classes only. An empty list is an answer."""
    refused = _refused(reply)
    if refused:
        return refused
    from .python import instances as reader

    known = {one.name: [field.name for field in one.fields] for one in classes.classes}
    answer = reader.read(reply, known, classes.wrapper, examples)
    problems = _problems(answer)
    if not answer["instances"] and (problems or "[]" not in "".join(reply.split())):
        return _nothing(reply, problems)
    found = tuple(map(_instance, answer["instances"]))
    return PythonInstances(found, problems, answer["cut"])


def _refused(reply: str) -> Problem | None:
    if len(reply.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return Problem(TOO_LONG, f"over {MAX_BYTES} bytes", reply)
    if "\x00" in reply:
        return Problem(NULL, "", reply)
    if depth_of(reply) > MAX_DEPTH:
        return Problem(TOO_DEEP, f"over {MAX_DEPTH} brackets", reply)
    return None


def _nothing(reply: str, problems: tuple[Problem, ...]) -> Problem:
    return (
        Problem(problems[0].reason, problems[0].detail, reply)
        if problems
        else explain_nothing(reply)
    )


def _problems(answer: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(*one) for one in answer["problems"])


def _instance(found: dict[str, Any]) -> PythonInstance:
    return PythonInstance(found["type"], {key: _value(one) for key, one in found["values"].items()})


def _value(found: Any) -> Value:
    if isinstance(found, dict):
        return _instance(found)
    return [_value(one) for one in found] if isinstance(found, list) else found
