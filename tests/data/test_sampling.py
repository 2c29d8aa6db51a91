from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import k_shot, nested_subsets, stratified
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample


@st.composite
def corpora(draw: st.DrawFn) -> list[Sample]:
    labels = st.lists(st.sampled_from("ABCD"), max_size=4)
    drawn = draw(st.lists(labels, min_size=1, max_size=25).filter(any))
    return [
        Sample(f"text {number}", tuple(CharSpan(i, i + 1, label) for i, label in enumerate(found)))
        for number, found in enumerate(drawn)
    ]


def single(counts: dict[str, int]) -> list[Sample]:
    return [
        Sample(f"{label} {number}", cats={label: 1.0, "other": 0.1})
        for label, count in counts.items()
        for number in range(count)
    ]


def spans_of(samples):
    return Counter(span.label for sample in samples for span in sample.spans)


SEEDS = st.integers(0, 5)


@settings(deadline=None)
@given(corpora(), st.integers(1, 6), SEEDS)
def test_k_shot_reaches_k_and_nests(samples, k, seed):
    chosen = k_shot(samples, k, seed, strict=False)
    totals, have = spans_of(samples), spans_of(chosen)
    assert all(have[label] >= min(k, total) for label, total in totals.items())
    assert len({sample.text for sample in chosen}) == len(chosen)
    larger = k_shot(samples, k + 2, seed, strict=False)
    assert larger[: len(chosen)] == chosen
    assert k_shot(samples, k, seed, strict=False) == chosen


@given(corpora(), SEEDS)
def test_k_shot_is_greedy(samples, seed):
    """One span a label: as many samples as labels at the most."""
    assert len(k_shot(samples, 1, seed)) <= len(spans_of(samples))


def test_k_shot_refuses_what_is_not_there():
    samples = [Sample("a", (CharSpan(0, 1, "A"),))] * 3 + [Sample("b", (CharSpan(0, 1, "B"),))]
    with pytest.raises(FewnerError, match="B has 1"):
        k_shot(samples, 2)
    with pytest.raises(FewnerError, match="no spans"):
        k_shot([Sample("a")], 1, strict=False)
    with pytest.raises(FewnerError, match="1 or more"):
        k_shot(samples, 0)


def test_k_shot_takes_extensions_along_without_asking_for_them():
    with_extension = Sample("ab", (CharSpan(0, 1, "A"), CharSpan(1, 2, "ext/rare")))
    plain = [Sample(text, (CharSpan(0, 1, "A"),)) for text in "cdefgh"]
    samples = [*plain, Sample("i", (CharSpan(0, 1, "ext/other"),)), with_extension]
    chosen = k_shot(samples, 7)
    assert len(chosen) == 7 and with_extension in chosen
    assert [len(k_shot(samples, k, seed=3)) for k in (1, 2, 3)] == [1, 2, 3]
    with pytest.raises(FewnerError, match="no spans"):
        k_shot(samples[-2:-1], 1)


def test_stratified_is_equation_4():
    samples = single({"A": 50, "B": 20, "C": 3})
    chosen = stratified(samples, 32, seed=1)
    assert Counter(next(iter(sample.cats)) for sample in chosen) == {"A": 10, "B": 10, "C": 3}
    assert stratified(samples, 32, seed=1) == chosen
    assert stratified(samples, 32, seed=2) != chosen


@settings(deadline=None)
@given(corpora(), st.integers(4, 30), SEEDS)
def test_stratified_bounds(samples, size, seed):
    holders = Counter(label for sample in samples for label in {s.label for s in sample.spans})
    chosen = stratified(samples, size, seed)
    assert len(chosen) <= size
    assert len({sample.text for sample in chosen}) == len(chosen)
    have = Counter(label for sample in chosen for label in {s.label for s in sample.spans})
    for label, total in holders.items():
        assert have[label] >= min(size // len(holders), total)


def test_stratified_needs_one_a_label():
    with pytest.raises(FewnerError, match="3 or more"):
        stratified(single({"A": 2, "B": 2, "C": 2}), 2)


@given(corpora(), SEEDS)
def test_subsets_nest(samples, seed):
    sizes = sorted({1, len(samples) // 2 or 1, len(samples)})
    subsets = nested_subsets(samples, sizes, seed)
    assert [len(subsets[size]) for size in sizes] == sizes
    for small, large in pairwise(sizes):
        assert subsets[large][:small] == subsets[small]
    assert sorted(sample.text for sample in subsets[len(samples)]) == sorted(
        sample.text for sample in samples
    )


def test_subsets_have_limits():
    for size in (0, 4):
        with pytest.raises(FewnerError, match="from 1 to 3"):
            nested_subsets(single({"A": 3}), [size])
