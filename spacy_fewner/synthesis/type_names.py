"""What a model calls a type, as a label: plain words, or a sentence that defines it."""

import re

from .annotated_texts import is_unicode

LONGEST_NAME = 60  # characters
LONGEST_DEFINITION = 300
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def type_name(told: str) -> str:
    """In plain lower-case words: "organ builder" of "OrganBuilder" and "organ_builder"; "" where it
    is no name: empty, without a letter, or over 60 characters. "/" parts levels of a
    label, so it becomes a space."""
    words = re.sub(r"[\W_]+", " ", _HUMP.sub(" ", told).lower()).strip()
    fits = 0 < len(words) <= LONGEST_NAME and any(map(str.isalpha, words))
    return words if fits else ""


def type_definition(told: str) -> str:
    """On one line, without a full stop; "" where it is none, as of `type_name`."""
    line = " ".join(told.replace("/", " or ").split()).rstrip(" .\u3002")
    fits = 0 < len(line) <= LONGEST_DEFINITION and any(map(str.isalpha, line))
    return line if fits and is_unicode(line) else ""
