"""Texts with the mentions whose type they say themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...types import CharSpan, Sample
from . import words as w
from .rules import RULES, Found
from .tokens import sentences


def typed_samples(texts: Iterable[str]) -> Iterator[Sample]:
    """The texts of which a sentence says what something in it is, with that type as label.

    Only the mentions found are annotated (meta "only_these"): other text is no negative.
    meta "typed" has for each span, in order, the whole phrase, its head and the rule. Ours.
    """
    for text in texts:
        sample = typed_sample(text)
        if sample is not None:
            yield sample


def typed_sample(text: str) -> Sample | None:
    """As `typed_samples`; None where nothing is sure."""
    found = sorted(_repeated(text, _distinct(_found(text))), key=lambda one: (one.start, one.end))
    if not found:
        return None
    spans = tuple(CharSpan(one.start, one.end, one.phrase.label) for one in found)
    typed = [
        {"phrase": one.phrase.full, "head": one.phrase.head, "rule": one.rule} for one in found
    ]
    return Sample(text, spans, meta={"only_these": True, "typed": typed})


def _found(text: str) -> Iterator[Found]:
    for tokens in sentences(text):
        for rule in RULES:
            yield from rule(tokens)


def _distinct(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def _repeated(text: str, found: list[Found]) -> list[Found]:
    """With further places of the same names, where no other thing can be meant."""
    by_surface: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_surface[text[one.start : one.end]].append(one)
    repeats: list[Found] = []
    for surface, named in by_surface.items():
        if len({one.phrase.label for one in named}) > 1 or named[0].phrase.head in w.NOT_REPEATED or (
            named[0].rule == "place of"
        ):
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
            again = Found(match.start(), match.end(), named[0].phrase, named[0].rule + ", repeated")
            if _stands_alone(text, again.start, again.end):
                repeats.append(again)
    return _distinct([*found, *repeats])


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether neither neighbour can belong to a longer name."""
    before, after = text[:start].split()[-1:], text[end:].split()[:1]
    if start and not text[start - 1].isspace() and text[start - 1] not in "(.":
        return False
    if before and not (before[0].lower() in w.CLOSED - w.DIRECTIONS or _ends_sentence(before[0])):
        return False
    if not after:
        return True
    if text[end : end + 1] not in (" ", ".", ",", ";", ")", "'", "’"):
        return False
    word = after[0]
    if word[0] in ".,;()" or word in ("'s", "’s"):
        return True
    return (word in w.CLOSED and word not in ("and", "or")) or (word.islower() and word.endswith("ed"))


def _ends_sentence(word: str) -> bool:
    return word[-1] in ",;(" or (word[-1] == "." and (len(word) > 5 or len(word) == 1))
