"""Label schemes from names or from files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data.schema import parse_schema, read_labels
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import LabelSpec


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


def test_a_file_needs_no_certain_suffix(tmp_path: Path):
    (tmp_path / "labels").write_text('{"id": "A"}', encoding="utf8")
    assert parse_schema(str(tmp_path / "labels")).ids == ("A",)


names = st.text(min_size=1, max_size=12).filter(lambda name: name.strip())
texts = st.lists(st.text(max_size=8), max_size=3).map(tuple)
unicode_names = names.filter(lambda name: name.isprintable())


@given(st.lists(st.builds(LabelSpec, unicode_names, st.text(max_size=9), texts, texts),
                min_size=1, max_size=4, unique_by=lambda label: label.id))  # fmt: skip
def test_round_trip_through_a_file(tmp_path_factory, labels):
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
        ("absent.jsonl", "must exist"),
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
