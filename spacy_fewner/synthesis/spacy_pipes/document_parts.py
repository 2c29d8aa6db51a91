"""Long docs in parts that a model can take, cut where nothing is torn apart."""

import re
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Token

from ...types import CharSpan

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")


def cut(doc: Doc, max_chars: int, spans: Sequence[CharSpan] = ()) -> Iterator[tuple[int, int]]:
    """Characters (start, end) of parts of at most max_chars, none of blanks only, in order.

    Cut behind a sentence, else between tokens; where a token or one of the spans is longer than a
    part may be, the part is longer too.
    """
    start = 0
    for end in [*_ends(doc, max_chars, spans), len(doc.text)]:
        if doc.text[start:end].strip():
            yield start, end
        start = end


def _ends(doc: Doc, max_chars: int, spans: Sequence[CharSpan]) -> Iterator[int]:
    """Where all parts but the last end."""
    start = sentence = place = 0  # place: the last where a cut may be; sentence: behind a sentence
    for end, whole in _places(doc, spans):
        while end - start > max_chars and max(sentence, place) > start:
            start = sentence if sentence > start else place
            yield start
        place = end
        sentence = end if whole else sentence


def _places(doc: Doc, spans: Sequence[CharSpan]) -> Iterator[tuple[int, bool]]:
    """Ends of tokens, with the space behind, outside of spans; whether a sentence ends there."""
    inside = {at for span in spans for at in range(span.start + 1, span.end)}
    for token in doc:
        end = token.idx + len(token)
        if end not in inside:
            yield end + len(token.whitespace_), _ends_sentence(token)


def _ends_sentence(token: Token) -> bool:
    following = token.i + 1
    known = following < len(token.doc) and token.doc[following].is_sent_start
    return bool(known or _SENTENCE_END.search(token.text))
