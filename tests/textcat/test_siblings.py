"""Groups of classes, probabilities along a tree, and what is chosen by them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.textcat.deciding import decide
from spacy_fewner.textcat.siblings import Siblings, probabilities, with_parents

NAMES = st.text("ab", min_size=1, max_size=2)
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=2, max_size=8)


def test_a_parent_that_two_share_is_a_class_and_a_slash_in_a_name_makes_none():
    labels = ["World", "Sci/Tech", "sport/football", "sport/tennis"]
    assert with_parents(labels) == ["World", "Sci/Tech", "sport", "sport/football", "sport/tennis"]


def test_a_named_parent_stands_before_its_only_child():
    assert with_parents(["a/b", "a"]) == ["a", "a/b"]


def test_groups_are_the_children_of_each_parent():
    found = Siblings.of(["sport", "sport/football", "sport/tennis", "news"])
    assert [group.tolist() for group in found.groups] == [[0, 3], [1, 2]]
    assert found.parents.tolist() == [-1, 0, 0, -1]
    assert not found.is_flat


@given(PATHS, st.randoms(use_true_random=False), st.booleans())
def test_no_class_is_more_probable_than_its_parent_and_siblings_share_its_probability(
    labels, random, exclusive
):
    labels = with_parents(labels)
    siblings = Siblings.of(labels)
    logits = np.array([[random.gauss(0, 5) for _ in labels] for _ in range(3)])
    found = probabilities(logits, siblings, exclusive)
    assert ((found >= 0) & (found <= 1)).all()
    for group in siblings.groups:
        parent = siblings.parents[group[0]]
        above = found[:, parent] if parent >= 0 else np.ones(3)
        assert (found[:, group] <= above[:, None] + 1e-6).all()
        if exclusive:
            assert found[:, group].sum(axis=1) == pytest.approx(above, abs=1e-5)


def test_flat_exclusive_probabilities_are_a_softmax():
    logits = np.array([[1.0, 2.0, 4.0]])
    found = probabilities(logits, Siblings.of(["a", "b", "c"]), exclusive=True)
    assert found[0] == pytest.approx(np.exp([1, 2, 4]) / np.exp([1, 2, 4]).sum(), abs=1e-6)


def test_a_tree_is_followed_as_far_as_it_is_sure():
    labels = ["sport", "sport/football", "sport/tennis", "news"]
    row = np.array([[0.9, 0.5, 0.4, 0.1]])
    assert decide(labels, True, row, np.zeros(4)) == [{"sport/football"}]
    assert decide(labels, True, row, np.full(4, 0.6)) == [{"sport"}]
    assert decide(labels, True, row, np.full(4, 0.95)) == [set()]


def test_of_several_classes_the_deepest_are_given_if_what_is_above_holds():
    labels = ["sport", "sport/football", "sport/tennis", "news"]
    row = np.array([[0.9, 0.7, 0.1, 0.8], [0.4, 0.9, 0.1, 0.2]])
    found = decide(labels, False, row, np.full(4, 0.5))
    assert found == [{"sport/football", "news"}, set()]
