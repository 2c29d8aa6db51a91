"""What to say of spans that do not begin and end with a token."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import FewnerError
from .docs import Misaligned
from .tokens.characters import characters
from .tokens.pipeline import by_characters
from .tokens.tokenizer import cut_by_character

if TYPE_CHECKING:
    from spacy.language import Language

    from ..types import Sample

RULE = "spans must begin and end with a token"
MOVE = "choose --alignment expand (alignment='expand' in Python)"
_AUTO = "choose --tokens auto (tokens='auto' in Python), which takes each character as a token"
_INSIDE = "for spans that end inside words --tokens characters (tokens='characters')"


def refuse_lost(
    misaligned: Sequence[Misaligned], samples: "Sequence[Sample]", nlp: "Language"
) -> None:
    """FewnerError if one of the spans has no place, with the file and line of the first."""
    lost = [missed for missed in misaligned if missed.placed is None]
    if not lost:
        return
    first, sample = lost[0], samples[lost[0].index]
    more = f" and {len(lost) - 1} more" if lost[1:] else ""
    raise FewnerError(
        sample.place or f"samples[{first.index}]",
        RULE,
        f"{first.surface!r} in {first.tokens!r}{more}",
        remedy(first, sample, nlp),
    )


def remedy(missed: Misaligned, sample: "Sample", nlp: "Language") -> str:
    """For a span of the sample that does not fit its tokens, or those that the pipeline makes."""
    if sample.tokens is not None:
        out = "leave the tokens out of the file, as `convert` can"
        return f"Correct the offsets, {out}, or {MOVE}."
    spaced = by_characters(nlp)
    if not spaced and cut_by_character(missed.tokens):
        return f"The text is written without spaces: {_AUTO}."
    if spaced == "characters" or _cuts_marks(missed, sample.text):
        return f"Correct the offsets: they cut a character from its marks. Or {MOVE}."
    return f"Correct the offsets, or {MOVE}; {_INSIDE}."


def _cuts_marks(missed: Misaligned, text: str) -> bool:
    """Whether an edge lies inside a character and its marks, where no token ends either."""
    inside = {place for start, end in characters(text) for place in range(start + 1, end)}
    return bool(inside & {missed.span.start, missed.span.end})
