"""Texts without the sentences that hold some of their mentions (GuideX, unpublished).

The types stay in the guidelines: what is no longer in the text is not to be found.
"""

from bisect import bisect_right
from dataclasses import replace

import numpy as np

from ...data.passages import Piece, sentences
from ...types import CharSpan, Sample

SHARE = (0.15, 0.5)  # of a text's spans


def without_sentences(passage: Sample, rng: np.random.Generator) -> Sample:
    """The passage without the sentences of 15 to 50 % of its spans, one at least, all drawn at
    random; as it is where nothing would be left, or nothing goes.

    Source: the code of GuideX, with one share for all texts. [ours] Spans are deleted by where they
    stand, not wherever their string occurs, and whatever else stands in these sentences goes too.
    """
    spans = sorted(passage.spans)
    if not spans:
        return passage
    wanted = max(1, int(rng.uniform(*SHARE) * len(spans)))
    drawn = [spans[at] for at in rng.choice(len(spans), wanted, replace=False)]
    whole = _whole(passage.text, spans)
    kept = [one for one in whole if not any(_meet(one, span) for span in drawn)]
    return _of(passage, kept) if 0 < len(kept) < len(whole) else passage


def _whole(text: str, spans: list[CharSpan]) -> list[Piece]:
    """Sentences, as one where a span lies across them."""
    found: list[Piece] = []
    for start, end in sentences(text):
        crossed = found and any(span.start < found[-1][1] and start < span.end for span in spans)
        found[-1:] = [(found[-1][0], end)] if crossed else [*found[-1:], (start, end)]
    return found


def _meet(piece: Piece, span: CharSpan) -> bool:
    return span.start < piece[1] and piece[0] < span.end


def _of(passage: Sample, kept: list[Piece]) -> Sample:
    """Of these pieces, with a space between."""
    starts, length, parts = [], 0, []
    for start, end in kept:
        starts.append(length)
        parts.append(passage.text[start:end])
        length += end - start + 1
    spans = []
    for span in sorted(passage.spans):
        at = bisect_right(kept, (span.start, len(passage.text))) - 1
        if at >= 0 and span.end <= kept[at][1]:
            moved = starts[at] - kept[at][0]
            spans.append(replace(span, start=span.start + moved, end=span.end + moved))
    return replace(passage, text=" ".join(parts), spans=tuple(spans))
