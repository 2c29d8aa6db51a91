"""Trees in files: what goes in comes out, and what is no tree is refused with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_strategies import trees

from spacy_fewner.data.trees.file import read_tree, write_tree
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError

YAML = """
person:
  description: A human being.
  children:
    athlete: {description: Known for a sport., synonyms: [sportsperson], examples: [Ann]}
    other: {catch_all: true}
place:
"""
PATHS = """
{"id": "person", "description": "A human being."}
{"id": "place"}
{"id": "person/athlete", "description": "Known for a sport.", "synonyms": ["sportsperson"], "examples": ["Ann"]}
{"id": "person/other", "catch_all": true}
"""  # noqa: E501
PARENTS = """
{"id": "athlete", "parent": "person", "description": "Known for a sport.", "synonyms": ["sportsperson"], "examples": ["Ann"]}
{"id": "person", "description": "A human being."}
{"id": "place"}
{"id": "person-other", "name": "other", "parent": "person", "catch_all": true}
"""  # noqa: E501


def read(tmp_path, text: str, name: str = "tree.jsonl") -> LabelTree:
    (tmp_path / name).write_text(text, encoding="utf8")
    return read_tree(tmp_path / name)


def content(tree: LabelTree):
    return [tree[path] for path in tree], tree.catch_alls


def test_three_ways_to_write_one_tree(tmp_path):
    nested = read(tmp_path, YAML, "tree.yaml")
    assert list(nested) == ["person", "person/athlete", "person/other", "place"]
    assert nested["person/athlete"].synonyms == ("sportsperson",)
    assert nested.catch_alls == {"person/other"}
    assert content(read(tmp_path, PATHS)) == content(read(tmp_path, PARENTS)) == content(nested)
    listed = "- {id: person}\n- {id: athlete, parent: person}\n"
    assert list(read(tmp_path, listed, "list.yml")) == ["person", "person/athlete"]


@pytest.mark.parametrize("suffix", ["yaml", "jsonl"])
@settings(deadline=None, max_examples=40)
@given(made=trees())
def test_round_trip(tmp_path_factory, suffix, made):
    path = tmp_path_factory.mktemp("trees") / f"tree.{suffix}"
    write_tree(made, path)
    read_back = read_tree(path)
    assert content(read_back) == content(made)
    first = path.read_bytes()
    write_tree(read_back, path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"id": "a", "parent": "b"}\n{"id": "b", "parent": "a"}', r":1: no label may be its own"),
        ('{"id": "a", "parent": "a"}', "a under a"),
        ('{"id": "a"}\n{"id": "b", "parent": "aa"}', r":2: the parent of every .*under 'aa'"),
        ('{"id": "a"}\n\n{"id": "b/c"}', r":3: the parent of every label must be declared"),
        (
            '{"id": "a"}\n{"id": "b"}\n{"id": "c", "parent": "a"}\n{"id": "c", "parent": "b"}',
            r":4: a label must have one parent.*:3",
        ),
        ('{"id": "a"}\n{"id": "b"}\n{"id": "a/c", "parent": "b"}', r":3: a label must have one p"),
        ('{"id": "a"}\n{"id": "a"}', r":2: a label must be declared once.*:1"),
        ('{"id": "a"}\n{"id": "a/c"}\n{"id": "c", "parent": "a"}', r":3: a label must be decl"),
        ('{"id": "a"}\n{"id": "a/B"}\n{"id": "a/b"}', "not in case and punctuation only"),
        ('{"id": "a", "catch_all": "yes"}', r":1: 'catch_all' must be true or false"),
        ('{"id": "a", "parent": 3}', r":1: 'parent' must be a text"),
        ('{"id": "a", "sinonyms": []}', r":1: a label has id, .*sinonyms"),
        ('{"id": "a", "synonyms": "b"}', r":1: 'synonyms' must be a list"),
        ('{"id": " a"}', r":1: a label's path"),
        ('{"name": "a"}', r":1: a label must have an 'id'"),
        ("[1]", r":1: a label must have an 'id'"),
        ("{", r":1: a label must be a JSON object"),
        ("[" * 100_000, r":1: a label must be a JSON object"),
        ("\n\n", "must hold a label"),
    ],
)
def test_records_that_are_no_tree(tmp_path, text, found):
    with pytest.raises(FewnerError, match=found):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# nothing", "must hold a label"),
        ("{}", "must hold a label"),
        ("a: [", "YAML of plain values"),
        ("a: x\na: y", "duplicate key"),
        ("a: !!python/object/apply:os.getcwd []", "YAML of plain values"),
        ("a: x\n---\nb: y", "YAML of plain values"),
        ("text", "must be a mapping from their names"),
        ("a: {children: [b]}", "tree.yaml: a: labels must be a mapping"),
        ("a: 3", "tree.yaml: a: a label must be its definition"),
        ("1: x", "a label's name must be a text"),
        ("a/b: x", "without '/'"),
        ("a: {child: {b: x}}", "tree.yaml: a: a label has description"),
        ("a: {description: [x]}", "'description' must be a text"),
        ("a: {children: &x {b: {children: *x}}}", "none be its own ancestor"),
        ("a: &x {children: {b: }}\nc: *x", "one parent"),
        ("a: &x {children: {b: y}}\nc: {children: {d: *x}}", "tree.yaml: c/d: .*under 'a'"),
        ("{" * 1200, "YAML of plain values"),
    ],
)
def test_yaml_that_is_no_tree(tmp_path, text, found):
    with pytest.raises(FewnerError, match=found):
        read(tmp_path, text, "tree.yaml")


@settings(deadline=None, max_examples=200)
@given(
    text=st.text(alphabet="ab/:{}[]\"-&*x \n#'", max_size=30),
    suffix=st.sampled_from(["yaml", "jsonl"]),
)
def test_any_text_is_read_or_refused(tmp_path_factory, text, suffix):
    path = tmp_path_factory.mktemp("any") / f"tree.{suffix}"
    path.write_text(text, encoding="utf8")
    try:
        assert len(read_tree(path)) > 0
    except FewnerError as err:
        assert err.remedy


def test_other_files_are_refused(tmp_path):
    for path in (tmp_path / "tree.json", tmp_path / "absent.yaml"):
        with pytest.raises(FewnerError):
            read_tree(path)
    with pytest.raises(FewnerError, match="must end in"):
        write_tree(read(tmp_path, '{"id": "a"}'), tmp_path / "tree.txt")


@pytest.mark.parametrize("suffix", [".yaml", ".jsonl"])
def test_an_empty_file_is_said_to_be_empty(tmp_path, suffix):
    (tmp_path / f"tree{suffix}").touch()
    with pytest.raises(FewnerError, match="must hold labels; got an empty file"):
        read_tree(tmp_path / f"tree{suffix}")
