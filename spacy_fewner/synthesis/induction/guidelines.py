"""What a document's classes say of types: names, definitions, fields."""

import re
from collections.abc import Iterable
from typing import Any

from ...llm.replies.python_parts import PythonClass, PythonClasses
from ..type_names import LONGEST_DEFINITION, type_name

Guideline = dict[str, Any]
_WORD = re.compile(r"\w+")
_LIST = re.compile(r"(?:Optional\[)?[Ll]ist\[")


def guidelines(classes: PythonClasses) -> list[Guideline]:
    """`{"name", "definition", "fields": [{"name", "definition"}]}` of each class that is a type.

    The wrapper is none, nor is any other class that only holds lists of classes.
    """
    names = {one.name for one in classes.classes}
    kept = [one for one in classes.classes if one.name != classes.wrapper]
    types = [one for one in kept if not _only_lists(one, names)]
    return [_guideline(one) for one in types if type_name(one.name)]


def together(guidelines: Iterable[Guideline]) -> list[Guideline]:
    """Of several parts of one document: a type once, as it was defined first, with all fields."""
    found: dict[str, Guideline] = {}
    for one in guidelines:
        known = found.setdefault(one["name"], {**one, "fields": []})
        names = {field["name"] for field in known["fields"]}
        known["fields"] += [field for field in one["fields"] if field["name"] not in names]
        known["definition"] = known["definition"] or one["definition"]
    return list(found.values())


def _only_lists(one: PythonClass, names: set[str]) -> bool:
    held = [set(_WORD.findall(field.type)) & names for field in one.fields]
    return all(held) and all(_LIST.match(field.type) for field in one.fields)


def _guideline(one: PythonClass) -> Guideline:
    fields = {
        type_name(field.name): {"name": type_name(field.name), "definition": _line(field.comment)}
        for field in one.fields
        if type_name(field.name)
    }
    return {
        "name": type_name(one.name),
        "definition": _line(one.docstring),
        "fields": list(fields.values()),
    }


def _line(text: str) -> str:
    """On one line, ended at a word where it is far longer than a definition."""
    line = " ".join(text.split())
    most = 4 * LONGEST_DEFINITION
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"
