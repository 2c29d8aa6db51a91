"""Equation 4: the same number of each label, counted in labels."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.cascade.rows.label_sampling import sampled_labels
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

MANY = Sample("abcdef", tuple(CharSpan(at, at + 1, "often") for at in range(6)))
FEW = Sample("xy", (CharSpan(0, 1, "rare"), CharSpan(1, 2, "ext/word")))
SAMPLES = [MANY, FEW, MANY, Sample("none")]


@pytest.mark.parametrize(("size", "often"), [(2, 1), (9, 4), (24, 12), (99, 12)])
def test_as_many_of_each_as_there_are(size: int, often: int):
    drawn = sampled_labels(SAMPLES, size)
    assert Counter(span.label for spans in drawn for span in spans) == {"often": often, "rare": 1}
    assert drawn == sampled_labels(SAMPLES, size) and len(drawn) == 4
    assert all(set(spans) <= set(one.spans) for spans, one in zip(drawn, SAMPLES, strict=True))


def test_of_a_text_with_many_only_some_are_drawn():
    assert {len(sampled_labels([MANY, FEW], 4, seed)[0]) for seed in range(9)} == {2}
    assert len({str(sampled_labels([MANY, FEW], 4, seed)) for seed in range(9)}) > 1


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=5), max_size=6), st.integers(0, 40))
def test_it_is_the_equation(labels: list[list[str]], size: int):
    samples = [
        Sample("x" * 9, tuple(CharSpan(at, at + 1, one) for at, one in enumerate(own)))
        for own in labels
    ]
    counts = Counter(one for own in labels for one in own)
    if not counts or size < len(counts):
        with pytest.raises(FewnerError, match="size: must be"):
            sampled_labels(samples, size)
        return
    drawn = Counter(span.label for spans in sampled_labels(samples, size) for span in spans)
    assert drawn == {one: min(size // len(counts), count) for one, count in counts.items()}
