from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.data import folds, train_dev_split
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample


def build(drawn: list[tuple[int, list[str]]]) -> list[Sample]:
    return [
        Sample(
            f"text {text}",
            tuple(CharSpan(i, i + 1, label) for i, label in enumerate(labels)),
            meta={"id": number},
        )
        for number, (text, labels) in enumerate(drawn)
    ]


DRAWN = st.lists(
    st.tuples(st.integers(0, 12), st.lists(st.sampled_from("ABC"), max_size=3)),
    min_size=2,
    max_size=30,
).filter(lambda drawn: len({text for text, _ in drawn}) > 1)


def ids(samples):
    return [sample.meta["id"] for sample in samples]


@settings(deadline=None)
@given(DRAWN, st.integers(2, 5), st.integers(0, 3))
def test_folds_are_a_partition(drawn, n, seed):
    samples = build(drawn)
    n = min(n, len({sample.text for sample in samples}))
    made = folds(samples, n, seed)
    assert len(made) == n
    assert sorted(i for _, held in made for i in ids(held)) == list(range(len(samples)))
    for train, held in made:
        assert held and train
        assert sorted(ids(train) + ids(held)) == list(range(len(samples)))
        assert ids(held) == sorted(ids(held)) and ids(train) == sorted(ids(train))
        assert not {s.text for s in train} & {s.text for s in held}
    assert folds(samples, n, seed) == made


@settings(deadline=None)
@given(DRAWN, st.floats(0.05, 0.95), st.integers(0, 3))
def test_split_is_a_partition(drawn, fraction, seed):
    samples = build(drawn)
    train, dev = train_dev_split(samples, fraction, seed)
    assert train and dev
    assert sorted(ids(train) + ids(dev)) == list(range(len(samples)))
    assert not {s.text for s in train} & {s.text for s in dev}
    assert train_dev_split(samples, fraction, seed) == (train, dev)


def test_labels_and_sizes_are_balanced():
    labels = [["A"]] * 60 + [["B"]] * 20 + [["A", "C"]] * 10 + [[]] * 30
    samples = build(list(enumerate(labels)))
    for _, held in folds(samples, 5):
        count = Counter(span.label for sample in held for span in sample.spans)
        assert count == {"A": 14, "B": 4, "C": 2}
        assert len(held) == 24
    _, dev = train_dev_split(samples, 0.1)
    count = Counter(span.label for sample in dev for span in sample.spans)
    assert count == {"A": 7, "B": 2, "C": 1}
    assert len(dev) == 12


def test_seed_matters():
    samples = build([(number, ["A"]) for number in range(20)])
    assert folds(samples, 2, seed=0) != folds(samples, 2, seed=1)


def test_limits():
    samples = build([(0, ["A"]), (0, ["A"]), (1, ["B"])])
    for n in (1, 3):
        with pytest.raises(FewnerError, match="from 2 to"):
            folds(samples, n)
    with pytest.raises(FewnerError, match="two different texts"):
        train_dev_split(samples[:2], 0.5)
    for fraction in (0, 1):
        with pytest.raises(FewnerError, match="between 0 and 1"):
            train_dev_split(samples, fraction)
