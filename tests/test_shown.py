"""What is shown of data: all that can be seen, and nothing that acts."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.shown import shown, shown_in_line

ACTING = [*map(chr, (0, 7, 8, 0x0B, 0x0D, 0x1B, 0x7F, 0x80, 0x9B, 0x9D)), *"\u061c\u200e\u200f"]
ACTING += [*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))), "\ud800"]
hostile = st.text(st.one_of(st.sampled_from(ACTING), st.characters()), max_size=40)


def acts(text: str) -> set[str]:
    """Controls, by Unicode's classes and not by the list that is tested."""
    turning = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return {
        c
        for c in text
        if (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t")
        or unicodedata.bidirectional(c) in turning
        or c in "\u061c\u200e\u200f"
    }


@given(hostile)
def test_nothing_acts_and_nothing_else_is_touched(text: str):
    seen = shown(text)
    assert not acts(seen)
    assert seen == "".join(ascii(c)[1:-1] if acts(c) else c for c in text)
    assert not set(shown_in_line(text)) & set("\t\n\u2028\u2029")
    assert shown_in_line(text).isascii() or not text.isascii()


def test_as_people_see_it():
    assert shown("A\x1b[31mB\u202e\x9b\n\té 人 👩‍👩‍👧") == "A\\x1b[31mB\\u202e\\x9b\n\té 人 👩‍👩‍👧"
    assert shown_in_line("a\nb\tc\u2028d") == "a\\nb\\tc\\u2028d"
