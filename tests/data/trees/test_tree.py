"""Trees of labels: what they know, how they are edited, what they refuse."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_strategies import trees

from spacy_fewner.data.trees import paths
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import LabelSpec, Schema


def tree(*ids: str, catch_alls: tuple[str, ...] = ()) -> LabelTree:
    return LabelTree(Schema(tuple(map(LabelSpec, ids))), frozenset(catch_alls))


SMALL = tree(
    "person", "person/athlete", "person/athlete/runner", "person/other", "place", "place/other",
    catch_alls=("person/other", "place/other"),
)  # fmt: skip


def test_what_a_tree_knows():
    assert SMALL.roots == ("person", "place")
    assert SMALL.leaves == ("person/athlete/runner", "person/other", "place/other")
    assert SMALL.children("person") == ("person/athlete", "person/other")
    assert SMALL.ancestors("person/athlete/runner") == ("person", "person/athlete")
    assert SMALL.parent("place") is None and SMALL.parent("place/other") == "place"
    assert (SMALL.depth, SMALL.level(2)) == (3, ("person/athlete", "person/other", "place/other"))
    assert SMALL.leaves_of("person/athlete") == ("person/athlete/runner",)
    assert SMALL.leaves_of("place/other") == ("place/other",)
    assert SMALL.catch_all_of("place") == "place/other" and SMALL.catch_all_of(None) is None
    assert pickle.loads(pickle.dumps(SMALL)) == SMALL


def test_names_are_found_wherever_they_are():
    assert SMALL.find("Other") == ("person/other", "place/other")
    assert SMALL.find("PERSON / Other") == ("person/other",)
    with_synonym = SMALL.add(LabelSpec("place/city", synonyms=("Town",)))
    assert with_synonym.find("town") == ("place/city",)
    assert SMALL.find("town") == ()


@settings(deadline=None)
@given(trees())
def test_children_and_parents_agree(made):
    assert sorted(made) == sorted(made.schema.ids)
    assert sum(len(made.level(n)) for n in range(1, made.depth + 1)) == len(made)
    for path in made:
        assert path in made.children(made.parent(path))
        assert path in made.find(paths.name(path))
        assert all(made.parent(child) == path for child in made.children(path))
        assert made.ancestors(path) == tuple(paths.lineage(path)[:-1])
        assert made.is_leaf(path) == (path in made.leaves) == (made.below(path) == ())
    assert [one for root in made.roots for one in made.leaves_of(root)] == list(made.leaves)


@settings(deadline=None)
@given(trees(), st.data())
def test_editing_leaves_the_rest_alone(made, data):
    before = (list(made), made.catch_alls)
    path = data.draw(st.sampled_from(list(made)))
    added = made.add(LabelSpec(f"{path}/new"), catch_all=made.catch_all_of(path) is None)
    assert added.children(path) == (*made.children(path), f"{path}/new")
    assert added.remove(f"{path}/new") == made
    renamed = made.rename(path, "new name")
    new = paths.child(made.parent(path), "new name")
    assert renamed.rename(new, paths.name(path)) == made
    assert [made[one].description for one in made] == [renamed[o].description for o in renamed]
    if len(made.roots) > 1:
        rest = made.remove(path)
        assert list(rest) == [one for one in made if not paths.is_within(one, path)]
        assert rest.catch_alls == {one for one in made.catch_alls if one in rest}
    assert (list(made), made.catch_alls) == before


def test_a_label_is_added_before_another():
    assert SMALL.add(LabelSpec("person/author"), before="person/other").children("person") == (
        "person/athlete", "person/author", "person/other",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda: tree(), "must hold a label"),
        (lambda: tree("person/athlete"), "parent of every label must be declared"),
        (lambda: tree("person", "persn/athlete"), r"was 'person' meant\?"),
        (lambda: tree("person", "person"), "unique"),
        (lambda: tree("person", "Person"), "not in case and punctuation only"),
        (lambda: tree("a b", "a-b"), "not in case and punctuation only"),
        (lambda: tree("person", "person/"), "names joined by"),
        (lambda: tree("person", "person/ athlete"), "names joined by"),
        (lambda: tree("per\nson"), "names joined by"),
        (lambda: tree("ext", "ext/color"), "no label may lie under"),
        (lambda: tree("a", "b", catch_alls=("a", "b")), "at most one"),
        (lambda: tree("a", catch_alls=("b",)), "must be in the tree"),
        (lambda: SMALL.add(LabelSpec("place/city", synonyms=("Other",))), "differ in their names"),
        (lambda: SMALL.add(LabelSpec("person")), "must be new"),
        (lambda: SMALL.add(LabelSpec("thing/tool")), "parent of every label"),
        (lambda: SMALL.add(LabelSpec("thing"), before="x"), "must be in the tree"),
        (lambda: SMALL.rename("person", "place"), "must not be a sibling's"),
        (lambda: SMALL.rename("person", "a/b"), "one part of a path"),
        (lambda: SMALL.rename("person", "Place"), "not in case and punctuation only"),
        (lambda: SMALL.remove("place").remove("person"), "must hold a label"),
        (lambda: SMALL.remove("nothing"), "must be in the tree"),
        (lambda: SMALL.children("person/atlete"), "It may be 'person/athlete'"),
    ],
)
def test_what_is_refused(make, rule):
    with pytest.raises(FewnerError, match=rule):
        make()
