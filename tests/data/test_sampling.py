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


def of_spans(text: str, *labels: str) -> Sample:
    return Sample(text, tuple(CharSpan(i, i + 1, label) for i, label in enumerate(labels)))


def test_stratified_counts_labels_not_texts():
    """size 12, two labels: six of each, and a text with three entities counts three."""
    crowded = [of_spans(f"crowded {n}", "A", "A", "A") for n in range(10)]
    single = [of_spans(f"single {n}", "B") for n in range(10)]
    chosen = stratified([*crowded, *single], 12, seed=4)
    assert spans_of(chosen) == {"A": 6, "B": 6}
    assert len(chosen) == 2 + 6


def test_stratified_counts_n_i_in_labels():
    """The label with fewer texts is the more frequent one, and goes last."""
    few = [of_spans("few", *"AAAAAA")]
    many = [of_spans(f"many {n}", "B") for n in range(4)]
    assert stratified([*few, *many], 10)[-1] == few[0]
    assert spans_of(stratified([*few, *many], 10)) == {"A": 6, "B": 4}


def test_stratified_adds_a_texts_own_label_to_its_spans():
    both = Sample("ab", (CharSpan(0, 1, "A"),), cats={"A": 1.0})
    assert len(stratified([both] * 5, 4)) == 2


@settings(deadline=None)
@given(corpora(), st.integers(4, 30), SEEDS)
def test_stratified_bounds(samples, size, seed):
    totals = spans_of(samples)
    chosen = stratified(samples, size, seed)
    assert len(chosen) <= size
    assert len({sample.text for sample in chosen}) == len(chosen)
    have, wanted = spans_of(chosen), size // len(totals)
    for label, total in totals.items():
        assert have[label] >= min(wanted, total)
    # No sample is there in vain: without the last one, some label would have too few.
    without = spans_of(chosen[:-1])
    assert any(without[label] < min(wanted, total) for label, total in totals.items())


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
