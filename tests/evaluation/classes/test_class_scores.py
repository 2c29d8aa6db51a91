"""Scores of classes, against scikit-learn where it is there and by hand."""

import random

import numpy as np
import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation import paired_bootstrap
from spacy_fewner.evaluation.classes.aggregate import (
    aggregate_class_folds,
    aggregate_class_seeds,
)
from spacy_fewner.evaluation.classes.decide import decider
from spacy_fewner.evaluation.classes.scores import (
    class_scores,
    confusions,
    level_class_scores,
)
from spacy_fewner.evaluation.thresholds import Thresholds

CLASSES = ["A", "B", "C", "D"]


def drawn(seed, most):
    """60 texts with up to `most` classes each, at least one where that is 1."""
    rng = random.Random(seed)
    return [set(rng.sample(CLASSES, rng.randint(1 if most == 1 else 0, most))) for _ in range(60)]


def matrix(texts):
    return np.array([[label in one for label in CLASSES] for one in texts], dtype=int)


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_are_those_of_scikit_learn(seed, most):
    metrics = pytest.importorskip("sklearn.metrics")
    gold, predicted = drawn(seed, most), drawn(seed + 10, most)
    found = class_scores(gold, predicted, CLASSES)
    sides = matrix(gold), matrix(predicted)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(*sides))
    for average, row in (("micro", found.micro), ("macro", None)):
        p, r, f, _ = metrics.precision_recall_fscore_support(*sides, average=average)
        assert (found.macro_f if row is None else row.f) == pytest.approx(f)
        if row:
            assert (row.p, row.r) == pytest.approx((p, r))
    per_class = metrics.precision_recall_fscore_support(*sides, zero_division=0)
    for label, *expected in zip(CLASSES, *per_class, strict=True):
        row = found.per_label[label]
        assert [row.p, row.r, row.f, row.support] == pytest.approx(expected)


def test_of_exclusive_classes_micro_f1_is_accuracy():
    gold, predicted = drawn(1, 1), drawn(2, 1)
    found = class_scores(gold, predicted)
    assert found.micro.f == pytest.approx(found.accuracy)


def test_a_text_without_a_class_is_right_if_nothing_is_said_of_it():
    found = class_scores([set(), {"A"}, {"A", "B"}], [set(), set(), {"A"}], ["A", "B"])
    assert (found.exact, found.docs, found.accuracy) == (1, 3, 1 / 3)
    assert (found.micro.tp, found.micro.fp, found.micro.fn) == (1, 0, 2)
    assert class_scores([], []).accuracy == 0


def test_a_class_that_neither_occurs_nor_is_predicted_is_not_in_the_macro_mean():
    assert class_scores([{"A"}], [{"A"}], ["A", "B"]).macro_f == 1
    assert class_scores([{"A"}], [{"B"}], ["A", "B"]).macro_f == 0


def test_classes_that_are_not_asked_for_do_not_count():
    found = class_scores([{"A", "X"}], [{"A", "Y"}], ["A"])
    assert found.exact == 1 and found.micro.f == 1


def test_refuses_lists_of_different_length():
    with pytest.raises(FewnerError, match="gold"):
        class_scores([{"A"}], [])
    with pytest.raises(FewnerError, match="gold"):
        confusions([{"A"}], [])


def test_what_was_taken_for_what():
    gold = [{"A"}, {"A"}, {"B"}, {"C"}, set(), {"A", "B"}]
    predicted = [{"B"}, {"B"}, {"B"}, set(), {"D"}, {"A", "C"}]
    assert confusions(gold, predicted) == {
        ("A", "B"): 2,
        ("C", ""): 1,
        ("", "D"): 1,
        ("B", "C"): 1,
    }


def test_folds_are_added_up_and_seeds_averaged():
    parts = [class_scores([{"A"}] * 3, [{"A"}] * 3), class_scores([{"B"}], [{"A"}])]
    folds, seeds = aggregate_class_folds(parts), aggregate_class_seeds(parts)
    assert folds.accuracy.mean == 0.75 and folds.accuracy.values == (1.0, 0.0)
    assert (folds.docs, folds.unit, folds.scorer) == (4, "folds", "classes")
    assert folds.per_label["A"].p.mean == 0.75 and folds.per_label["B"].support == 1
    assert folds.macro_f.mean == pytest.approx((6 / 7 + 0) / 2)
    assert seeds.accuracy.mean == 0.5 and seeds.unit == "seeds"


def test_the_paired_bootstrap_takes_classes():
    gold = drawn(1, 1) * 2
    worse = [one if i % 2 else {"A"} for i, one in enumerate(gold)]
    assert paired_bootstrap(gold, worse, gold, score=class_scores).a_not_worse < 0.01


def test_levels_of_a_tree():
    gold = [{"sport/ball/rugby"}, {"sport"}, {"news"}]
    predicted = [{"sport/ball"}, {"sport/ball"}, {"news"}]
    found = dict(level_class_scores(gold, predicted))
    assert {level: scores.micro.f for level, scores in found.items()} == {
        1: 1.0,
        2: pytest.approx(2 / 3),  # "sport" stays above it, where "sport/ball" was said
        3: 0.0,
    }
    assert found[1].labels == ("news", "sport")
    assert dict(level_class_scores([{"A"}], [{"B"}])) == {}


def decided(row, classes, exclusive, thresholds=None):
    (found,) = decider(classes, exclusive)(np.array([row]), thresholds or Thresholds(0.0))
    return found


def test_of_exclusive_classes_the_best_holds_if_it_reaches_its_threshold():
    assert decided([0.2, 0.5, 0.3], ["A", "B", "C"], True) == {"B"}
    own = Thresholds(0.4, {"B": 0.6})
    assert decided([0.2, 0.5, 0.3], ["A", "B", "C"], True, own) == set()


def test_of_others_all_that_reach_theirs_hold():
    own = Thresholds(0.5, {"C": 0.2})
    assert decided([0.5, 0.4, 0.3], ["A", "B", "C"], False, own) == {"A", "C"}


TREE = ["news", "sport", "sport/ball", "sport/ball/rugby", "sport/chess"]


def test_a_tree_is_gone_down_as_far_as_thresholds_are_reached():
    row = [0.3, 0.7, 0.5, 0.3, 0.2]
    assert decided(row, TREE, True) == {"sport/ball/rugby"}
    assert decided(row, TREE, True, Thresholds(0.4)) == {"sport/ball"}
    assert decided(row, TREE, True, Thresholds(0.9)) == set()
    # The best at the top comes first, though a leaf elsewhere is more probable than what is below.
    assert decided([0.45, 0.55, 0.2, 0.1, 0.35], TREE, True) == {"sport/chess"}


def test_several_branches_of_a_tree_may_hold():
    row = [0.9, 0.9, 0.8, 0.1, 0.6]
    own = Thresholds(0.5)
    assert decided(row, TREE, False, own) == {"news", "sport/ball", "sport/chess"}
    assert decided([0.1, 0.4, 0.9, 0.9, 0.9], TREE, False, own) == set()
