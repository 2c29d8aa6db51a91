"""Calibration of classes: against a naive reference, and what temperature mends."""

import numpy as np
import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.classes.calibration import (
    LEAST,
    calibration_error,
    confidences,
    fit_temperature,
    gold_matrix,
    log_loss,
    reliability,
    sigmoid,
    softmax,
)
from spacy_fewner.evaluation.classes.thresholds import (
    pick_class_thresholds,
    pick_other_threshold,
)

CLASSES = ["A", "B", "C"]


def world(n, sharpness, exclusive, seed=0):
    """Logits that are `sharpness` times as sharp as what the gold classes were drawn by."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, len(CLASSES)))
    if exclusive:
        drawn = [rng.choice(CLASSES, p=row) for row in softmax(logits)]
        return sharpness * logits, [{one} for one in drawn]
    held = rng.random(logits.shape) < sigmoid(logits)
    return sharpness * logits, [{c for c, h in zip(CLASSES, row, strict=True) if h} for row in held]


def naive_error(said, right, bins):
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [i for i, p in enumerate(said) if low < p <= high or (p == 0 and number == 0)]
        if inside:
            gap = np.mean([said[i] for i in inside]) - np.mean([right[i] for i in inside])
            total += len(inside) / len(said) * abs(gap)
    return total


@pytest.mark.parametrize("seed", range(3))
def test_the_error_is_that_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    said = np.concatenate([rng.random(200), [0.0, 1.0, 0.2, 1 / 15]])
    right = rng.random(len(said)) < 0.6
    assert calibration_error(said, right) == pytest.approx(naive_error(said, right, 15))
    assert sum(one.n for one in reliability(said, right)) == len(said)


def test_few_predictions_get_few_bins():
    said, right = np.linspace(0.4, 1.0, 30), np.arange(30) % 2 == 0
    assert calibration_error(said, right) == pytest.approx(naive_error(said, right, 3))
    assert len(reliability(said[:9], right[:9])) == 1


def test_adaptive_bins_hold_as_many_each():
    said = np.linspace(0.9, 1.0, 30)
    found = reliability(said, np.ones(30), bins=3, adaptive=True)
    assert [one.n for one in found] == [10, 10, 10]
    assert calibration_error(said, np.ones(30), bins=3, adaptive=True) == pytest.approx(0.05)


def test_of_nothing_there_is_no_error():
    nothing = np.array([])
    assert calibration_error(nothing, nothing) == 0
    assert reliability(nothing, nothing, adaptive=True) == []


def test_log_loss_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    logits, gold = world(50, 1, True)
    held, said = gold_matrix(gold, CLASSES, True), softmax(logits)
    assert log_loss(said, held, True) == pytest.approx(metrics.log_loss(held, said))
    logits, gold = world(50, 1, False)
    held, said = gold_matrix(gold, CLASSES, False), sigmoid(logits)
    each = [metrics.log_loss(held[:, i], said[:, i], labels=[0, 1]) for i in range(3)]
    assert log_loss(said, held, False) == pytest.approx(sum(each))


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_temperature_brings_back_what_gold_was_drawn_by(sharpness, exclusive):
    logits, gold = world(4000, sharpness, exclusive)
    held = gold_matrix(gold, CLASSES, exclusive)
    t = fit_temperature(logits, held, exclusive)
    assert t == pytest.approx(sharpness, rel=0.1)
    make = softmax if exclusive else sigmoid
    before, after = (
        calibration_error(*confidences(make(given), gold, CLASSES, exclusive))
        for given in (logits, logits / t)
    )
    assert after < 0.03
    assert before > after if sharpness != 1.0 else True


def test_the_temperature_is_the_lowest_point_of_a_fine_grid():
    logits, gold = world(80, 3, True)
    held = gold_matrix(gold, CLASSES, True)
    grid = np.exp(np.linspace(-3, 3, 4001))
    cost = [80 * log_loss(softmax(logits / t), held, True) + np.log(t) ** 2 for t in grid]
    assert fit_temperature(logits, held, True) == pytest.approx(grid[np.argmin(cost)], rel=2e-3)


def test_a_few_texts_that_are_all_right_make_nothing_certain():
    logits = np.array([[2.0, 0, 0], [0, 2.0, 0]])
    t = fit_temperature(logits, np.eye(3)[:2], True)
    assert LEAST < 0.3 < t < 1
    assert fit_temperature(np.zeros((0, 3)), np.zeros((0, 3)), True) == 1


def test_a_probability_of_zero_costs_much_and_not_everything():
    assert np.isfinite(log_loss(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]]), True))


def test_refuses_gold_of_another_shape():
    with pytest.raises(FewnerError, match="gold"):
        fit_temperature(np.zeros((2, 3)), np.zeros((2, 2)), True)
    with pytest.raises(FewnerError, match="gold"):
        calibration_error(np.zeros(3), np.zeros(2))


def test_what_is_above_a_class_holds_with_it_unless_one_alone_does():
    classes = ["news", "sport", "sport/ball"]
    assert gold_matrix([{"sport/ball"}], classes, False).tolist() == [[0, 1, 1]]
    assert gold_matrix([{"sport/ball"}], classes, True).tolist() == [[0, 0, 1]]


def test_confidence_is_that_of_the_class_decided():
    said = np.array([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
    sure, right = confidences(said, [{"B"}, {"C"}], CLASSES, True)
    assert sure.tolist() == [0.7, 0.5] and right.tolist() == [True, False]
    tree = np.array([[0.4, 0.6, 0.35]])
    sure, right = confidences(tree, [{"sport/ball"}], ["news", "sport", "sport/ball"], True)
    assert sure.tolist() == [0.35] and right.tolist() == [True]


def test_thresholds_of_classes_that_do_not_exclude_each_other():
    rng = np.random.default_rng(0)
    gold = [{"A"} if i % 2 else {"B"} for i in range(80)]
    said = np.array([[0.3, 0.1] if "A" in one else [0.1, 0.9] for one in gold])
    found = pick_class_thresholds(said + rng.random(said.shape) / 50, gold, ["A", "B"])
    assert 0.12 < found.of("A") <= 0.3 and 0.12 < found.of("B") <= 0.9


def test_the_threshold_of_other_keeps_what_was_right():
    said = np.array([i / 100 for i in range(100)])
    right = said >= 0.2
    found = pick_other_threshold(said, right)
    assert found == pytest.approx(0.24)
    assert (said[right] >= found).mean() >= 0.95
    assert pick_other_threshold(said, np.zeros(100)) == 0
    assert pick_other_threshold(np.array([0.123456]), np.array([True])) <= 0.123456
