"""Texts that only have classes are no texts without spans."""

import numpy as np
import pytest
from span_helpers import TEXTS, make_example, make_pipeline

NAMED = [text for text, spans in TEXTS if spans]


def begun(extra):
    """A pipeline initialized on the annotated texts and on further ones, and all examples.

    extra: makes a further example of a text.
    """
    nlp = make_pipeline()
    examples = [make_example(nlp, text, gold) for text, gold in TEXTS]
    further = [extra(nlp, text) for text in NAMED]
    nlp.initialize(lambda: [*examples, *further])
    return nlp, examples, further


def of_classes(nlp, text):
    example = make_example(nlp, text, [])
    del example.reference.spans["sc"]
    example.reference.cats = {"repair": 1.0}
    return example


def of_nothing(nlp, text):
    return make_example(nlp, text, [])


def loss_of(nlp, examples):
    component = nlp.get_pipe("fewner")
    scores = component.model.predict([eg.predicted for eg in examples])
    return component.get_loss(examples, scores)


def test_they_have_neither_loss_nor_gradient():
    nlp, examples, further = begun(of_classes)
    value, gradient = loss_of(nlp, further)
    assert value == 0 and not np.any(gradient)
    alone, _ = loss_of(nlp, examples)
    both, gradient = loss_of(nlp, [*examples, *further])
    share = len(examples) / (len(examples) + len(further))
    assert both == pytest.approx(share * alone)
    rows = sum(len(eg.predicted) for eg in examples)
    assert np.any(gradient[:rows]) and not np.any(gradient[rows:])
    assert nlp.update(further)["fewner"] == 0


def test_what_is_a_text_without_spans_still_teaches_that():
    nlp, _, further = begun(of_nothing)
    assert loss_of(nlp, further)[0] > 0
    del further[0].reference.spans["sc"]  # neither classes nor spans: as ever
    assert loss_of(nlp, further[:1])[0] > 0


def test_they_do_not_make_spans_rarer():
    """The head begins with how often a label occurs in what was annotated."""
    with_them, with_negatives = begun(of_classes)[0], begun(of_nothing)[0]
    docs = [with_them("A word or two.")]
    first, second = (
        nlp.get_pipe("fewner").model.predict(docs).mean() for nlp in (with_them, with_negatives)
    )
    assert first > second
