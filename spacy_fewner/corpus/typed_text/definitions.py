"""What types mean, as the sentences say it in which they were found."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...types import CharSpan, LabelSpec, Sample, Schema
from .is_a import RULE
from .names import QUOTES
from .tokens import Token, after_brackets, sentences

BEST_LENGTH, MOST_WORDS = 15, 30
MENTION = "this"
Rank = tuple[bool, int, str]


def definitions(samples: Iterable[Sample]) -> Schema:
    """One label for each type of typed samples, sorted; its description is a sentence about one of
    its mentions.

    The mention itself is replaced by "this" ("This is a river of Peru ."): with the name a model
    would learn to know the example again, not the type. So the labels have no examples either.
    Of several sentences the one that says "X is a TYPE" is taken, then the one with nearest to 15
    words; it is cut behind 30. The order of the samples does not matter.
    """
    best: dict[str, Rank] = {}
    for sample in samples:
        found = list(sentences(sample.text))
        for span, rule in zip(sample.spans, _rules(sample), strict=True):
            said, length = _sentence(sample.text, found, span)
            rank = (rule != RULE, abs(length - BEST_LENGTH), said)
            best[span.label] = min(best.get(span.label, rank), rank)
    return Schema(tuple(LabelSpec(label, best[label][2]) for label in sorted(best)))


def _rules(sample: Sample) -> list[str]:
    """The rule of each span; "" for those that no rule of ours found."""
    typed: list[dict[str, Any]] = sample.meta.get("typed", [])
    if len(typed) != len(sample.spans):
        return [""] * len(sample.spans)
    return [str(one.get("rule", "")) for one in typed]


def _sentence(text: str, found: Sequence[list[Token]], span: CharSpan) -> tuple[str, int]:
    """(the sentence of the span with "this" in place of the mention, its number of words)."""
    tokens = next((one for one in found if one[0].start <= span.start < one[-1].end), [])
    before = [token for token in tokens if token.start < span.start]
    after = _without_brackets([token for token in tokens if token.start >= span.end])
    if len(before) == 1 and before[0].text in ("The", *QUOTES):
        before = []
    words = len(before) + 1 + len(after)
    after = after[: max(0, MOST_WORDS - 1 - len(before))]
    parts = (_text(text, before[-MOST_WORDS:]), MENTION, _text(text, after))
    said = " ".join(filter(None, parts))
    return said[:1].upper() + said[1:], words


def _without_brackets(tokens: list[Token]) -> list[Token]:
    """Without the quotation mark and the brackets that follow the mention."""
    place = 1 if tokens and tokens[0].text in QUOTES.values() else 0
    return tokens[max(place, after_brackets(tokens, place)) :]


def _text(text: str, tokens: list[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""
