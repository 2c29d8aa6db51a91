"""Choices of texts by class, and all classes for each text."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import k_shot, stratified, train_dev_split
from spacy_fewner.data.classes.labels import chosen, with_all_classes
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample


def corpus(counts: dict[str, int], blank: int = 0) -> list[Sample]:
    named = [
        Sample(f"{name} {n}", cats={name: 1.0, "other": 0.1}, spans_annotated=False)
        for name, count in counts.items()
        for n in range(count)
    ]
    return named + [Sample(f"plain {n}") for n in range(blank)]


def counts_of(samples: list[Sample]) -> Counter[str]:
    return Counter(name for sample in samples for name in chosen(sample))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9), min_size=1), st.integers(1, 6))
def test_k_texts_a_class_or_all_there_are(counts: dict[str, int], k: int):
    samples = corpus(counts, blank=3)
    found = k_shot(samples, k, seed=k, strict=False)
    assert counts_of(found) == {name: min(k, count) for name, count in counts.items()}
    assert len(found) == sum(min(k, count) for count in counts.values())
    assert k_shot(samples, k + 1, seed=k, strict=False)[: len(found)] == found


def test_too_few_texts_of_a_class_are_an_error():
    with pytest.raises(FewnerError, match=r"every label needs 3 texts; got b has 2\b"):
        k_shot(corpus({"a": 5, "b": 2}), 3)
    with pytest.raises(FewnerError, match="no spans and no classes"):
        k_shot(corpus({}, blank=2), 1)


def test_labels_and_classes_of_one_name_count_apart():
    samples = [
        Sample("Ada", (CharSpan(0, 3, "x"),)),
        Sample("Bob", (CharSpan(0, 3, "x"),)),
        *corpus({"x": 2}),
    ]
    assert len(k_shot(samples, 2)) == 4


def test_stratified_and_split_balance_classes():
    samples = corpus({"a": 40, "b": 10})
    assert counts_of(stratified(samples, 8)) == {"a": 4, "b": 4}
    train, dev = train_dev_split(samples, 0.2)
    assert counts_of(dev) == {"a": 8, "b": 2} and len(train) == 40


def test_all_classes_for_each_annotated_text():
    first, second, blank = with_all_classes([
        Sample("a", cats={"x": 1.0}), Sample("b", cats={"y": 0.4}), Sample("c")
    ])  # fmt: skip
    assert first.cats == {"x": 1.0, "y": 0.0} and second.cats == {"x": 0.0, "y": 0.4}
    assert blank.cats == {}
