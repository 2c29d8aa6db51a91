"""What to say of spans that do not begin and end with a token."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import FewnerError
from .auditing.near import UNSPACED
from .docs import Misaligned

if TYPE_CHECKING:
    from spacy.language import Language

    from ..types import Sample

RULE = "spans must begin and end with a token"
MOVE = "choose --alignment expand (alignment='expand' in Python)"

_UNSPACED = re.compile(f"[{UNSPACED}]")
# Languages written without spaces that spaCy has a tokenizer for, by what only they have.
_LANGUAGES = (
    ("ja", re.compile("[\u3040-\u30ff\uff66-\uff9f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_CHARACTERS = "choose --lang zh (lang='zh' in Python), which takes each character as a token"


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
        remedy(first, sample, nlp.lang),
    )


def remedy(missed: Misaligned, sample: "Sample", lang: str | None) -> str:
    """For a span of the sample that does not fit its tokens, or those that `lang` gives it."""
    if sample.tokens is not None:
        return f"Correct the offsets, leave the tokens out of the file, or {MOVE}."
    if _UNSPACED.search(missed.tokens):
        return f"The text is written without spaces: {_language(missed.tokens, lang)}."
    return f"Correct the offsets, or {MOVE}."


def _language(tokens: str, lang: str | None) -> str:
    if lang == "zh":
        return f"correct the offsets, or {MOVE}"
    for code, script in _LANGUAGES:
        if script.search(tokens) and lang != code:
            return f"choose --lang {code} (lang='{code}'), if spaCy has it here; else {_CHARACTERS}"
    return _CHARACTERS
