"""Labels of the tree without an example: found by an open `fewner`, beside what is classified."""

import pytest
import spacy
from cascade_helpers import CASES, TREE, make_example, make_pipeline, train
from hypothesis import given
from hypothesis import strategies as st
from open_starts import write_tiny_start
from spacy.tokens import Span, SpanGroup
from tiny_bases import write_tiny_base

from spacy_fewner.cascade.open_labels import KEY, NAME, add_open_labels
from spacy_fewner.cascade.open_spans import joined, open_spans
from spacy_fewner.errors import FewnerError

UNSEEN = {"id": "person/luthier", "description": "someone who builds string instruments"}
CATCH_ALL = {"id": "person/other", "description": "anybody else", "catch_all": True}
TEXT = CASES[0][0]


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    base = write_tiny_base(tmp_path_factory.mktemp("base"))
    return write_tiny_start(tmp_path_factory.mktemp("start") / "start", str(base))


@pytest.fixture
def nlp(start):
    """Trained on all labels but two; its open `fewner` tells every span of one of them."""
    nlp = make_pipeline(tree=[*TREE, UNSEEN, CATCH_ALL])
    train(nlp, steps=1)
    add_open_labels(nlp, start=start)
    only(nlp, UNSEEN["id"])
    return nlp


def only(nlp, label):
    """Random weights may prefer one label always."""
    finder = nlp.get_pipe(NAME)
    finder.label_thresholds = {one: float(one != label) for one in finder.labels}


def doc_of(nlp, text=TEXT):
    doc = nlp.make_doc(text)
    doc.spans["span_candidates"] = SpanGroup(doc)  # nothing to classify
    return nlp(doc)


def test_it_finds_what_has_no_example_and_leaves_the_rest_to_the_classifier(nlp):
    classifier, finder = nlp.get_pipe("fewner_cascade"), nlp.get_pipe(NAME)
    assert nlp.pipe_names == [NAME, "fewner_cascade"]
    assert finder.labels == tuple(leaf for leaf in classifier.tree.leaves if "other" not in leaf)
    assert classifier.untrained == {"person/luthier", "person/other"}
    doc = doc_of(nlp)
    assert len(doc.spans[KEY]) and list(doc.spans["sc"]) == list(doc.spans[KEY])
    scores = doc.spans[KEY].attrs["scores"].tolist()
    assert doc.spans["sc"].attrs["levels"] == [
        [["person", score], [UNSEEN["id"], score]] for score in scores
    ]
    only(nlp, "person/organist")
    doc = doc_of(nlp)
    assert len(doc.spans[KEY]) and not doc.spans["sc"]


def test_its_labels_follow_the_tree(nlp):
    classifier, finder = nlp.get_pipe("fewner_cascade"), nlp.get_pipe(NAME)
    before = finder.labels
    classifier.add_label("place/river", "water that flows")
    assert finder.labels == (*before, "place/river")
    only(nlp, "place/river")
    doc = doc_of(nlp)
    assert {span.label_ for span in doc.spans["sc"]} == {"place/river"}
    classifier.rename_label("place/river", "stream")
    only(nlp, "place/stream")
    doc = doc_of(nlp)
    assert {span.label_ for span in doc.spans["sc"]} == {"place/stream"}
    classifier.remove_label("place/stream")
    assert finder.labels == before
    nlp.disable_pipe(NAME)
    classifier.set_tree(TREE[:4])
    nlp.enable_pipe(NAME)
    assert finder.labels == ("person/organist", "person/striker", "place")


def test_a_tree_that_is_refused_changes_nothing(nlp):
    classifier, finder = nlp.get_pipe("fewner_cascade"), nlp.get_pipe(NAME)
    before = classifier.labels, finder.labels
    with pytest.raises(FewnerError, match=r"^tree: must not hold"):
        classifier.set_tree(["${x}"])
    assert (classifier.labels, finder.labels) == before


def test_a_tree_of_catch_alls_is_stored_and_loaded(nlp, tmp_path):
    before = nlp.get_pipe(NAME).labels
    nlp.get_pipe("fewner_cascade").set_tree([{"id": "a", "catch_all": True}])
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again.get_pipe(NAME).labels == before
    doc = doc_of(again)
    assert not doc.spans["sc"]
    bare = make_pipeline(tree=[{"id": "a", "catch_all": True}])
    with pytest.raises(FewnerError, match="must have a label that is no catch-all"):
        add_open_labels(bare)


def test_it_is_stored_with_the_pipeline_and_is_no_part_of_further_training(nlp, tmp_path):
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again.config["training"]["frozen_components"] == [NAME]
    assert again.get_pipe("fewner_cascade").open_key == KEY
    one, other = doc_of(nlp), doc_of(again)
    assert [(s.start, s.end, s.label_) for s in one.spans["sc"]] == [
        (s.start, s.end, s.label_) for s in other.spans["sc"]
    ]
    # Trained on an example of it, the label is the classifier's own.
    example = make_example(again, TEXT, [(CASES[0][1], UNSEEN["id"])])
    again.update([example], exclude=[NAME], sgd=again.resume_training())
    assert again.get_pipe("fewner_cascade").untrained == {"person/other"}


def test_a_pipeline_without_a_trained_classifier_is_refused():
    with pytest.raises(FewnerError, match="must have a fewner_cascade"):
        add_open_labels(spacy.blank("en"))


def test_an_open_fewner_that_writes_elsewhere_is_not_the_cascades(nlp):
    before = nlp.get_pipe(NAME).labels
    nlp.get_pipe("fewner_cascade").open_key = "others"
    nlp.get_pipe("fewner_cascade").set_tree(TREE[:4])
    assert nlp.get_pipe(NAME).labels == before


def test_scores_that_do_not_fit_their_spans_are_not_read(nlp):
    doc = nlp.make_doc(TEXT)
    doc.spans["x"] = SpanGroup(doc, spans=[Span(doc, 0, 1, "a/b"), Span(doc, 1, 2, "a")])
    doc.spans["x"].attrs["scores"] = [0.5]
    assert open_spans(doc, "x", {"a/b"}) == [(0, 1, [("a", 1.0), ("a/b", 1.0)])]
    assert open_spans(doc, "nowhere", {"a/b"}) == []


def spans_of(label):
    return st.lists(
        st.builds(
            lambda start, width, score: (start, start + width, [(label, score)]),
            st.integers(0, 8),
            st.integers(1, 3),
            st.floats(0, 1),
        ),
        max_size=5,
    )


def rivals(one, others):
    return [other for other in others if other[0] < one[1] and one[0] < other[1]]


@given(spans_of("a"), spans_of("b"))
def test_of_two_that_share_a_token_the_surer_stays(classified, found):
    both = joined(classified, found)
    assert both == sorted(both, key=lambda one: one[:2])
    kept, left = ([one for one in both if one[2][0][0] == label] for label in "ab")
    assert sorted(kept) == sorted(
        one for one in classified if all(x[2][0][1] <= one[2][0][1] for x in rivals(one, found))
    )
    assert sorted(left) == sorted(one for one in found if not rivals(one, kept))
