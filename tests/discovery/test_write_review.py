"""From annotated documents to a review, and from the edited review to all that comes of it."""

import json
from pathlib import Path

import pytest
import spacy
from discovery_helpers import DOCUMENTS, labelled
from spacy.training import Example

from spacy_fewner.data import read_jsonl, write_jsonl
from spacy_fewner.data.docs import sample_to_doc
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.data.trees.file import read_tree
from spacy_fewner.discovery.apply_review import apply_review
from spacy_fewner.discovery.write_review import write_review
from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.schemes import read_scheme


def edit(folder: Path, *changes: tuple[str, str]) -> None:
    """As a person does, in an editor."""
    file = folder / "review.yaml"
    text = file.read_text("utf8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf8")


EDITS = (
    ("- name: church ", "- name: place of worship "),
    ("- name: builder ", "- name: builder\n  merge_into: organ builder "),
    ("- name: other ", "- name: other\n  drop: true "),
)


@pytest.fixture
def folder(tmp_path, embed):
    write_jsonl(DOCUMENTS, tmp_path / "annotations.jsonl")
    write_review(tmp_path, read_jsonl(tmp_path / "annotations.jsonl"), embed)
    return tmp_path


def test_an_edited_review_is_followed_everywhere(folder):
    raw = (folder / "annotations.jsonl").read_bytes()
    edit(folder, *EDITS)
    reviewed = apply_review(folder)
    assert reviewed.renamed == {"church": "place of worship"}
    assert reviewed.merged == {"builder": "organ builder"}
    assert (reviewed.dropped, reviewed.lost) == (("other",), 1)
    assert reviewed.to_text().split("\n")[1:] == [
        "renamed  church -> place of worship",
        "merged   builder -> organ builder",
        "dropped  other",
        "1 mention went with what was dropped or deleted",
    ]

    smith, harrison, heart = read_jsonl(folder / "train.jsonl")
    assert ("St Mary", "place of worship") in labelled(smith)
    assert ("Harrison & Harrison", "organ builder") in labelled(harrison)
    assert labelled(heart) == [("heart", "organ (body)")]
    assert all(one.meta["only_these"] is True for one in (smith, harrison, heart))
    assert (folder / "annotations.jsonl").read_bytes() == raw

    schema = parse_schema(str(folder / "schema.jsonl"))
    tree = read_tree(folder / "tree.yaml")
    labels = json.loads((folder / "labels.json").read_text("utf8"))
    assert list(schema.ids) == labels == list(tree)
    builder = next(one for one in schema if one.id == "organ builder")
    assert builder.synonyms == ("builder",)
    assert builder.examples == ("Father Smith", "Harrison & Harrison")
    scheme = read_scheme(folder)
    assert scheme.is_partial
    assert scheme.counts["place of worship"] == 2
    assert scheme.label("organ").definitions


def test_spacy_takes_the_label_data_and_trains_on_the_texts(folder):
    apply_review(folder)
    nlp = spacy.blank("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 8,
        "depth": 1,
        "embed_size": 50,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
    }
    config = {"model": {"@architectures": "spacy-fewner.SpanGrid.v1", "tok2vec": tok2vec}}
    nlp.add_pipe("fewner", config=config)
    reader = {"@readers": "spacy.read_labels.v1", "path": str(folder / "labels.json")}
    nlp.config["initialize"]["components"] = {"fewner": {"labels": reader}}
    docs = [sample_to_doc(one, nlp)[0] for one in read_jsonl(folder / "train.jsonl")]
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    optimizer = nlp.initialize(lambda: examples)
    labels = json.loads((folder / "labels.json").read_text("utf8"))
    assert list(nlp.get_pipe("fewner").labels) == labels
    assert nlp.update(examples, sgd=optimizer)["fewner"] > 0


def test_it_can_be_edited_and_carried_out_again(folder):
    edit(folder, *EDITS)
    apply_review(folder)
    edit(folder, ("- name: place of worship ", "- name: church "))
    assert apply_review(folder).renamed == {}
    assert "church" in json.loads((folder / "labels.json").read_text("utf8"))


def test_an_entry_that_is_deleted_is_dropped_and_told(folder):
    text = (folder / "review.yaml").read_text("utf8")
    kept = [part for part in text.split("\n\n") if not part.startswith("- name: church ")]
    (folder / "review.yaml").write_text("\n\n".join(kept), "utf8")
    reviewed = apply_review(folder)
    assert (reviewed.deleted, reviewed.lost) == (("church",), 2)
    assert "deleted  church (no entry has this label)" in reviewed.to_text()


def test_a_review_without_edits_keeps_every_mention(folder):
    reviewed = apply_review(folder)
    assert reviewed.mentions.total() == sum(len(one.spans) for one in DOCUMENTS)


def test_a_review_that_a_person_has_edited_is_not_overwritten(folder, embed):
    written = (folder / "review.yaml").read_bytes()
    write_review(folder, DOCUMENTS, embed)
    assert (folder / "review.yaml").read_bytes() == written
    edit(folder, EDITS[0])
    edited = (folder / "review.yaml").read_bytes()
    with pytest.raises(FewnerError, match="must not hold a review that differs"):
        write_review(folder, DOCUMENTS, embed)
    assert (folder / "review.yaml").read_bytes() == edited
    write_review(folder, DOCUMENTS, embed, overwrite=True)
    assert (folder / "review.yaml").read_bytes() == written


def test_what_cannot_be_carried_out_leaves_the_files_as_they_were(folder):
    apply_review(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    edit(folder, ("labels: [church]", "labels: [chruch]"))
    with pytest.raises(
        FewnerError, match=r"review.yaml:\d+ \(church\).*those of the annotations.*'church'"
    ):
        apply_review(folder)
    del before["review.yaml"]
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_folder_without_a_discovery_is_told(tmp_path):
    with pytest.raises(FewnerError, match="must hold resolved"):
        apply_review(tmp_path)
