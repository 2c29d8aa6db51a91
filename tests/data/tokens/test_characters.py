"""What one character is, and that mentions are bounded by the same."""

import pytest

from spacy_fewner.data.tokens.characters import characters
from spacy_fewner.data.tokens.tokenizer import cut_by_character
from spacy_fewner.grounding.boundaries import Boundaries

# Each one character of several signs.
SEVERAL = [
    "e\u0301",
    "か\u3099",
    "ﾊ\uff9f",
    "👩\u200d🔬",
    "👍🏽",
    "🇯🇵",
    "क\u093c",
    "ท\u0e35\u0e48",
    "🏴\U000e0067\U000e007f",
]


@pytest.mark.parametrize("one", SEVERAL)
def test_no_mention_ends_inside_a_character(one: str):
    text = f"漢 {one} 字"
    edges = Boundaries(text)
    places = {place for start, end in characters(text) for place in (start, end)}
    inside = range(3, 2 + len(one))
    assert (2, 2 + len(one)) in list(characters(text))
    assert places.isdisjoint(inside)
    assert not any(edges.starts[at] or edges.ends[at] for at in inside)
    assert edges.starts[2]
    assert edges.ends[2 + len(one)]


@pytest.mark.parametrize(
    "text",
    ["ㄅㄆ", "⽔⽕", "ꆈꌠ", "ꦗꦮ", "ᦅᧄ", "ᮞᮥ", "𗼇𗰗", "𒀀𒀁", "漢字", "ไทย", "မြန်မာ", "ខ្មែរ", "ລາວ"],
)
def test_scripts_without_spaces_are_cut_by_character(text: str):
    assert cut_by_character(text)
    starts = [start for start, _ in characters(text)]
    assert all(Boundaries(text).starts[start] for start in starts)


@pytest.mark.parametrize("text", ["Ada", "हिन्दी", "العربية", "ქართული", "አማርኛ", "ᏣᎳᎩ", "Ａｄａ"])
def test_others_are_not(text: str):
    assert not cut_by_character(text)
    assert not any(Boundaries(text).starts[1:-1])
