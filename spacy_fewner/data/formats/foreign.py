"""Annotation in fields that are not ours, so that no record is read as unannotated by mistake.

Other tools write entities as lists of objects or triples, as tags parallel to the tokens, as
objects with lists in them, or as JSON in a string, under ever new names. So it is looked for by
its shape, and by names only where a shape says little. It matters beside missing or empty `spans`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .class_fields import class_field, parsed
from .tags import OUTSIDE, is_tag

_OF_TOKENS = frozenset(("text", "start", "end", "id", "ws"))
PARALLEL = "a tag for each token"
OWN_FIELDS = frozenset(("text", "spans", "tokens", "cats", "meta", "weight", "answer"))

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ANNOTATION = re.compile(
    "(annotation|annotated|bilou|bio|bioes|ent|entity|entitie|gold|iob|label|mention|ne|ner"
    "|prediction|slot|span|suggestion|tag)s?"
)
# Parallel to the tokens, but of grammar; and who annotated, not what.
_OTHER = re.compile("(agent|annotator|chunk|dep|id|lemma|morph|pos|upos|user|xpos)s?")
_PLACE = re.compile(r"(?i)(start|begin|end|offset|indices|from|to)s?(_?offset|_?char|_?idx)?")
_TOKEN_ANNOTATION = re.compile("bio|ent|ent_iob|ent_type|entity|entityLabel|iob|label|ner")


def annotation_fields(record: Mapping[str, Any]) -> dict[str, str]:
    """Fields, other than ours, that look like annotation, and what each holds.

    Scalars, and objects and lists without places, labels or anything parallel to the tokens, are
    left alone, unless the field is called annotation.
    """
    if record.get("spans"):
        return {}
    length, known = _tokens(record), {*OWN_FIELDS, class_field(record)}
    found = {
        name: shape
        for name, value in record.items()
        if name not in known and (shape := _shape(name, value, length))
    }
    if fields := _in_tokens(record.get("tokens")):
        found["tokens"] = f"{' and '.join(fields)} of each token"
    return found


def is_certain(name: str, value: Any) -> bool:
    """Whether a field is annotation even if records that have spans have it too."""
    return _is_named(name) or any(_is_labelled(inner) for inner in _inner(value))


def _shape(name: str, value: Any, length: int) -> str:
    """What makes the field look like annotation; "" if nothing does."""
    value = parsed(value)
    if isinstance(value, str):
        return PARALLEL if _are_tags(value.split()) else ""
    if not isinstance(value, (list, dict)) or not value:
        return ""
    if isinstance(value, list):
        if any(isinstance(item, (dict, list)) for item in value):
            return f"a list of {len(value)}"
        if len(value) == length and all(isinstance(i, (str, int, type(None))) for i in value):
            return PARALLEL
        if _are_tags(value):
            return PARALLEL
    elif _annotates(value):
        return "an object with annotation in it"
    return ("an object" if isinstance(value, dict) else "a list") if _is_named(name) else ""


def _tokens(record: Mapping[str, Any]) -> int:
    """How many tokens or, without any, words."""
    tokens, text = record.get("tokens"), record.get("text")
    if isinstance(tokens, list) and tokens:
        return len(tokens)
    return len(text.split()) if isinstance(text, str) else 0


def _are_tags(values: Sequence[Any]) -> bool:
    strings = [value for value in values if isinstance(value, str)]
    inside = [value for value in strings if value != OUTSIDE]
    return len(strings) == len(values) > 1 and bool(inside) and all(map(is_tag, strings))


def _is_named(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return any(map(_ANNOTATION.fullmatch, words)) and not any(map(_OTHER.fullmatch, words))


def _inner(value: Any) -> Iterator[Any]:
    """The value and all objects and lists in it, to any depth."""
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, (dict, list)):
            yield value
            todo += value.values() if isinstance(value, dict) else value


def _annotates(value: dict[str, Any]) -> bool:
    """Whether in it are lists of places, objects with a place and a label, tags, or annotation by
    name. One place without a label may be that of the text itself in a longer one.
    """
    return any(
        _are_tags(inner) or any(map(_is_placed, inner))
        if isinstance(inner, list)
        else _is_labelled(inner) or any(_is_named(k) and _is_filled(v) for k, v in inner.items())
        for inner in _inner(value)
    )


def _is_filled(value: Any) -> bool:
    return isinstance(value, (list, dict)) and bool(value)


def _is_placed(value: Any) -> bool:
    """An object with the place of something; [0, 5, "ORG"] or [0, 5]; tags."""
    if isinstance(value, dict):
        return any(_PLACE.fullmatch(key) and _is_place(value[key]) for key in value)
    if not isinstance(value, list):
        return False
    numbers = [item for item in value if type(item) is int]
    words = [item for item in value if isinstance(item, str)]
    whole = len(numbers) + len(words) == len(value) <= 4
    return (len(numbers) == 2 and whole) or _are_tags(value)


def _is_place(value: Any) -> bool:
    return type(value) is int or (isinstance(value, list) and any(type(v) is int for v in value))


def _is_labelled(value: Any) -> bool:
    if isinstance(value, dict):
        return _is_placed(value) and any(_is_named(key) or key == "type" for key in value)
    return _is_placed(value) and any(isinstance(item, str) for item in value)


def _in_tokens(tokens: Any) -> list[str]:
    """Fields of the tokens that hold their tags."""
    objects = [t for t in tokens if isinstance(t, dict)] if isinstance(tokens, list) else []
    names = dict.fromkeys(name for token in objects for name in token if name not in _OF_TOKENS)
    found = []
    for name in names:
        values = [token.get(name) for token in objects]
        told = any(value not in (None, "", OUTSIDE, [], {}) for value in values)
        if (_TOKEN_ANNOTATION.fullmatch(name) and told) or _are_tags(values):
            found.append(name)
    return found
