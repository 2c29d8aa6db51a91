"""GEIC's category files and spaCy's label data: what goes in comes out, the rest is refused."""

import json
from collections import Counter
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_strategies import trees

from spacy_fewner.data.schema import parse_schema
from spacy_fewner.data.trees import paths
from spacy_fewner.data.trees.file import read_tree, write_tree
from spacy_fewner.data.trees.labels import spacy_labels
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import LabelSpec, Schema

ANYTHING = Path(__file__).parents[3] / "assets" / "anythingner" / "schema.yaml"
LEAVES = ["person/real/artist-author", "person/real/other", "person/made up", "place/other", "date"]


def read(tmp_path: Path, found: object, separator: str | None = None) -> LabelTree:
    path = tmp_path / "category.json"
    text = found if isinstance(found, str) else json.dumps(found)
    path.write_text(text, encoding="utf8")
    return read_tree(path, separator)


def content(tree: LabelTree):
    return [tree[path] for path in tree], tree.catch_alls


def fits_levels(tree: LabelTree) -> bool:
    """Whether each label with others below is the only one of its name on its level."""
    places = [(paths.depth(path), paths.name(path)) for path in tree]
    counts = Counter(places)
    return all(
        counts[place] == 1 or tree.is_leaf(path) for place, path in zip(places, tree, strict=True)
    )


NESTED = {
    "person": {"real": ["artist/author", " other "], "made up": []},
    "place": ["other"],
    "date": {},
}
BY_LEVELS = {
    "dataset": "any",
    "first-level": "person, place,, date",
    "second-level": {"person": "real,made up", "place": "other"},
    "third-level": {"real": "artist/author, other"},
}


@pytest.mark.parametrize("found", [NESTED, BY_LEVELS])
def test_either_form_is_read(tmp_path, found):
    tree = read(tmp_path, found)
    assert tree.leaves == tuple(LEAVES) and tree.roots == ("person", "place", "date")
    assert parse_schema(str(tmp_path / "category.json")).ids == tree.leaves


