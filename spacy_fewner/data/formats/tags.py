"""Tag schemes of sequence labelling: tags to spans for all of them, spans to tags for BIO.

One rule reads IO, IOB1, BIO (IOB2), BILUO, BIOES and BMES: B, S, U and W begin a span; I, M,
E and L continue the span before them if it has their label and begin one otherwise (an orphan
I- is a span, as in conlleval); L, E, S, U and W end it. Only tags that are bare labels
("PER" for "I-PER") must be told apart, which `is_prefixed` does over a whole file. CoNLL-2012's
brackets, "(PER*" and "*)", become such tags first (`from_brackets`). Prefixes alone (B, M, E, S)
mark words if there is no O, else entities.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from ...types import ENTITY, WORD

OUTSIDE = "O"

TokenSpan = tuple[int, int, str]
"""First token, token after the last, label."""
Scheme = Literal["prefixed", "labels", "brackets", "segments", "entities", "words"]
"""How the tags of a file are meant: with prefixes; bare labels; in brackets; prefixes alone, of
words that tile the text or of entities; or each the tag of one token."""

_PREFIXED = re.compile(r"([BILUESMW])[-_](.*\S.*)", re.DOTALL)
_BRACKET = re.compile(r"(?:\(([^()*\s]+)\*?|\*)(\)?)")
_ENDS = frozenset("LESUW")
_CONTINUES = frozenset("IMEL")
_BARE = frozenset("BILUESMW" + OUTSIDE)
_NOTHING = frozenset((OUTSIDE, "_", ""))


def is_tag(value: str) -> bool:
    """Whether value is O or a label with a prefix."""
    return value == OUTSIDE or _PREFIXED.fullmatch(value) is not None


def is_prefixed(tags: Iterable[str]) -> bool:
    """Whether the tags of a file carry prefixes, as opposed to bare labels (IO without I-).

    A B- or I- settles it; other prefixes count only if all tags have one, since "E-mail" and
    "S-Bahn" may be labels.
    """
    inside = {tag for tag in tags if tag != OUTSIDE}
    if any(tag[:2] in ("B-", "I-", "B_", "I_") for tag in inside):
        return True
    return all(is_tag(tag) for tag in inside)


def label_of(tag: str) -> str:
    """The label of a tag, whatever its prefix; "" of O."""
    return _split(tag, True)[1]


def is_bracketed(tags: Iterable[str]) -> bool:
    """Whether the tags of a file are CoNLL-2012's: "(PER*" opens a span, "*)" closes it."""
    return all(_BRACKET.fullmatch(tag) for tag in tags)


def scheme_of(tags: Iterable[str], chosen: bool) -> Scheme:
    """chosen: whether somebody said that these are the tags. Prefixes alone, and tags without O
    that have none, are taken for tags only then.
    """
    kinds = set(tags)
    if is_bracketed(kinds):
        return "brackets"
    if chosen and "B" in kinds and len(kinds) > 1 and kinds <= _BARE:
        return "entities" if OUTSIDE in kinds else "segments"
    if is_prefixed(kinds):
        return "prefixed"
    return "words" if chosen and kinds.isdisjoint(_NOTHING) else "labels"


def spans_by(scheme: Scheme, tags: Sequence[str]) -> list[TokenSpan]:
    """Token spans of a sentence."""
    if scheme == "words":
        return [(n, n + 1, tag) for n, tag in enumerate(tags)]
    if scheme == "brackets":
        return spans_from_tags(from_brackets(tags))
    if scheme in ("segments", "entities"):
        label = WORD if scheme == "segments" else ENTITY
        return spans_from_tags([t if t == OUTSIDE else f"{t}-{label}" for t in tags])
    return spans_from_tags(tags, scheme == "prefixed")


def from_brackets(tags: Sequence[str]) -> list[str]:
    """The tags of a sentence, which must be bracketed, as BIO."""
    found, label = [], ""
    for match in map(_BRACKET.fullmatch, tags):
        assert match
        label = match[1] or label
        found.append(f"{'B' if match[1] else 'I'}-{label}" if label else OUTSIDE)
        label = "" if match[2] else label
    return found


def spans_from_tags(tags: Sequence[str], prefixed: bool = True) -> list[TokenSpan]:
    """Token spans of a sentence; every tag must be O, or pass `is_tag` if prefixed."""
    spans: list[TokenSpan] = []
    start, open_label = 0, ""
    for position, tag in enumerate(tags):
        prefix, label = _split(tag, prefixed)
        if open_label and not (prefix in _CONTINUES and label == open_label):
            spans.append((start, position, open_label))
            open_label = ""
        if label and not open_label:
            start, open_label = position, label
        if prefix in _ENDS:
            spans.append((start, position + 1, open_label))
            open_label = ""
    if open_label:
        spans.append((start, len(tags), open_label))
    return spans


def bio_from_spans(spans: Iterable[TokenSpan], length: int) -> list[str]:
    """BIO tags of a sentence of `length` tokens; ValueError if two spans share a token."""
    tags = [OUTSIDE] * length
    for start, end, label in spans:
        if any(tag != OUTSIDE for tag in tags[start:end]):
            raise ValueError(f"two spans share tokens {start} to {end}")
        tags[start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
    return tags


def _split(tag: str, prefixed: bool) -> tuple[str, str]:
    if tag == OUTSIDE:
        return OUTSIDE, ""
    match = _PREFIXED.fullmatch(tag) if prefixed else None
    return (match[1], match[2]) if match else ("I", tag)
