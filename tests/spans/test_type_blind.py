"""`fewner` that finds spans without telling their types apart."""

import pytest
import spacy
from span_helpers import TEXTS, make_example, make_pipeline, train

from spacy_fewner.types import ENTITY


@pytest.fixture(scope="module")
def blind():
    nlp = make_pipeline(type_blind=True)
    train(nlp)
    return nlp


def test_all_gold_is_found_under_one_label(blind):
    for text, gold in TEXTS:
        doc = blind(text)
        spans = doc.spans["sc"]
        assert {span.text for span in spans} == {surface for surface, _ in gold}
        assert {span.label_ for span in spans} <= {ENTITY}
    assert blind.get_pipe("fewner").labels == (ENTITY,)


def test_a_span_with_two_types_is_one_cell_and_counts_once():
    nlp = make_pipeline(type_blind=True)
    twice = ("The oak trunk.", [("oak", "MATERIAL"), ("oak", "PART")])
    once = ("The oak trunk.", [("oak", "MATERIAL")])
    values = []
    for text in (twice, once):
        examples = [make_example(nlp, *text)]
        spacy.util.fix_random_seed(0)
        nlp.initialize(lambda examples=examples: examples)
        pipe = nlp.get_pipe("fewner")
        docs = [example.predicted for example in examples]
        values.append(pipe.get_loss(examples, pipe.model.predict(docs))[0])
    assert values[0] == pytest.approx(values[1])


def test_extension_labels_stay_apart_and_new_types_change_nothing(blind):
    nlp = make_pipeline(type_blind=True)
    text = ("The oak trunk.", [("oak", "MATERIAL"), ("trunk", "ext/pos/NOUN")])
    nlp.initialize(lambda: [make_example(nlp, *text)])
    pipe = nlp.get_pipe("fewner")
    assert pipe.labels == (ENTITY, "ext/pos/NOUN")
    assert pipe.hide_labels == [False, True]
    assert blind.get_pipe("fewner").add_label("TOOL") == 0


def test_it_stays_blind_through_bytes_and_disk(blind, tmp_path):
    blind.to_disk(tmp_path / "model")
    for nlp in (spacy.load(tmp_path / "model"), make_pipeline().from_bytes(blind.to_bytes())):
        assert nlp.get_pipe("fewner").cfg["type_blind"]
        found, before = nlp(TEXTS[0][0]), blind(TEXTS[0][0])
        surfaces = [span.text for span in found.spans["sc"]]
        assert surfaces == [span.text for span in before.spans["sc"]] != []
