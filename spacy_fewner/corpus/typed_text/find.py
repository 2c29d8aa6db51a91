"""Texts with the mentions whose type they say themselves."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ...types import CharSpan, Sample
from .apposition import apposition
from .before_name import before_name, called
from .is_a import is_a
from .phrases import Found
from .places import family, place_of
from .repeats import repeats
from .tokens import sentences

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer

RULES = (is_a, before_name, called, apposition, place_of, family)  # the surest first


def typed_samples(texts: Iterable[str]) -> Iterator[Sample]:
    """The texts of which a sentence says what something in it is, annotated with that.

    A span's label is the type in its compact form ("rock band"), in the singular. Only what the
    rules found is annotated, which meta "only_these" says: the rest of a text is no negative, and
    other types may be as true of a mention. meta "typed" has for each span, in order, the whole
    "phrase" ("American rock band"), its "head" ("band") and the "rule". Spans never
    overlap and are of whole tokens. Texts in which nothing is sure are left out. Ours.
    """
    for text in texts:
        sample = typed_sample(text)
        if sample is not None:
            yield sample


def typed_sample(text: str) -> Sample | None:
    """As `typed_samples`, of one text; None where nothing is sure."""
    first = _distinct(_found(text))
    found = _of_whole_tokens(text, _distinct([*first, *repeats(text, first)]))
    if not found:
        return None
    found.sort(key=lambda one: one.start)
    spans = tuple(CharSpan(one.start, one.end, one.phrase.label) for one in found)
    typed = [_record(one) for one in found]
    return Sample(text, spans, meta={"only_these": True, "typed": typed})


def _of_whole_tokens(text: str, found: Sequence[Found]) -> list[Found]:
    """Without those that spaCy's English tokenizer does not set apart ("in 2007.Acme is a firm"),
    as training could not use them."""
    if not found:
        return []
    doc = _tokenizer()(text)
    return [one for one in found if doc.char_span(one.start, one.end) is not None]


@cache
def _tokenizer() -> "Tokenizer":
    from spacy.lang.en import English

    return English().tokenizer


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
