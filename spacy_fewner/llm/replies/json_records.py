"""Texts with mentions out of a JSON reply: `{"text": ..., "entities": [{"text", "label"}]}`."""

from typing import Any

from ...grounding.mentions import Mention
from ...grounding.record import Record
from .json_reply import read_json
from .mention_list import read_mentions
from .parsed import Parsed, Problem

WRONG_TYPE = "wrong type"
# What models write in place of "text" and "label".
_SURFACE_KEYS = ("text", "surface", "entity", "name", "mention", "span", "value", "word")
_LABEL_KEYS = ("label", "type", "entity_type", "category", "class", "tag")


def read_json_records(
    reply: str, text_key: str = "text", mentions_key: str = "entities"
) -> Parsed[Record]:
    """Records of a reply; a mention without surface or label is `unread`, the rest is kept."""
    parsed = read_json(reply, (text_key, mentions_key))
    items, problems = [], list(parsed.problems)
    for value in parsed.items:
        text = value[text_key]
        if isinstance(text, str) and isinstance(value[mentions_key], (list, dict)):
            items.append(_record(text, value[mentions_key]))
        else:
            problems.append(Problem(WRONG_TYPE, f"{text_key} or {mentions_key}", repr(value)))
    return Parsed(tuple(items), tuple(problems), parsed.prose)


def read_json_mentions(reply: str, mentions_key: str = "entities") -> Parsed[Record]:
    """As read_json_records, for replies about one text that the asker has: the text is empty."""
    parsed = read_json(reply, (mentions_key,))
    items, problems = [], list(parsed.problems)
    for value in parsed.items:
        if isinstance(value[mentions_key], (list, dict)):
            items.append(_record("", value[mentions_key]))
        else:
            problems.append(Problem(WRONG_TYPE, mentions_key, repr(value)))
    return Parsed(tuple(items), tuple(problems), parsed.prose)


def _record(text: str, listed: list[Any] | dict[str, Any]) -> Record:
    mentions: list[Mention] = []
    unread: list[str] = []
    for one in _by_label(listed) if isinstance(listed, dict) else listed:
        mention = _read_mention(one)
        if mention:
            mentions.append(mention)
        else:
            unread.append(repr(one))
    return Record(text, tuple(mentions), tuple(unread), repr(listed))


def _by_label(listed: dict[str, Any]) -> list[Any]:
    """`{"person": ["Ann", "Bob"]}`, as dictionaries of one mention each."""
    found = []
    for label, surfaces in listed.items():
        several = surfaces if isinstance(surfaces, list) else [surfaces]
        found += [{"text": surface, "label": label} for surface in several]
    return found


def _read_mention(one: Any) -> Mention | None:
    if isinstance(one, str):
        found = read_mentions(one).mentions
        return found[0] if len(found) == 1 else None
    if isinstance(one, list) and len(one) == 2:
        one = {"text": one[0], "label": one[1]}
    if not isinstance(one, dict):
        return None
    surface = next((one[key] for key in _SURFACE_KEYS if key in one), None)
    label = next((one[key] for key in _LABEL_KEYS if key in one), None)
    if not (isinstance(surface, str) and isinstance(label, str)):
        return None
    if not (surface.strip() and label.strip()):
        return None
    occurrence = one.get("occurrence")
    number = occurrence if isinstance(occurrence, int) and occurrence is not True else None
    return Mention(surface.strip(), label.strip(), number)
