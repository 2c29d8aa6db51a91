"""Hypothesis strategies for samples, shared by the tests of this folder."""

from hypothesis import strategies as st

from spacy_fewner.types import CharSpan, Sample

TRICKY_TEXTS = [
    "",
    " ",
    "   ",
    " \n\t ",
    "\u3000",
    "a  b",
    " leading and trailing ",
    "e\u0301te\u0301 nai\u0308ve",
    "👩‍👩‍👧‍👦 in 🇨🇭!",
    "東京都に行きました。",
    "北京大学的李开复",
    "שלום עולם مرحبا بالعالم",
    "line one\u2028line two\x85three",
    "don't  U.S.A.'s e-mail: a@b.c",
    "\ufeffmark \u200bzero\u00a0width",
]

LABELS = st.sampled_from(["PER", "LOC", "art-film", "person/athlete", "E-mail", "数", "two words"])
SCORES = st.none() | st.floats(0, 1, allow_nan=False)
TEXTS = st.sampled_from(TRICKY_TEXTS) | st.text(max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
META = st.dictionaries(st.text(min_size=1, max_size=5), JSON, max_size=3)
# White space at the edges of names is left out at reading.
CLASSES = st.text(min_size=1, max_size=5).map(str.strip).filter(bool)
CATS = st.dictionaries(CLASSES, st.floats(0, 1), max_size=2)
WEIGHTS = st.sampled_from([1.0, 0.4, 0.0, 2.5])
# Separators (Z) and controls (C) can be no part of a CoNLL token.
WORDS = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=6)


@st.composite
def char_samples(draw: st.DrawFn) -> Sample:
    """Any text, any spans in it or none looked for, no tokens."""
    text = draw(TEXTS)
    spans = []
    if text:
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(text) - 1))
            end = draw(st.integers(start + 1, len(text)))
            spans.append(CharSpan(start, end, draw(LABELS), draw(SCORES)))
    return Sample(
        text, tuple(spans), None, draw(CATS), draw(META), draw(WEIGHTS), draw(st.booleans())
    )


@st.composite
def token_samples(draw: st.DrawFn) -> Sample:
    """Tokens with and without spaces of several kinds between; spans on tokens, nested too."""
    text, tokens = draw(st.sampled_from(["", " ", "\n "])), []
    for word in draw(st.lists(WORDS, min_size=1, max_size=8)):
        tokens.append((len(text), len(text) + len(word)))
        text += word + draw(st.sampled_from([" ", "", "  ", "\n", "\u3000 "]))
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, len(tokens) - 1))
        last = draw(st.integers(first, len(tokens) - 1))
        spans.append(CharSpan(tokens[first][0], tokens[last][1], draw(LABELS), draw(SCORES)))
    return Sample(
        text,
        tuple(spans),
        tuple(tokens),
        draw(CATS),
        draw(META),
        draw(WEIGHTS),
        draw(st.booleans()),
    )


@st.composite
def flat_samples(draw: st.DrawFn, joiner: str = " ") -> Sample:
    """Tokens joined by joiner, spans apart: what CoNLL can hold."""
    words = draw(st.lists(WORDS, min_size=1, max_size=10))
    tokens, position = [], 0
    for word in words:
        tokens.append((position, position + len(word)))
        position += len(word) + len(joiner)
    spans, first = [], 0
    while first < len(words):
        last = draw(st.integers(first, len(words) - 1))
        if draw(st.booleans()):
            spans.append(CharSpan(tokens[first][0], tokens[last][1], draw(LABELS)))
        first = last + 1
    return Sample(joiner.join(words), tuple(spans), tuple(tokens))
