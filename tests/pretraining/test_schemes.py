"""Data sets with label schemes of their own, read from folders and files."""

import json
from pathlib import Path

import pytest
from pretraining_helpers import marked

from spacy_fewner.data import write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.schemes import Scheme, open_label, read_scheme, totals
from spacy_fewner.types import LabelSpec, Sample

TEXTS = [marked("[Ada:painter] met [Bo:cellist] in [Rome:city]"), marked("nobody went")]


def folder_with(path: Path, records: list[dict], samples: list[Sample] | None = None) -> Path:
    path.mkdir()
    write_samples(TEXTS if samples is None else samples, path / "train.jsonl")
    if records:
        write_labels(path / "schema.jsonl", records)
    return path


def write_labels(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf8")
    return path


def labels_of(sample: Sample) -> list[tuple[str, str]]:
    return [(sample.text[span.start : span.end], span.label) for span in sample.spans]


def test_a_folder_has_texts_and_what_their_labels_mean(tmp_path: Path):
    record = {
        "id": "painter",
        "description": "Who paints.",
        "synonyms": ["PaintArtist", " ", "painter"],
        "paraphrases": ["One who makes pictures.", "Who paints."],
    }
    scheme = read_scheme(folder_with(tmp_path / "art", [record]))
    assert scheme.name == "art" and len(scheme.samples) == 2
    known = scheme.label("painter")
    assert known.names == ("painter", "paint artist")
    assert known.definitions == ("Who paints.", "One who makes pictures.")
    assert scheme.label("city").names == ("city",) and scheme.label("city").definitions == ()
    assert not scheme.is_partial
    assert totals([scheme]) == {"texts": 2, "spans": 3, "labels": 3, "data_sets": 1}


def test_another_file_of_labels_goes_before_the_folders_own(tmp_path: Path):
    own = [{"id": "painter", "description": "old"}, {"id": "city", "description": "kept"}]
    folder = folder_with(tmp_path / "art", own)
    more = write_labels(tmp_path / "more.jsonl", [{"id": "painter", "description": "new"}])
    scheme = read_scheme(folder, more)
    assert scheme.label("painter").definitions == ("new",)
    assert scheme.label("city").definitions == ("kept",)


def test_a_label_that_covers_others_has_their_spans_too(tmp_path: Path):
    records = [
        {"id": "being", "covers": ["artist"]},
        {"id": "artist", "covers": ["painter", "cellist"]},
    ]
    scheme = read_scheme(folder_with(tmp_path / "art", records))
    assert labels_of(scheme.samples[0]) == [
        ("Ada", "artist"),
        ("Ada", "being"),
        ("Ada", "painter"),
        ("Bo", "artist"),
        ("Bo", "being"),
        ("Bo", "cellist"),
        ("Rome", "city"),
    ]
    assert scheme.samples[1].spans == ()


def test_labels_that_cover_each_other_are_one(tmp_path: Path):
    records = [{"id": "city", "covers": ["town"]}, {"id": "town", "covers": ["city"]}]
    scheme = read_scheme(folder_with(tmp_path / "art", records))
    assert ("Rome", "town") in labels_of(scheme.samples[0])


def test_labels_said_to_be_absent_are_known(tmp_path: Path):
    samples = [marked("[Ada:painter] went", absent=["ship"])]
    scheme = read_scheme(folder_with(tmp_path / "asked", [], samples))
    assert scheme.known == ["painter", "ship"]


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([{"id": "city"}, {"id": "city"}], "must have different ids; got city"),
        ([{"id": "city", "covers": ["ship"]}], "must be labels of the data; got ship"),
        ([{"id": "city", "covers": "town"}], "'covers' must be a list of texts"),
        ([{"id": "city", "paraphrases": "Where."}], "'paraphrases' must be a list of texts"),
        ([{"id": ""}], "a label must have an 'id'"),
    ],
)
def test_bad_labels(records: list[dict], says: str, tmp_path: Path):
    with pytest.raises(FewnerError, match=says):
        read_scheme(folder_with(tmp_path / "art", records))


def test_a_file_without_spans(tmp_path: Path):
    with pytest.raises(FewnerError, match="must hold spans"):
        read_scheme(folder_with(tmp_path / "none", [], [marked("nobody went")]))


@pytest.mark.parametrize("absent", ["ship", [1], None])
def test_absent_labels_must_be_a_list(absent: object, tmp_path: Path):
    samples = [marked("[Ada:painter] went", absent=absent)]
    with pytest.raises(FewnerError, match="'absent' must be a list of texts"):
        read_scheme(folder_with(tmp_path / "asked", [], samples))


def test_files_that_are_not_there(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    for path, more in ((tmp_path / "empty", None), (tmp_path / "no.jsonl", None)):
        with pytest.raises(FewnerError, match="must exist"):
            read_scheme(path, more)
    with pytest.raises(FewnerError, match="must exist"):
        read_scheme(folder_with(tmp_path / "art", []), tmp_path / "labels.jsonl")


def test_labels_in_other_scripts_keep_their_words():
    names = ("人物", "हिन्दी_शहर", "مدینه‌ها", "место-рождения", "ΠΌΛΗ")
    labels = [open_label(LabelSpec(name)) for name in names]
    assert [one.names[0] for one in labels] == [
        "人物",
        "हिन्दी शहर",
        "مدینه‌ها",
        "место рождения",
        "πόλη",
    ]


def test_only_these_makes_a_scheme_partial():
    assert Scheme("typed", [marked("[Ada:painter] went", only_these=True)]).is_partial
