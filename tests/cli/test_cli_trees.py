"""`cascade tree`, and GEIC in `convert`."""

import json
from pathlib import Path

import pytest
from cli_helpers import ORGAN, Run, tree, write_records

from spacy_fewner.data import read_samples
from spacy_fewner.data.trees.file import read_tree

TREE = ORGAN / "tree.yaml"


def content(path: Path):
    made = read_tree(path)
    return [made[label] for label in made], made.catch_alls


def test_a_tree_there_and_back(run: Run, tmp_path: Path):
    category, back = tmp_path / "category.json", tmp_path / "back.yaml"
    done = run("cascade", "tree", TREE, category)
    assert done.exit_code == 0
    assert done.stdout.startswith("a tree of 9 labels, 7 of them leaves, on 2 levels")
    assert run("cascade", "tree", category, back).exit_code == 0
    assert content(back) == content(category) == content(TREE)
    assert run("cascade", "tree", TREE, category, "--form", "nested").exit_code == 0
    assert list(read_tree(category)) == list(read_tree(TREE))


def test_label_data_become_a_tree_and_again_label_data(run: Run, tmp_path: Path):
    data, made = tmp_path / "ner.json", tmp_path / "tree.yaml"
    data.write_text('{"0": {}, "1": {"place-city": 3, "place-sea": 1, "DATE": 2}, "4": {"": 1}}')
    assert run("cascade", "tree", data, made, "--separator", "-").exit_code == 0
    assert run("cascade", "tree", made, data, "--form", "labels").exit_code == 0
    assert json.loads(data.read_text()) == ["place/city", "place/sea", "DATE"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([TREE, TREE], "must be different ones"),
        ([TREE, "OUT.json", "--form", "flat"], "must be one of levels, nested, labels"),
        ([TREE, "OUT.csv"], "must end in .yaml"),
        ([TREE, "OUT.json", "--separator", "-"], "is for label data"),
        (["absent.json", "OUT.yaml"], "the file must exist"),
    ],
)
def test_what_cannot_be_converted(run: Run, tmp_path: Path, args: list, message: str):
    named = [tmp_path / one if isinstance(one, str) and "." in one else one for one in args]
    done = run("cascade", "tree", *named)
    assert done.exit_code == 1 and message in done.stderr
    assert tree(tmp_path) == set()


def test_train_takes_categories_for_a_tree(run: Run, tmp_path: Path):
    """As far as looking the labels of the data up in it."""
    category = tmp_path / "category.json"
    category.write_text('{"first-level": "wood"}')
    args = [ORGAN / "train.jsonl", tmp_path / "out", "--tree", category]
    done = run("cascade", "train", *args)
    assert done.exit_code == 1 and "labels must be in the tree" in done.stderr


def test_geic_sentences_there_and_back(run: Run, tmp_path: Path):
    place = write_records(
        tmp_path / "in.jsonl",
        [{"text": "Rome and Oslo", "spans": [(0, 4, "CITY"), (9, 13, "place/city")]}],
    )
    labels = tmp_path / "category.json"
    labels.write_text('{"place": ["city", "sea"]}')
    geic, back = tmp_path / "geic.json", tmp_path / "back.jsonl"
    assert run("convert", place, geic, "--to", "geic", "--tree", labels).exit_code == 0
    record = json.loads(geic.read_text("utf8"))["sentence1"]
    assert record["entity"] == ["Rome", "Oslo"] and record["category"] == ["city", "city"]
    done = run("convert", geic, back, "--from", "geic", "--tree", labels)
    assert done.exit_code == 0 and done.stderr == ""
    (sample,) = read_samples(back)
    assert [(span.start, span.label) for span in sample.spans] == [
        (0, "place/city"), (9, "place/city"),
    ]  # fmt: skip


def test_convert_does_not_overwrite_its_tree(run: Run, examples: Path, tmp_path: Path):
    labels = tmp_path / "labels.json"
    labels.write_text('["PER", "LOC"]')
    done = run("convert", examples, labels, "--tree", labels)
    assert done.exit_code == 1 and "must be different ones" in done.stderr
    assert labels.read_text() == '["PER", "LOC"]'


def test_sentences_left_out_are_told(run: Run, tmp_path: Path):
    geic, out = tmp_path / "geic.json", tmp_path / "out.jsonl"
    good = {"sentence": "Rome", "entity": ["Rome"], "category": ["city"]}
    bad = {**good, "entity": ["Paris"]}
    geic.write_text(json.dumps({"sentence1": good, "sentence2": bad, "sentence3": bad}))
    done = run("convert", geic, out, "--from", "geic")
    assert done.exit_code == 0 and done.stdout.startswith("1 examples in")
    assert done.stderr == "2 left out: not in the text, such as 'Paris' (city)\n"
    geic.write_text(json.dumps({"sentence1": bad}))
    before = out.read_bytes()
    done = run("convert", geic, out, "--from", "geic")
    assert done.exit_code == 1 and "must hold a sentence that can be read" in done.stderr
    assert out.read_bytes() == before
