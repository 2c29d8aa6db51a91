"""Spread over seeds, and the paired bootstrap."""

import random

import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation import aggregate_seeds, paired_bootstrap, span_partial, span_strict
from spacy_fewner.types import CharSpan

A, B = CharSpan(0, 1, "a"), CharSpan(2, 3, "b")


def test_mean_and_deviation_per_label_and_micro():
    runs = [span_strict([[A, B]], [predicted]) for predicted in ([A, B], [A], [])]
    result = aggregate_seeds(runs)
    assert result.runs == 3 and result.docs == 1 and result.scorer == "span_strict"
    assert result.micro.f.values == pytest.approx((1, 2 / 3, 0))
    assert result.micro.f.mean == pytest.approx(5 / 9)
    assert result.micro.f.sd == pytest.approx(0.5091750772)
    assert result.per_label["a"].r.mean == pytest.approx(2 / 3)
    assert result.per_label["b"].f.values == (1, 0, 0)
    assert result.micro.support == 2


def test_one_run_has_no_deviation():
    assert aggregate_seeds([span_strict([[A]], [[A]])]).micro.f.sd is None


def test_a_label_only_one_run_predicts_counts_as_zero_in_the_others():
    result = aggregate_seeds([span_strict([[A]], [[A, B]]), span_strict([[A]], [[A]])])
    assert result.per_label["b"].p.values == (0, 0)
    assert result.per_label["b"].support == 0


def test_refuses_nothing_and_mixtures():
    with pytest.raises(FewnerError, match="runs"):
        aggregate_seeds([])
    with pytest.raises(FewnerError, match="one scorer"):
        aggregate_seeds([span_strict([[A]], [[A]]), span_partial([[A]], [[A]])])


def noisy(gold, keep, seed):
    rng = random.Random(seed)
    return [[span for span in spans if rng.random() < keep] for spans in gold]


def test_bootstrap_tells_better_from_equal():
    gold = [[A, B]] * 60
    good, bad = noisy(gold, 0.9, 1), noisy(gold, 0.5, 2)
    result = paired_bootstrap(gold, bad, good, samples=500)
    observed = span_strict(gold, good).micro.f - span_strict(gold, bad).micro.f
    assert result.difference == pytest.approx(observed)
    assert 0 < result.low < result.difference < result.high
    assert result.a_not_worse < 0.01
    assert paired_bootstrap(gold, good, good, samples=50).a_not_worse == 1.0


def test_bootstrap_is_seeded_and_antisymmetric():
    gold = [[A, B]] * 20
    one, other = noisy(gold, 0.7, 3), noisy(gold, 0.6, 4)
    first = paired_bootstrap(gold, one, other, samples=100, seed=5)
    assert first == paired_bootstrap(gold, one, other, samples=100, seed=5)
    assert first.low != paired_bootstrap(gold, one, other, samples=100, seed=6).low
    back = paired_bootstrap(gold, other, one, samples=100, seed=5)
    assert (back.difference, back.low, back.high) == pytest.approx(
        (-first.difference, -first.high, -first.low)
    )
    assert paired_bootstrap([], [], []).difference == 0.0


def test_runs_over_the_same_documents_are_drawn_together():
    gold = [[CharSpan(0, 1, "A")]] * 4
    bad, good = [[]] * 3 + [gold[0]], [gold[0]] * 3 + [[]]
    one = paired_bootstrap(gold, bad, good, samples=100)
    assert paired_bootstrap(gold * 3, bad * 3, good * 3, samples=100, runs=3) == one
    assert paired_bootstrap(gold * 3, bad * 3, good * 3, samples=100).a_not_worse < one.a_not_worse
    with pytest.raises(FewnerError, match="runs: must divide the 4 documents"):
        paired_bootstrap(gold, bad, good, runs=3)
