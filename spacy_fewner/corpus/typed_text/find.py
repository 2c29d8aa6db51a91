"""Texts with the mentions whose type they say themselves."""

from collections.abc import Iterable, Iterator

from ...types import CharSpan, Sample
from .apposition import apposition
from .before_name import before_name, called
from .is_a import is_a
from .phrases import Found
from .places import family, place_of
from .repeats import repeats
from .tokens import sentences

RULES = (is_a, before_name, called, apposition, place_of, family)  # the surest first


def typed_samples(texts: Iterable[str]) -> Iterator[Sample]:
    """The texts of which a sentence says what something in it is, annotated with that.

    A span's label is the type in its compact form ("rock band"), in the singular. Only what the
    rules found is annotated, which meta "only_these" says: the rest of a text is no negative, and
    other types may be as true of a mention. meta "typed" has for each span, in order, the whole
    "phrase" ("American rock band"), its "head" ("band") and the "rule". Spans never overlap.
    Texts in which nothing is sure are left out. Ours.
    """
    for text in texts:
        sample = typed_sample(text)
        if sample is not None:
            yield sample


def typed_sample(text: str) -> Sample | None:
    """As `typed_samples`, of one text; None where nothing is sure."""
    first = _distinct(_found(text))
    found = sorted(_distinct([*first, *repeats(text, first)]), key=lambda one: one.start)
    if not found:
        return None
    spans = tuple(CharSpan(one.start, one.end, one.phrase.label) for one in found)
    typed = [_record(one) for one in found]
    return Sample(text, spans, meta={"only_these": True, "typed": typed})


def _record(one: Found) -> dict[str, str]:
    return {"phrase": one.phrase.full, "head": one.phrase.head, "rule": one.rule}


def _found(text: str) -> Iterator[Found]:
    for tokens in sentences(text):
        for rule in RULES:
            yield from rule(tokens)


def _distinct(found: Iterable[Found]) -> list[Found]:
    """Without those that overlap with one before them."""
    kept: list[Found] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept
