"""Label schemes from names or from files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data.schema import parse_schema, read_labels, write_labels
from spacy_fewner.data.trees.file import read_tree, write_tree
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import LabelSpec, Schema


def test_names_with_commas():
    schema = parse_schema(" PER, person/athlete ,LOC,")
    assert schema.ids == ("PER", "person/athlete", "LOC")
    assert [(label.name, label.parent) for label in schema][1] == ("athlete", "person")


def test_a_file_says_what_labels_mean(tmp_path: Path):
    path = tmp_path / "schema.jsonl"
    path.write_text(
        '\ufeff{"id": "STOP", "description": "a row of pipes", "examples": ["Oboe 8\'"],'
        ' "synonyms": ["register"], "color": "red"}\n\n{"id": "Ort"}\n',
        encoding="utf8",
    )
    labels = [LabelSpec("STOP", "a row of pipes", ("Oboe 8'",), ("register",)), LabelSpec("Ort")]
    assert read_labels(path) == labels
    assert list(parse_schema(str(path))) == labels


def test_a_name_is_a_synonym_and_what_nothing_reads_is_told(tmp_path: Path):
    path = tmp_path / "schema.jsonl"
    records = [
        {"id": "PER.NAM", "name": "人名", "synonyms": ["名字"], "definition": "…"},
        {"id": "LOC", "name": "LOC", "definition": "…", "color": 1},
    ]
    path.write_text("\n".join(map(json.dumps, records)), "utf8")
    with pytest.warns(UserWarning, match=r"nothing reads: definition \(2\), color \(1\)\. Known"):
        schema = parse_schema(str(path))
    assert [label.synonyms for label in schema] == [("人名", "名字"), ()]


def test_labels_are_written_as_they_are_read(tmp_path: Path):
    labels = (LabelSpec("Ort", "wo etwas ist\n\u2028", ("Köln",), ("place",)), LabelSpec("a b"))
    write_labels(Schema(labels), tmp_path / "labels.jsonl")
    assert tuple(read_labels(tmp_path / "labels.jsonl")) == labels
    assert (tmp_path / "labels.jsonl").read_text("utf8").splitlines()[-1] == '{"id": "a b"}'


def test_a_file_needs_no_certain_suffix(tmp_path: Path):
    (tmp_path / "labels").write_text('{"id": "A"}', encoding="utf8")
    assert parse_schema(str(tmp_path / "labels")).ids == ("A",)


names = st.text(min_size=1, max_size=12).filter(lambda name: name.strip())
texts = st.lists(st.text(max_size=8), max_size=3).map(tuple)
unicode_names = names.filter(lambda name: name.isprintable())


@given(st.lists(st.builds(LabelSpec, unicode_names, st.text(max_size=9), texts, texts),
                min_size=1, max_size=4, unique_by=lambda label: label.id))  # fmt: skip
def test_round_trip_through_a_file(tmp_path_factory, drawn):
    labels = [
        replace(one, synonyms=tuple(f"also called {n} {word}" for word in one.synonyms))
        for n, one in enumerate(drawn)
    ]
    path = tmp_path_factory.mktemp("schema") / "schema.jsonl"
    lines = [
        json.dumps({"id": one.id, "description": one.description,
                    "examples": one.examples, "synonyms": one.synonyms})
        for one in labels
    ]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf8")
    assert list(parse_schema(str(path))) == labels


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("STOP", "schema.jsonl:2: a label must be a JSON object"),
        ("[1]", "schema.jsonl:2: a label must have an 'id'"),
        ('{"id": 3}', "must have an 'id'"),
        ('{"id": " "}', "must have an 'id'"),
        ('{"id": "B", "description": ["x"]}', "'description' must be a text"),
        ('{"id": "B", "examples": "x"}', "'examples' must be a list of texts"),
        ('{"id": "B", "synonyms": [1]}', "'synonyms' must be a list of texts"),
        ('{"id": "A"}', "label ids must be unique; got A"),
    ],
)
def test_bad_lines(tmp_path: Path, line: str, message: str):
    path = tmp_path / "schema.jsonl"
    path.write_text(f'{{"id": "A"}}\n{line}\n', encoding="utf8")
    with pytest.raises(FewnerError) as caught:
        parse_schema(str(path))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "must name a label"),
        (" , ", "must name a label"),
        ("A,B,A", "unique"),
        ("absent.jsonl", "a file that exists"),
    ],
)
def test_bad_values(value: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FewnerError, match=message):
        parse_schema(value)


def test_a_tree_stands_for_its_leaves(tmp_path: Path):
    (tmp_path / "tree.yaml").write_text("person: {children: {athlete: Plays.}}\nplace: On earth.\n")
    schema = parse_schema(str(tmp_path / "tree.yaml"))
    assert schema.ids == ("person/athlete", "place")
    assert [label.description for label in schema] == ["Plays.", "On earth."]
    with pytest.raises(FewnerError, match=r"missing\.yaml"):
        parse_schema(str(tmp_path / "missing.yaml"))


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_cousins_in_a_flat_scheme_share_no_synonym(tmp_path: Path, suffix: str):
    """In a tree they may: there the parent is known."""
    labels = (LabelSpec("a"), LabelSpec("a/x", synonyms=("it",)), LabelSpec("b"))
    tree = LabelTree(Schema((*labels, LabelSpec("b/y", synonyms=("It",)))))
    path = tmp_path / f"tree.{suffix}"
    write_tree(tree, path)
    assert list(read_tree(path)) == list(tree)
    with pytest.raises(FewnerError, match=r"no synonym may be another label's.*'a/x' and 'b/y'"):
        parse_schema(str(path))
    write_tree(tree.remove("b/y"), path)
    assert parse_schema(str(path)).ids == ("a/x", "b")


@pytest.mark.parametrize(
    ("labels", "clash"),
    [
        ([("A", ["film"]), ("B", ["book", "Film"])], "'film' of 'A' and 'B'"),
        ([("A", ["b"]), ("B", [])], "'b' of 'A' and 'B'"),
        ([("B", []), ("A", ["work-B", "b"])], "'b' of 'A' and 'B'"),
        ([("work/film", []), ("A", ["FILM"])], "'FILM' of 'A' and 'work/film'"),
        ([("work/film", []), ("A", ["work film"])], "'work film' of 'A' and 'work/film'"),
    ],
)
def test_a_synonym_of_two_labels(tmp_path: Path, labels, clash: str):
    path = tmp_path / "schema.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, "synonyms": s}) for i, s in labels))
    with pytest.raises(FewnerError) as caught:
        parse_schema(str(path))
    assert clash in str(caught.value) and "schema.jsonl: no synonym may be" in str(caught.value)


def test_synonyms_that_are_fine(tmp_path: Path):
    path = tmp_path / "schema.jsonl"
    own = [("A", ["a", "film", "Film", ""]), ("work/B", ["b", ""]), ("other/B", ["c"])]
    path.write_text("\n".join(json.dumps({"id": i, "synonyms": s}) for i, s in own[:2]))
    assert parse_schema(str(path)).ids == ("A", "work/B")
    assert parse_schema("work/B,other/B").ids == ("work/B", "other/B")


@pytest.mark.parametrize(
    ("parents", "circle"),
    [
        ({"A": "A"}, "schema.jsonl:1: no label may be its own ancestor; got A under A"),
        ({"A": "B", "B": "A"}, "schema.jsonl:1: .* A under B under A"),
        ({"A": None, "B": "C", "C": "D", "D": "C"}, "schema.jsonl:2: .* B under C under D under C"),
    ],
)
def test_parents_in_a_circle(tmp_path: Path, parents, circle: str):
    path = tmp_path / "schema.jsonl"
    lines = [json.dumps({"id": label, "parent": above}) for label, above in parents.items()]
    path.write_text("\n".join(lines))
    with pytest.raises(FewnerError, match=circle):
        parse_schema(str(path))


def test_parents_that_lead_up_or_nowhere(tmp_path: Path):
    path = tmp_path / "schema.jsonl"
    given = [("A", "B"), ("B", "absent"), ("C", ["D"]), ("D", None)]
    lines = [json.dumps({"id": label, "parent": above}) for label, above in given]
    path.write_text("\n".join(lines))
    assert parse_schema(str(path)).ids == ("A", "B", "C", "D")
