"""Questions with changing options."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.cascade.asked.options import NONE_OF_THEM
from spacy_fewner.cascade.rows.dynamic import Dynamic, choose, questions, rows
from spacy_fewner.data.trees import paths
from spacy_fewner.data.trees.file import read_tree
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

TREE = read_tree(Path(__file__).parents[3] / "assets" / "anythingner" / "schema.yaml")
PROBABILITIES = st.sampled_from([0.0, 0.4, 1.0])
HOW = st.builds(
    Dynamic, PROBABILITIES, PROBABILITIES, PROBABILITIES, PROBABILITIES, PROBABILITIES,
    st.integers(1, 5),
)  # fmt: skip
NEVER = Dynamic(0, 0, 0, 0, 0)
SAMPLES = [
    Sample("Ann of Rome", (CharSpan(0, 3, "person/real person/author"), CharSpan(7, 11, "ext/x"))),
    Sample("Bo", (CharSpan(0, 2, "product/weapon/biological"), CharSpan(0, 2, "person"))),
]


def names_of(path: str) -> set[str]:
    return {paths.key(one) for one in (paths.name(path), path, *TREE[path].synonyms)}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(list(TREE)), HOW, st.integers(0, 10_000))
def test_the_truth_is_an_option_unless_replaced(label, how, seed):
    for parent, choice in questions(label, TREE, how, Random(seed)):
        assert paths.is_within(label, choice.truth)
        assert parent is None or paths.is_within(choice.truth, parent)
        assert len(choice.options) == len(set(map(paths.key, choice.options)))
        assert len(choice.options) == len(choice.paths) > choice.answer >= 0
        known = [path for path in choice.paths if path]
        assert len(set(known)) == len(known)
        # No option lies below another: two would be right.
        assert not any(a != b and paths.is_within(a, b) for a in known for b in known)
        right = choice.paths[choice.answer]
        if choice.is_replaced:
            assert choice.truth not in known
            assert not any(paths.is_within(label, path) for path in known)
            shown = {paths.key(option) for option in choice.options}
            if not names_of(choice.truth) & {paths.key(paths.name(path)) for path in known}:
                assert not names_of(choice.truth) & shown
            assert right is None or (
                right in TREE.catch_alls and TREE.parent(right) == TREE.parent(choice.truth)
            )
            assert how.replace > 0
        else:
            assert right == choice.truth
        for path, option in zip(choice.paths, choice.options, strict=True):
            assert paths.key(option) in (
                names_of(path) if path else {*NONE_OF_THEM, "none of these"}
            )


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(TREE.leaves), st.integers(3, 6), st.integers(0, 10_000))
def test_distractors_are_dropped_down_to_a_number(label, keep, seed):
    how = Dynamic(merge=0, drop=1, synonyms=0, replace=0, offer=0, keep=keep)
    for parent, choice in questions(label, TREE, how, Random(seed)):
        assert len(choice.options) >= min(keep, len(TREE.children(parent)))


def test_nothing_changed_is_the_tree_itself():
    asked = list(questions("person/real person/author", TREE, NEVER, Random(0)))
    assert [parent for parent, _ in asked] == [None, "person", "person/real person"]
    for parent, choice in asked:
        assert sorted(filter(None, choice.paths)) == sorted(TREE.children(parent))


def test_merging_skips_levels():
    how = Dynamic(merge=1, drop=0, synonyms=0, replace=0, offer=0)
    for seed in range(20):
        (first, one), (second, two) = questions(TREE.leaves[0], TREE, how, Random(seed))
        assert (first, one.truth) == (None, "person/real person")
        assert (second, two.truth) == ("person/real person", TREE.leaves[0])
    levels = {paths.depth(path) for path in one.paths if path}
    assert levels == {1, 2}


def test_the_siblings_catch_all_takes_the_place_of_the_truth():
    how = Dynamic(merge=0, drop=0, synonyms=0, replace=1, offer=0)
    choice = choose("person/real person/author", "person/real person", TREE, how, Random(0))
    assert choice.paths[choice.answer] == "person/real person/other person"
    assert None not in choice.paths
    choice = choose("person", None, TREE, how, Random(0))
    assert choice.paths[choice.answer] is None
    assert choice.options[choice.answer] in NONE_OF_THEM
    other = "person/real person/other person"
    assert not choose(other, "person/real person", TREE, how, Random(0)).is_replaced


def test_each_change_is_made_as_often_as_asked():
    how = Dynamic(merge=0.4, drop=0.3, synonyms=0, replace=0.25, offer=0.5)
    made = [choose("group", None, TREE, how, Random(seed)) for seed in range(2000)]
    replaced = [choice for choice in made if choice.is_replaced]
    assert len(replaced) / len(made) == pytest.approx(0.25, abs=0.03)
    offered = sum(None in choice.paths for choice in made if not choice.is_replaced)
    assert offered / (len(made) - len(replaced)) == pytest.approx(0.5, abs=0.04)
    merged = sum(any(path and "/" in path for path in choice.paths) for choice in made)
    assert merged / len(made) == pytest.approx(0.4, abs=0.04)
    first = sum(choice.answer == 0 for choice in made if len(choice.options) == 8)
    assert first / sum(len(choice.options) == 8 for choice in made) == pytest.approx(
        1 / 8, abs=0.04
    )


def test_synonyms_take_the_place_of_names():
    how = Dynamic(merge=0, drop=0, synonyms=1, replace=0, offer=0)
    choice = choose("person/real person/author", "person/real person", TREE, how, Random(0))
    assert choice.options[choice.answer] == "writer" and "politician" in choice.options


def test_a_name_two_options_share_becomes_a_path():
    made = LabelTree(Schema(tuple(map(LabelSpec, ["a", "a/x", "a/other", "b", "b/x", "b/y"]))))
    how = Dynamic(merge=1, drop=0, synonyms=0, replace=0, offer=0)
    chosen = [choose("a/x", None, made, how, Random(seed)) for seed in range(9)]
    assert {"a/x", "b/x"} in [set(filter(lambda o: "x" in o, one.options)) for one in chosen]
    assert all("x" not in one.options for one in chosen if "b/x" in one.paths)


def test_rows_are_the_same_for_the_same_seed():
    made = list(rows(SAMPLES, TREE, seed=3))
    assert made == list(rows(SAMPLES, TREE, seed=3)) != list(rows(SAMPLES, TREE, seed=4))
    # One sample more or less changes no question of the others.
    assert [row for row in made if row.sample == 0] == list(rows(SAMPLES[:1], TREE, seed=3))
    assert {row.span.label for row in made} == {
        "person/real person/author", "product/weapon/biological", "person",
    }  # fmt: skip


def test_what_is_refused():
    with pytest.raises(FewnerError, match="must be in the tree"):
        list(rows([Sample("Ann", (CharSpan(0, 3, "persn"),))], TREE))
    with pytest.raises(FewnerError, match="from 0 to 1"):
        Dynamic(merge=2)
    with pytest.raises(FewnerError, match="1 or more"):
        Dynamic(keep=0)
