"""The four scorers against brute force, and the properties that any of them must have."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation import (
    PRF,
    pool,
    span_partial,
    span_strict,
    string_multiset_gollie,
    string_set_uniner,
)
from spacy_fewner.types import CharSpan

LENGTH = 12
spans = st.builds(
    lambda start, width, label: CharSpan(start, min(start + width, LENGTH), label),
    st.integers(0, LENGTH - 1),
    st.integers(1, 6),
    st.sampled_from(["a", "b"]),
)
documents = st.lists(st.lists(spans, max_size=6), min_size=2, max_size=2)
text = "the U.S. US."
assert len(text) == LENGTH


def strict_by_hand(gold, predicted):
    tp = fp = fn = 0
    for gold_spans, predicted_spans in zip(gold, predicted, strict=True):
        for span in set(predicted_spans):
            tp, fp = (tp + 1, fp) if span in gold_spans else (tp, fp + 1)
        fn += sum(span not in predicted_spans for span in set(gold_spans))
    return PRF(tp, fp, fn)


def best_pairing(gold, predicted):
    """The largest sum over every one-to-one pairing, tried one by one."""
    if not gold:
        return 0.0
    best = best_pairing(gold[1:], predicted)
    for i, span in enumerate(predicted):
        if span.label == gold[0].label and span.start < gold[0].end and gold[0].start < span.end:
            worth = 1.0 if span == gold[0] else 0.5
            best = max(best, worth + best_pairing(gold[1:], predicted[:i] + predicted[i + 1 :]))
    return best


@given(documents, documents)
def test_strict_equals_brute_force(gold, predicted):
    scores = span_strict(gold, predicted)
    assert scores.micro == strict_by_hand(gold, predicted)
    assert scores.docs == 2


@settings(max_examples=300)
@given(documents, documents)
def test_partial_equals_best_pairing(gold, predicted):
    tp = sum(
        best_pairing(sorted(set(g)), sorted(set(p))) for g, p in zip(gold, predicted, strict=True)
    )
    micro = span_partial(gold, predicted).micro
    assert micro.tp == tp
    assert micro.tp + micro.fp == sum(len(set(p)) for p in predicted)
    assert micro.support == sum(len(set(g)) for g in gold)


@given(documents, documents)
def test_partial_is_never_below_strict(gold, predicted):
    strict, partial = span_strict(gold, predicted), span_partial(gold, predicted)
    assert partial.micro.f >= strict.micro.f
    for label in strict.labels:
        assert partial.per_label[label].f >= strict.per_label[label].f


def all_scores(gold, predicted):
    texts = [text] * len(gold)
    yield span_strict(gold, predicted)
    yield span_partial(gold, predicted)
    yield string_set_uniner(gold, predicted, texts)
    yield string_multiset_gollie(gold, predicted, texts)


@given(documents)
def test_perfect_prediction_scores_one(gold):
    for scores in all_scores(gold, gold):
        assert scores.micro.f == (1.0 if any(gold) else 0.0)
        assert all(prf.f == 1.0 for prf in scores.per_label.values())


@given(documents, documents, st.randoms(use_true_random=False))
def test_order_does_not_matter(gold, predicted, random):
    pairs = [
        (random.sample(g, len(g)), random.sample(p, len(p)))
        for g, p in zip(gold, predicted, strict=True)
    ]
    random.shuffle(pairs)
    shuffled = all_scores([g for g, _ in pairs], [p for _, p in pairs])
    for before, after in zip(all_scores(gold, predicted), shuffled, strict=True):
        assert before == after


@given(documents, documents)
def test_labels_add_up_and_pooling_equals_scoring_together(gold, predicted):
    for scorer in (span_strict, span_partial):
        whole = scorer(gold, predicted)
        assert sum(whole.per_label.values(), PRF()) == whole.micro
        parts = [scorer([g], [p]) for g, p in zip(gold, predicted, strict=True)]
        pooled = pool(parts)
        assert (pooled.micro, pooled.per_label) == (whole.micro, whole.per_label)
        assert pooled.docs == whole.docs


def test_string_scorers_differ_where_they_should():
    gold = [[CharSpan(0, 8, "place"), CharSpan(9, 11, "place")]]  # "the U.S.", "US"
    predicted = [[CharSpan(4, 8, "place")]]  # "U.S."
    assert span_strict(gold, predicted).micro == PRF(0, 1, 2)
    assert span_partial(gold, predicted).micro == PRF(0.5, 0.5, 1.5)
    assert string_set_uniner(gold, predicted, [text]).micro == PRF(1, 0, 0)
    assert string_multiset_gollie(gold, predicted, [text]).micro == PRF(0, 1, 2)


def test_multiset_counts_repeats_and_set_does_not():
    repeated = "Rome and rome and ROME"
    gold = [[CharSpan(0, 4, "x"), CharSpan(9, 13, "x"), CharSpan(18, 22, "x")]]
    predicted = [[CharSpan(9, 13, "x")]]
    assert string_multiset_gollie(gold, predicted, [repeated]).micro == PRF(1, 0, 2)
    assert string_set_uniner(gold, predicted, [repeated]).micro == PRF(1, 0, 0)


def test_labels_restrict_both_sides_and_keep_absent_ones():
    gold = [[CharSpan(0, 1, "a"), CharSpan(2, 3, "misc")]]
    predicted = [[CharSpan(0, 1, "a"), CharSpan(4, 5, "misc")]]
    scores = span_strict(gold, predicted, labels=["a", "never"])
    assert scores.micro == PRF(1, 0, 0)
    assert scores.labels == ("a", "never")
    assert scores.per_label["never"] == PRF(0, 0, 0)


def test_long_chains_of_overlaps_do_not_exhaust_the_stack():
    gold = [[CharSpan(i, i + 2, "a") for i in range(0, 20_000, 2)]]
    predicted = [[CharSpan(i, i + 2, "a") for i in range(1, 20_001, 2)]]
    assert span_partial(gold, predicted).micro.tp == 5_000


def test_empty_input_scores_zero():
    for scores in itertools.chain(all_scores([], []), all_scores([[]], [[]])):
        assert (scores.micro.p, scores.micro.r, scores.micro.f) == (0.0, 0.0, 0.0)
        assert scores.labels == ()


def test_lists_of_different_length_are_refused():
    with pytest.raises(FewnerError, match="2 gold, 1 predicted"):
        span_strict([[], []], [[]])
    with pytest.raises(FewnerError, match="0 texts"):
        string_set_uniner([[]], [[]], [])


def test_scores_of_different_scorers_do_not_pool():
    with pytest.raises(FewnerError, match="one scorer"):
        pool([span_strict([[]], [[]]), span_partial([[]], [[]])])
