"""Thresholds from held-out candidates."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation import (
    Thresholds,
    apply_thresholds,
    keep_above,
    pick_thresholds,
    span_strict,
)
from spacy_fewner.evaluation.thresholds import DEFAULT_GRID
from spacy_fewner.types import CharSpan

candidates = st.lists(
    st.builds(
        lambda start, label, score: CharSpan(start, start + 1, label, score),
        st.integers(0, 5),
        st.sampled_from("ab"),
        st.floats(0, 1),
    ),
    max_size=8,
    unique=True,
)
documents = st.lists(candidates, min_size=3, max_size=3)


def f_at(scored, gold, threshold, labels=("a", "b")):
    kept = [keep_above(spans, threshold) for spans in scored]
    return span_strict(gold, kept, labels).micro.f


@given(documents, documents)
def test_the_global_threshold_is_the_best_of_the_grid(scored, gold):
    result = pick_thresholds(scored, gold, ["a", "b"])
    assert result.per_label == {}  # too few spans for any label
    best = max(f_at(scored, gold, point) for point in DEFAULT_GRID)
    assert f_at(scored, gold, result.global_threshold) == pytest.approx(best)
    ties = [p for p in DEFAULT_GRID if f_at(scored, gold, p) == pytest.approx(best)]
    assert abs(result.global_threshold - 0.5) == min(abs(p - 0.5) for p in ties)


@given(documents, documents)
def test_thresholds_per_label_never_lose(scored, gold):
    result = pick_thresholds(scored, gold, ["a", "b"], min_support=1)
    kept = [apply_thresholds(spans, result) for spans in scored]
    best = max(f_at(scored, gold, point) for point in DEFAULT_GRID)
    assert span_strict(gold, kept, ["a", "b"]).micro.f >= best - 1e-9


def two_label_data(n=60):
    """Right candidates of "low" score about 0.3 and wrong ones 0.1; of "high" 0.8 and 0.35."""
    rng = random.Random(0)
    scored, gold = [], []
    for _ in range(n):
        right = {"low": rng.uniform(0.25, 0.4), "high": rng.uniform(0.75, 0.9)}
        wrong = {"low": rng.uniform(0.05, 0.15), "high": rng.uniform(0.30, 0.40)}
        gold.append([CharSpan(0, 1, label) for label in right])
        scored.append(
            [CharSpan(0, 1, label, score) for label, score in right.items()]
            + [CharSpan(5, 6, label, score) for label, score in wrong.items()]
        )
    return scored, gold


def test_labels_with_support_get_their_own_threshold():
    scored, gold = two_label_data()
    result = pick_thresholds(scored, gold, ["low", "high"])
    kept = [apply_thresholds(spans, result) for spans in scored]
    common = Thresholds(result.global_threshold)
    before = [apply_thresholds(spans, common) for spans in scored]
    assert result.per_label
    assert result.of("low") < 0.4 and result.of("high") > result.of("low")
    assert span_strict(gold, kept).micro.f > span_strict(gold, before).micro.f


def test_little_support_draws_towards_the_global_threshold_or_gives_none():
    scored, gold = two_label_data()
    own = pick_thresholds(scored, gold, ["low", "high"], min_support=1)
    few = pick_thresholds(scored, gold, ["low", "high"], min_support=60)
    none = pick_thresholds(scored, gold, ["low", "high"], min_support=61)
    assert none.per_label == {}
    for label, value in few.per_label.items():
        distance = abs(value - few.global_threshold)
        assert distance < abs(own.of(label) - own.global_threshold)


def test_nothing_to_learn_from_gives_one_half():
    assert pick_thresholds([], [], ["a"]) == Thresholds(0.5)
    assert pick_thresholds([[]], [[CharSpan(0, 1, "a")]], ["a"]) == Thresholds(0.5)


def test_other_labels_are_left_out():
    gold = [[CharSpan(0, 1, "a")]]
    scored = [[CharSpan(0, 1, "a", 0.9), CharSpan(2, 3, "extension", 0.7)]]
    assert pick_thresholds(scored, gold, ["a"]).global_threshold == 0.5
    assert pick_thresholds(scored, gold, ["a", "extension"]).global_threshold == 0.75


def test_decoding_of_conflicts_is_taken_into_account():
    # Alone the low candidate is wrong; beside a better one it is never output.
    def best_only(spans, threshold):
        return sorted(keep_above(spans, threshold), key=lambda s: -s.score)[:1]

    gold = [[CharSpan(0, 1, "a")], [CharSpan(0, 1, "a")]]
    scored = [
        [CharSpan(0, 1, "a", 0.30), CharSpan(0, 2, "a", 0.22)],
        [CharSpan(0, 1, "a", 0.12), CharSpan(0, 2, "a", 0.11)],
    ]
    assert pick_thresholds(scored, gold, ["a"], decode=best_only).global_threshold == 0.1
    assert pick_thresholds(scored, gold, ["a"]).global_threshold == 0.3


def test_bad_input_is_refused():
    gold = [[CharSpan(0, 1, "a")]]
    with pytest.raises(FewnerError, match="score"):
        pick_thresholds(gold, gold, ["a"])
    with pytest.raises(FewnerError, match="grid"):
        pick_thresholds(gold, gold, ["a"], grid=[])
    with pytest.raises(FewnerError, match="grid"):
        pick_thresholds(gold, gold, ["a"], grid=[0.5, 1.5])
    with pytest.raises(FewnerError, match="1 scored, 2 gold"):
        pick_thresholds([[]], [[], []], ["a"])
