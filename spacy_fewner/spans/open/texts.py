"""What the encoder reads of a label: its name in words, what it means, what else it is called."""

import re
from collections.abc import Sequence
from unicodedata import category

from ...types import PATH_SEPARATOR, LabelSpec

_BORDER = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # of words in "SportsTeam"


def name_in_words(label: str) -> str:
    """ "SportsTeam", "sports_team" and "org/sports-team" are "sports team"."""
    name = label.rsplit(PATH_SEPARATOR, 1)[-1]
    words = "".join(one if _in_word(one) else " " for one in _BORDER.sub(" ", name))
    return " ".join(words.lower().split()) or label.strip()


def _in_word(character: str) -> bool:
    # Unlike \w with the vowel signs of Indic scripts (M) and the joiners within their words (Cf).
    return category(character)[0] in "LMN" or category(character) == "Cf"


def names_of(spec: LabelSpec) -> list[str]:
    """What a label is called, in words: its own name, then its synonyms; each once."""
    synonyms = filter(str.strip, spec.synonyms)
    return list(dict.fromkeys([name_in_words(spec.id), *map(name_in_words, synonyms)]))


def texts_of(spec: LabelSpec) -> list[str]:
    """One or more texts whose vectors, on average, are the label's: each name alone, and with what
    it means."""
    names = names_of(spec)
    return [*names, *defined(names[0], [spec.description])]


def defined(name: str, definitions: Sequence[str]) -> list[str]:
    """ "name: definition" for each definition that says something."""
    return [f"{name}: {text.strip()}" for text in definitions if text.strip()]
