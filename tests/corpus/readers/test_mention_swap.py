"""Swapped mentions: labels, nesting, offsets and tokens stay true."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.corpus.readers.mention_swap import MentionBank, outermost
from spacy_fewner.types import CharSpan, Sample


def sample_of(words, spans, tokens=True):
    """spans: (first word, last word + 1, label)."""
    starts, at = [], 0
    for word in words:
        starts.append((at, at + len(word)))
        at += len(word) + 1
    chars = tuple(CharSpan(starts[a][0], starts[b - 1][1], label) for a, b, label in spans)
    return Sample(" ".join(words), chars, tuple(starts) if tokens else None)


@st.composite
def samples(draw):
    words = draw(st.lists(st.text("abcé🎹漢", min_size=1, max_size=4), min_size=1, max_size=8))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=6)))
    outer = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    spans = [(a, b, draw(st.sampled_from("XY"))) for a, b in outer]
    spans += [(a, a + 1, "IN") for a, b in outer if b - a > 1 and draw(st.booleans())]
    return sample_of(words, spans, draw(st.booleans()))


@settings(max_examples=200, deadline=None)
@given(st.lists(samples(), min_size=1, max_size=4), st.integers(0, 99), st.floats(0, 1))
def test_swapped_samples_stay_true(given_samples, seed, rate):
    bank = MentionBank(given_samples)
    for sample in given_samples:
        swapped = bank.swap(sample, rate, random.Random(seed))
        before = [span.label for span in outermost(sample.spans)]
        assert [span.label for span in outermost(swapped.spans)] == before
        for outer in outermost(swapped.spans):
            surface = outer.surface(swapped.text)
            known = [mention.text for mention in bank.mentions[outer.label]]
            assert surface in known
        if swapped.tokens is not None:
            edges = {edge for token in swapped.tokens for edge in token}
            assert all({s.start, s.end} <= edges for s in swapped.spans)
            words = [swapped.text[a:b] for a, b in swapped.tokens]
            assert words == swapped.text.split(" ")


def test_inner_spans_move_with_their_mention():
    bank = MentionBank([sample_of(["oak", "pallet", "gone"], [(0, 2, "PART"), (0, 1, "MATERIAL")])])
    plain = sample_of(["the", "slider", "sticks"], [(1, 2, "PART")])
    swapped = bank.swap(plain, 1.0, random.Random(0))
    assert swapped.text == "the oak pallet sticks"
    assert {(s.surface(swapped.text), s.label) for s in swapped.spans} == {
        ("oak pallet", "PART"),
        ("oak", "MATERIAL"),
    }


@pytest.mark.parametrize("rate", [0.0])
def test_rate_zero_changes_nothing(rate):
    sample = sample_of(["a", "b", "c"], [(0, 2, "X"), (1, 2, "Y")])
    assert MentionBank([sample]).swap(sample, rate, random.Random(0)) == sample


def test_crossing_spans_are_left_alone():
    sample = sample_of(["a", "b", "c"], [(0, 2, "X"), (1, 3, "Y")])
    other = sample_of(["d"], [(0, 1, "X")])
    assert MentionBank([sample, other]).swap(sample, 1.0, random.Random(0)) == sample