@settings(deadline=None, max_examples=60)
@given(made=trees())
def test_levels_keep_all_that_is_known(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("trees") / "category.json"
    if not fits_levels(made):
        with pytest.raises(FewnerError, match="only one of its name"):
            write_tree(made, path)
        assert not path.exists()
        return
    write_tree(made, path)
    read_back = read_tree(path)
    assert content(read_back) == content(made)
    first = path.read_bytes()
    write_tree(read_back, path)
    assert path.read_bytes() == first


@settings(deadline=None, max_examples=60)
@given(made=trees())
def test_nested_categories_keep_any_tree_of_names(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("trees") / "category.json"
    write_tree(made, path, "nested")
    read_back = read_tree(path)
    assert list(read_back) == list(made)
    assert content(read_back) == ([LabelSpec(one) for one in made], frozenset())


@settings(deadline=None, max_examples=60)
@given(made=trees())
def test_label_data_keep_the_leaves(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("trees") / "spancat.json"
    write_tree(made, path, "labels")
    assert json.loads(path.read_text("utf8")) == spacy_labels(made)
    assert list(read_tree(path)) == list(made)


def test_anythingner_is_what_the_published_scripts_read(tmp_path):
    """They split lists at ", " and look each answer up on the next level."""
    made = read_tree(ANYTHING)
    write_tree(made, tmp_path / "category.json")
    found = json.loads((tmp_path / "category.json").read_text("utf8"))
    leaves = [
        f"{first}/{second}/{third}"
        for first in found["first-level"].split(", ")
        for second in found["second-level"][first].split(", ")
        for third in found["third-level"][second].split(", ")
    ]
    assert leaves == list(made.leaves)
    assert content(read_tree(tmp_path / "category.json")) == content(made)


def test_no_form_holds_what_it_cannot_say(tmp_path):
    path = tmp_path / "category.json"
    comma = LabelTree(Schema((LabelSpec("a"), LabelSpec("a/b, c"))))
    deep = LabelTree(Schema(tuple(LabelSpec("/".join("abcdefg"[:n])) for n in range(1, 8))))
    twice = LabelTree(Schema(tuple(map(LabelSpec, ["a", "a/x", "b", "b/x", "b/x/y"]))))
    for tree, rule in ((comma, "no name may have a comma"), (deep, "6 levels"), (twice, "b/x")):
        with pytest.raises(FewnerError, match=rule):
            write_tree(tree, path)
        write_tree(tree, path, "nested")
        assert list(read_tree(path)) == list(tree)
        path.unlink()
    with pytest.raises(FewnerError, match="form: must be one of levels, nested, labels"):
        write_tree(comma, path, "tree")  # type: ignore[arg-type]
    with pytest.raises(FewnerError, match="lone surrogates"):
        write_tree(LabelTree(Schema((LabelSpec("a", "\ud800"),))), path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("{", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ('{"a": [], "a": ["b"]}', "must be JSON without a key twice.*'a' stands there twice"),
        ("[]", "must be an object of categories or a list of labels"),
        ("3", "must be an object of categories"),
        ({}, "must be an object of categories"),
        (["a", 3], "category.json: must be a list of texts"),
        ({"a": ["b", "b"]}, "category.json: a: a label must be declared once; got 'a/b' twice"),
        ({"a": ["b/c", "b-c"]}, "a label must be declared once; got 'a/b-c' twice"),
        ({"a": {"B": [], "b": []}}, "not in case and punctuation only"),
        ({"a": {"b": "c"}}, "category.json: a/b: the labels below one must be an object or a list"),
        ({"a": None}, "category.json: a: the labels below one must be"),
        ({"a": [["b"]]}, "category.json: a: a label's name must be a text"),
        ({" ": []}, "a label's path must be names"),
        ({"ext": ["b"]}, "no label may lie under 'ext/'"),
        ({"first-level": ""}, "must hold a label"),
        ({"first-level": "a, a"}, "first-level: a label must be declared once"),
        ({"first-level": "a", "secnd-level": {}}, "a category file has .*got secnd-level"),
        ({"first-level": "a", "second-level": {"a": ["b"]}}, "second-level: a level must be lists"),
        ({"first-level": "a", "second-level": "b"}, "second-level: a level must be lists"),
        (
            {"first-level": "art, place", "second-level": {"plaice": "city"}},
            "second-level: the parent of every label must be declared.*'plaice'.*'place'",
        ),
        (
            {"first-level": "a", "third-level": {"a": "b"}},
            "third-level: the parent of every label must be declared",
        ),
        (
            {
                "first-level": "a, b",
                "second-level": {"a": "other", "b": "other"},
                "third-level": {"other": "c"},
            },
            "third-level: a label must have one parent.*'a/other' and 'b/other'",
        ),
        ({"first-level": "a", "labels": ["a"]}, "labels: must be objects by the paths"),
        ({"first-level": "a", "labels": {"b": {}}}, "labels: labels must be in the tree; got b"),
        ({"first-level": "a", "labels": {"a": {"x": 1}}}, "labels: a: a label has description"),
        ({"first-level": "a", "labels": {"a": {"catch_all": 1}}}, "must be true or false"),
    ],
)
def test_what_is_no_tree_is_refused(tmp_path, found, said):
    with pytest.raises(FewnerError, match=said):
        read(tmp_path, found)


@settings(deadline=None, max_examples=200)
@given(
    found=st.recursive(
        st.sampled_from(["a", "b, c", "", "a/b", 1, None, True]),
        lambda deeper: (
            st.lists(deeper, max_size=3)
            | st.dictionaries(
                st.sampled_from(["a", "b", " ", "first-level", "second-level", "labels", "ext"]),
                deeper,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_tree_or_refused(tmp_path_factory, found):
    try:
        assert len(read(tmp_path_factory.mktemp("any"), found)) > 0
    except FewnerError as err:
        assert err.remedy


def test_label_data_as_spacy_writes_them(tmp_path):
    nlp = spacy.blank("en")
    for name in ("ner", "spancat"):
        pipe = nlp.add_pipe(name)
        for label in ("location-GPE", "location-park", "DATE", "ext/pos"):
            pipe.add_label(label)
        data = json.loads(json.dumps(pipe.label_data))
        assert set(read(tmp_path, data)) == {"location-GPE", "location-park", "DATE"}
        by_parent = read(tmp_path, data, "-")
        assert set(by_parent.leaves) == {"location/GPE", "location/park", "DATE"}


def test_a_separator_is_for_label_data_alone(tmp_path):
    with pytest.raises(FewnerError, match="separator: is for label data"):
        read(tmp_path, {"a-b": []}, "-")
    with pytest.raises(FewnerError, match="separator: is for label data"):
        read_tree(ANYTHING, "-")
