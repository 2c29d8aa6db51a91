"""The embedded data set for classes: what its README promises holds for the shipped files."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from spacy_fewner.data import read_samples
from spacy_fewner.data.classes.labels import chosen, classes_of, kind_of
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.types import Sample

NOTES = Path(__file__).parents[3] / "assets" / "organ_notes"
NEAR_DUPLICATE = 0.5  # Jaccard overlap of lower-cased words


@cache
def samples(name: str) -> tuple[Sample, ...]:
    return tuple(read_samples(NOTES / f"{name}.jsonl"))


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize(("name", "each"), [("train", 10), ("test", 25)])
def test_every_class_has_as_many_notes(name: str, each: int):
    schema = parse_schema(str(NOTES / "schema.jsonl"))
    counts = Counter(label for sample in samples(name) for label in chosen(sample))
    assert counts == dict.fromkeys(schema.ids, each)
    assert kind_of(samples(name)) == "exclusive"
    assert all(label.description for label in schema)
    assert f"| `{name}.jsonl` | {6 * each} |" in (NOTES / "README.md").read_text("utf8")


@pytest.mark.parametrize("name", ["train", "test", "both"])
def test_texts_and_ids_are_clean(name: str):
    texts = [sample.text for sample in samples(name)]
    assert all(text == text.strip() and not re.search(r"\s{2}", text) for text in texts)
    assert len({" ".join(re.findall(r"\w+", text.lower())) for text in texts}) == len(texts)
    assert len({sample.meta["id"] for sample in samples(name)}) == len(texts)


def test_train_and_test_share_no_near_duplicates():
    right = [words(sample.text) for sample in samples("test")]
    for sample in samples("train"):
        left = words(sample.text)
        nearest = max(len(left & other) / len(left | other) for other in right)
        assert nearest < NEAR_DUPLICATE, sample.text


def test_both_holds_spans_classes_and_texts_with_either():
    both, organ = samples("both"), read_samples(NOTES.parent / "organ" / "train.jsonl")
    of_organ = [sample for sample in both if sample.spans_annotated]
    assert [(s.text, s.spans) for s in of_organ] == [(s.text, s.spans) for s in organ]
    assert [s for s in both if not s.spans_annotated] == list(samples("train"))
    with_both = sum(bool(sample.cats) for sample in of_organ)
    assert f"| `both.jsonl` | {len(both)} | the {len(of_organ)} sentences" in readme()
    assert f"{with_both} of them with a class too" in readme()
    assert classes_of(both) == classes_of(samples("train"))


def readme() -> str:
    return (NOTES / "README.md").read_text("utf8")


def test_rows_hold_what_the_readme_says():
    for name in ("train", "test"):
        lines = (NOTES / f"{name}.jsonl").read_text("utf8").splitlines()
        assert all(json.loads(line).keys() == {"text", "cats", "meta"} for line in lines)
