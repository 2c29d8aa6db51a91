"""Decisions from the root down, and the loss that teaches them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spacy_fewner.cascade.classify import Columns, Thresholds, decide
from spacy_fewner.cascade.trained.loss import path_loss
from spacy_fewner.cascade.trained.questions import ask
from spacy_fewner.cascade.trees import records_of, tree_of
from spacy_fewner.data.trees import paths
from spacy_fewner.errors import FewnerError

TREE = tree_of(["a", "a/x", "a/y", "a/y/deep", "a/y/deeper", "b", "b/x", "c"])
COLUMNS = Columns.of(TREE)


def logits_for(**by_path):
    """One span; labels not named get 0."""
    named = {path.replace("_", "/"): value for path, value in by_path.items()}
    return np.asarray([[named.get(path, 0.0) for path in COLUMNS.labels]], dtype="float32")


def path_names(levels):
    return [path for path, _ in levels]


@st.composite
def label_trees(draw):
    """Trees of up to three levels in which names repeat under different parents."""
    names = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)
    found = [(name,) for name in draw(names)]
    for _ in range(2):
        for above in list(found):
            if draw(st.booleans()):
                found += [(*above, name) for name in draw(names)]
    return tree_of(list(dict.fromkeys("/".join(one) for one in found)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_child_never_comes_under_a_wrong_parent(data):
    tree = data.draw(label_trees())
    shape = (data.draw(st.integers(0, 5)), len(tree))
    logits = data.draw(hnp.arrays("float32", shape, elements=st.floats(-1e4, 1e4, width=32)))
    by_level = data.draw(st.lists(st.floats(0, 1), max_size=3))
    thresholds = Thresholds(data.draw(st.floats(0, 1)), by_level)
    found = decide(logits, Columns.of(tree), thresholds)
    assert len(found) == len(logits)
    for levels in found:
        if levels:
            assert path_names(levels) == paths.lineage(levels[-1][0])
            assert path_names(levels) == [*tree.ancestors(levels[-1][0]), levels[-1][0]]
        scores = [1 + 1e-6, *(score for _, score in levels)]
        assert scores == sorted(scores, reverse=True)
        for level, score in enumerate(scores[1:]):
            assert thresholds.at(level) <= score


@settings(max_examples=50, deadline=None)
@given(label_trees(), st.integers(0, 2**32 - 1))
def test_without_threshold_every_span_reaches_a_leaf_the_best_at_each_level(tree, seed):
    logits = np.random.default_rng(seed).normal(size=(4, len(tree))).astype("float32")
    columns = Columns.of(tree)
    at = {path: column for column, path in enumerate(columns.labels)}
    for row, levels in zip(logits, decide(logits, columns, Thresholds()), strict=True):
        assert tree.is_leaf(levels[-1][0])
        above = 1.0
        for path, score in levels:
            siblings = np.asarray([row[at[one]] for one in tree.children(tree.parent(path))])
            assert row[at[path]] == siblings.max()
            above /= np.exp(siblings - row[at[path]]).sum()
            assert score == pytest.approx(above, rel=1e-4)


def test_below_the_threshold_the_parent_stays_and_nothing_at_the_top():
    logits = logits_for(a=5.0, a_y=5.0, a_y_deep=0.1)
    assert path_names(decide(logits, COLUMNS, Thresholds(0.9))[0]) == ["a", "a/y"]
    assert path_names(decide(logits, COLUMNS, Thresholds(0.5))[0]) == ["a", "a/y", "a/y/deep"]
    assert decide(logits_for(a=0.5), COLUMNS, Thresholds(0.9)) == [[]]


def test_thresholds_by_level_come_before_the_overall_one():
    logits = logits_for(a=0.5, a_y=5.0, a_y_deep=0.1)
    assert path_names(decide(logits, COLUMNS, Thresholds(0.4, [0.0]))[0]) == ["a", "a/y"]
    assert path_names(decide(logits, COLUMNS, Thresholds(0.0, [0.0, 0.999]))[0]) == ["a"]


def test_a_strong_grandchild_does_not_pull_a_span_under_a_weak_parent():
    levels = decide(logits_for(b=1.0, a_y_deep=100.0), COLUMNS, Thresholds())[0]
    assert path_names(levels) == ["b", "b/x"]


def test_a_label_is_as_probable_as_its_parent_times_its_own_among_siblings():
    logits = np.repeat(logits_for(a=1.0, a_x=2.0), 2, axis=0)
    whole, half = decide(logits, COLUMNS, Thresholds(), np.asarray([1.0, 0.5]))
    e = np.e
    expected = [e / (e + 2), e / (e + 2) * e**2 / (e**2 + 1)]
    assert [score for _, score in whole] == pytest.approx(expected)
    assert [score for _, score in half] == pytest.approx([value / 2 for value in expected])


def test_an_unsure_candidate_is_dropped_or_stays_at_the_parent():
    logits = np.repeat(logits_for(a=5.0, a_y=1.0), 3, axis=0)
    found = decide(logits, COLUMNS, Thresholds(0.5), np.asarray([0.99, 0.6, 0.4]))
    assert [path_names(levels) for levels in found] == [["a", "a/y"], ["a"], []]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [((1.5,), "threshold"), ((0.5, [0.1, -0.1]), r"level_thresholds\[1\]"), ((float("nan"),), "t")],
)
def test_thresholds_are_probabilities(arguments, named):
    with pytest.raises(FewnerError, match=named):
        Thresholds(*arguments)


def everything(gold, max_labels=100, drop_distractors=0.0, seed=0, tree=TREE):
    return ask(gold, tree, max_labels, drop_distractors, np.random.default_rng(seed))


def options_of(questions, at):
    return {questions.labels[column] for column in np.flatnonzero(questions.options[at])}


def test_a_path_asks_one_question_a_level_among_siblings():
    questions = everything(["a/y/deep", "b/x"])
    assert questions.spans.tolist() == [0, 0, 0, 1]  # b/x is an only child: nothing to ask
    assert [questions.labels[at] for at in questions.gold] == ["a", "a/y", "a/y/deep", "b"]
    expected = [{"a", "b", "c"}, {"a/x", "a/y"}, {"a/y/deep", "a/y/deeper"}, {"a", "b", "c"}]
    assert [options_of(questions, at) for at in range(4)] == expected


def test_an_inner_label_as_gold_asks_nothing_below_it():
    assert [everything(["a/y"]).labels[at] for at in everything(["a/y"]).gold] == ["a", "a/y"]


def test_few_label_texts_of_a_wide_node_seeded():
    wide = tree_of([f"{root}/{n}" for root in "ab" for n in range(50)])
    gold = ["a/3", "a/7", "b/1"]
    found = [everything(gold, 20, seed=seed, tree=wide) for seed in (1, 1, 2)]
    assert found[0].labels == found[1].labels != found[2].labels
    for questions in found:
        assert len(questions.labels) == 20
        assert {"a", "b", *gold} <= set(questions.labels)
        assert questions.options[np.arange(len(questions.gold)), questions.gold].all()


def test_labels_without_examples_are_no_wrong_options():
    questions = ask(["a/y/deep"], TREE, 100, 0.0, np.random.default_rng(0), {"a", "b", "a/y"})
    assert [options_of(questions, at) for at in range(len(questions.gold))] == [{"a", "b"}]
    assert "a/x" not in questions.labels and "c" not in questions.labels


def test_right_answers_stay_even_if_they_alone_are_too_many():
    questions = everything(["a/x", "a/y/deep", "b/x"], max_labels=2)
    assert {"a", "b", "a/x", "a/y", "a/y/deep", "b/x"} == set(questions.labels)
    assert [questions.labels[at] for at in questions.gold] == ["a", "a/x", "a", "a/y", "b"]


def test_distractors_are_dropped_as_often_as_said():
    wide = tree_of([str(n) for n in range(1001)])
    kept = len(everything(["0"], 10_000, 0.3, tree=wide).labels) - 1
    assert 650 < kept < 750
    assert len(everything(["0"], 10_000, 1.0, tree=wide).gold) == 0


def test_no_gold_no_questions():
    questions = everything([])
    assert questions.labels == [] and questions.options.shape == (0, 0)
    value, gradient = path_loss(np.zeros((0, 0), "f"), questions, np.zeros(0, "f"))
    assert value == 0.0 and gradient.shape == (0, 0)


def test_loss_and_gradient_are_those_of_torch():
    gold = ["a/y/deep", "b/x", "c", "a/x"]
    questions = everything(gold)
    weights = np.asarray([1.0, 0.4, 1.0, 2.0])
    logits = np.random.default_rng(0).normal(size=(4, len(questions.labels)), scale=3)
    value, gradient = path_loss(logits, questions, weights)

    at = {path: column for column, path in enumerate(questions.labels)}
    leaf = torch.tensor(logits, requires_grad=True)
    total = torch.zeros((), dtype=torch.float64)
    for span, path in enumerate(gold):
        for step in paths.lineage(path):
            siblings = TREE.children(TREE.parent(step))
            scores = leaf[span, [at[one] for one in siblings if one in at]]
            if len(siblings) > 1:
                answer = torch.tensor(siblings.index(step))
                total = total + weights[span] * torch.nn.functional.cross_entropy(scores, answer)
    total.backward()
    assert value == pytest.approx(total.item())
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), atol=1e-12)


def test_trees_come_from_all_that_a_config_can_hold(tmp_path):
    records = [{"id": "a", "description": "d", "synonyms": ["s"]}, {"id": "a/other"}]
    records[1]["catch_all"] = True
    tree = tree_of(records)
    assert tree.catch_alls == {"a/other"} and tree["a"].synonyms == ("s",)
    assert tree_of(records_of(tree)) == tree
    assert tuple(tree_of(["a/x", "b"])) == ("a", "a/x", "b")
    for bad in ([], 3, {"a": 1}, [3], tmp_path / "missing.yaml"):
        with pytest.raises(FewnerError):
            tree_of(bad)
