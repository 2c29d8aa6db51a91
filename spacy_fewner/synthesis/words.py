"""Words and parts of speech as extension spans: out of replies, held against the text."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..data.formats.record import Offsets, locate_words
from ..errors import FewnerError
from ..grounding.normal import fold
from ..types import EXTENSION_PREFIX, CharSpan, Reject, Sample
from .annotated_texts import UNKNOWN_LABEL
from .prompting import TEXT, choice_schema, items_schema, object_schema
from .stage import Outcome

WORD = EXTENSION_PREFIX + "seg/word"
TAG = EXTENSION_PREFIX + "pos/"
UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)
WORDS_SCHEMA = items_schema(TEXT)
TAGS_SCHEMA = items_schema(object_schema(word=TEXT, pos=choice_schema(UPOS)))

NOT_COVERED = "words are not those of the text"


def read_words(text: str, items: Sequence[Any], stage: str) -> Offsets | Reject:
    """items: of the reply. Characters (start, end) of its words, which must be all of the text."""
    words = [item.strip() for item in items if isinstance(item, str) and item.strip()]
    try:
        offsets = locate_words(text, words, "reply")
    except FewnerError as error:
        return Reject(NOT_COVERED, str(error), stage, text)
    rest = text[offsets[-1][1] if offsets else 0 :].strip()
    if rest:
        return Reject(NOT_COVERED, f"left out: {rest[:120]!r}", stage, text)
    return offsets


def with_tags(sample: Sample, offsets: Offsets, items: Sequence[Any], stage: str) -> Outcome:
    """items: of the reply, a word and its tag each, for all the words in their order."""
    pairs = [
        (str(item.get("word")), str(item.get("pos"))) for item in items if isinstance(item, dict)
    ]
    words = surfaces_of(sample.text, offsets)
    if [fold(word) for word, _ in pairs] != [fold(word) for word in words]:
        detail = f"{len(pairs)} words tagged of {len(words)}"
        return Reject(NOT_COVERED, detail, stage, sample.text)
    wrong = next((tag for _, tag in pairs if tag.upper() not in UPOS), None)
    if wrong is not None:
        return Reject(UNKNOWN_LABEL, repr(wrong), stage, sample.text)
    tags = [tag.upper() for _, tag in pairs]
    spans = [
        CharSpan(start, end, TAG + tag) for (start, end), tag in zip(offsets, tags, strict=True)
    ]
    return with_spans(sample, spans)


def given_words(sample: Sample) -> Offsets:
    """Characters of the sample's `ext/seg/word` spans; if it has none, of its tokens."""
    words = {(span.start, span.end) for span in sample.spans if span.label == WORD}
    found = sorted(words) if words else sample.tokens or ()
    return tuple((start, end) for start, end in found if sample.text[start:end].strip())


def surfaces_of(text: str, offsets: Offsets) -> list[str]:
    return [text[start:end] for start, end in offsets]


def with_spans(sample: Sample, spans: Iterable[CharSpan]) -> Sample:
    """Those of the sample first; none twice."""
    return replace(sample, spans=tuple(dict.fromkeys([*sample.spans, *spans])))
