"""Odd and bad input to the component."""

import numpy as np
import pytest
from cascade_helpers import (
    CASES,
    TREE,
    classified,
    examples_of,
    make_example,
    make_pipeline,
    train,
)
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example

from spacy_fewner.cascade import spans_in
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.errors import FewnerError


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "🎹", "管風琴", "אורגן גדול", "a" * 5000])
def test_odd_texts(trained, text):
    nlp, _ = trained
    pipe = nlp.get_pipe("fewner_cascade")
    docs = [nlp.make_doc(text), make_example(nlp, *CASES[0][:1], [("Ann", "")]).predicted]
    docs[0].spans["span_candidates"] = SpanGroup(docs[0], spans=[docs[0][:]])
    found = [list(doc.spans["sc"]) for doc in pipe.pipe(docs)]
    assert len(found[0]) == bool(text.strip()) and len(found[1]) == 1


def test_documents_without_candidates(trained, caplog):
    nlp, _ = trained
    pipe = nlp.get_pipe("fewner_cascade")
    docs = [nlp.make_doc("Nothing here."), nlp.make_doc("")]
    for doc in docs:
        doc.spans["span_candidates"] = SpanGroup(doc)
    assert [len(doc.spans["sc"]) for doc in pipe.pipe(docs)] == [0, 0]
    assert caplog.text == ""
    assert [len(pipe(nlp.make_doc("No key.")).spans["sc"]) for _ in range(2)] == [0, 0]
    assert caplog.text.count("candidates_key") == 1


def test_spans_at_the_edges_of_documents_and_across_sentences(trained):
    nlp, _ = trained
    words = ["Ann", "sang", ".", "Bob", "left", "."]
    doc = Doc(nlp.vocab, words=words, sent_starts=[True, False, False, True, False, False])
    bounds = [(0, 1), (5, 6), (0, 6), (1, 4), (3, 3)]  # the last one is empty
    doc.spans["span_candidates"] = SpanGroup(doc, spans=[Span(doc, *edge) for edge in bounds])
    found = nlp.get_pipe("fewner_cascade")(doc).spans["sc"]
    assert sorted((span.start, span.end) for span in found) == [(0, 1), (0, 6), (1, 4), (5, 6)]


def test_a_gold_label_outside_the_tree_is_named(trained):
    nlp, _ = trained
    examples = [make_example(nlp, "Ann is here.", [("Ann", "person/organst")])]
    with pytest.raises(FewnerError, match=r"person/organst.*person/organist"):
        make_pipeline().initialize(lambda: examples)
    with pytest.raises(FewnerError, match="person/organst"):
        nlp.get_pipe("fewner_cascade").update(examples)


def test_labels_that_only_help_training_are_passed_over(trained):
    nlp, _ = trained
    examples = [make_example(nlp, "Ann is here.", [("Ann", "ext/pronoun")])]
    assert nlp.get_pipe("fewner_cascade").update(examples) == {"fewner_cascade": 0.0}


def test_an_empty_tree_says_what_to_do():
    nlp = make_pipeline(tree=None)
    nlp.initialize()
    with pytest.raises(FewnerError, match=r"set_tree or add_label"):
        nlp("text")
    pipe = nlp.get_pipe("fewner_cascade")
    assert pipe.labels == () and pipe.label_data == []
    pipe.add_label("person")
    with pytest.raises(FewnerError):
        pipe.remove_label("person")
    assert pipe.labels == ("person",)


def test_without_a_tree_the_gold_labels_become_one():
    nlp = make_pipeline(tree=None)
    nlp.initialize(lambda: examples_of(nlp))
    pipe = nlp.get_pipe("fewner_cascade")
    assert set(pipe.labels) == {label["id"] for label in TREE}
    again = make_pipeline(tree=None)
    labels = {"fewner_cascade": {"labels": pipe.label_data}}
    again.config["initialize"]["components"] = labels
    again.initialize()
    assert again.get_pipe("fewner_cascade").tree == pipe.tree


def test_a_missing_file_is_named_when_it_is_needed(tmp_path):
    nlp = make_pipeline(tree=str(tmp_path / "none.yaml"))
    assert nlp.get_pipe("fewner_cascade").labels == ()
    with pytest.raises(FewnerError, match=r"none\.yaml"):
        nlp.initialize(lambda: examples_of(nlp))


def test_misaligned_gold_is_reported(caplog):
    nlp = make_pipeline()
    words, spaces = ["semi", "-", "pro", "Ann"], [False, False, True, False]
    reference = Doc(nlp.vocab, words=words, spaces=spaces)
    reference.spans["sc"] = [Span(reference, 0, 1, "person"), Span(reference, 3, 4, "person")]
    predicted = Doc(nlp.vocab, words=["semi-pro", "Ann"], spaces=[True, False])
    nlp.initialize(lambda: [Example(predicted, reference)])
    assert nlp.get_pipe("fewner_cascade").gold_audit.misaligned == ["semi"]
    assert "edge inside a token" in caplog.text


def test_prediction_needs_weights():
    with pytest.raises(FewnerError, match="initialized or loaded"):
        make_pipeline()("text")


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"threshold": 1.5}, "threshold"),
        ({"level_thresholds": [0.1, 2]}, "level_thresholds"),
        ({"drop_distractors": -1}, "drop_distractors"),
        ({"name_rate": 2}, "name_rate"),
        ({"max_labels": 1}, "max_labels"),
        ({"tree": ["a", "a/"]}, "path"),
        ({"tree": []}, "hold a label"),
        ({"tree": [{"id": "a"}, {"id": "b/c"}]}, "parent"),
    ],
)
def test_bad_settings_name_the_argument(config, named):
    with pytest.raises(FewnerError, match=named):
        make_pipeline(**config)


def test_own_spans_key_is_scored():
    nlp = make_pipeline(spans_key="types")
    train(nlp, steps=2, spans_key="types")
    weights = nlp.config["training"]["score_weights"]
    assert weights["spans_types_f"] == 1.0 and "spans_sc_f" not in weights
    assert classified(nlp, *CASES[0][:2], key="types")


def test_trees_are_values(pipe):
    assert isinstance(pipe.tree, LabelTree)
    before = pipe.tree
    pipe.add_label("thing")
    assert "thing" not in before


def test_candidates_bring_their_scores_along(trained):
    nlp, _ = trained
    pipe = nlp.get_pipe("fewner_cascade")
    text, name, _ = CASES[0]
    sure, unsure = (make_example(nlp, text, [(name, "")]).predicted for _ in range(2))
    unsure.spans["span_candidates"].attrs["scores"] = [0.25]
    first, second = (pipe(doc).spans["sc"] for doc in (sure, unsure))
    assert second.attrs["scores"] == pytest.approx(0.25 * first.attrs["scores"])
    unsure.spans["span_candidates"].attrs["scores"] = [0.25, 0.5]  # of spans that are gone
    assert pipe(unsure).spans["sc"].attrs["scores"] == pytest.approx(first.attrs["scores"])


def test_of_equal_candidates_the_surest_counts(trained):
    nlp, _ = trained
    text, name, _ = CASES[0]
    doc = make_example(nlp, text, [(name, "")]).predicted
    doc.spans["twice"] = SpanGroup(doc, spans=[doc[0:1], doc[0:1], doc[1:2]])
    doc.spans["twice"].attrs["scores"] = np.asarray([0.25, 0.75, float("nan")], dtype="float32")
    table = spans_in.candidates(doc, "twice")
    assert spans_in.certainties(doc, "twice", table).tolist() == [0.75, 1.0]
    assert spans_in.certainties(doc, "ents", table).tolist() == [1.0, 1.0]
