"""The treatments of synthetic text, on texts and a model that are written here."""

import pytest

from benchmarks.synthesis_sources import SOURCES, Source
from benchmarks.synthesis_treatments import TREATMENTS, Case
from spacy_fewner.data.tokens.pipeline import blank_pipeline
from spacy_fewner.spans.component import labeller_of
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

GOLD = [("who played in alien", "alien"), ("find me films like heat", "heat")]
TEST = [("is there a sequel to jaws", "jaws")]
WRITTEN = [
    ("show me a film like ran", "ran"),
    ("show us a film like ran", "ran"),
    ("Tell me about Vertigo!", "Vertigo"),
    ("is there a sequel to jaws", "jaws"),
]


def sample(text, surface):
    start = text.index(surface)
    return Sample(text, (CharSpan(start, start + len(surface), "TITLE"),))


def dense():
    words = ["one", "two", "three", "four", "five", "six"]
    text = " ".join(words)
    spans = (CharSpan(text.index(w), text.index(w) + len(w), "TITLE") for w in words)
    return Sample(text, tuple(spans))


def made(name, texts, train=None):
    source = Source("mine", "", Schema((LabelSpec("TITLE"),)), lambda *_: texts, lambda *_: texts)
    gold, test = ([sample(*pair) for pair in pairs] for pairs in (GOLD, TEST))
    return TREATMENTS[name].make(Case(gold, test, source, "", train))


def texts_of(cleaned):
    return [one.text for one in cleaned.samples]


def test_nothing_of_the_test_set_comes_through():
    texts = [sample(*pair) for pair in WRITTEN]
    assert texts_of(made("none", texts)) == []
    for name in ("raw", "filtered", "not styled", "any density", "duplicates kept"):
        cleaned = made(name, texts)
        assert TEST[0][0] not in texts_of(cleaned)
        assert len(cleaned.samples) + len(cleaned.rejects) == len(texts)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("any density", "one two three four five six"),
        ("duplicates kept", "show us a film like ran"),
        ("not styled", "Tell me about Vertigo!"),
    ],
)
def test_what_leaves_a_step_out_keeps_what_that_step_takes(name, text):
    texts = [*(sample(*pair) for pair in WRITTEN), dense()]
    assert text in texts_of(made(name, texts))
    assert text not in texts_of(made("filtered", texts))


def test_own_spans_are_those_of_a_model_of_gold():
    def train(gold):
        nlp = blank_pipeline("en")
        nlp.add_pipe("fewner")
        component = labeller_of(nlp)
        component.add_label("TITLE")
        nlp.initialize()
        component.cfg["threshold"] = 1.0  # an untrained one, which finds nothing then
        return nlp

    texts = [sample(*pair) for pair in WRITTEN]
    cleaned = made("own spans", texts, train)
    assert texts_of(cleaned) == texts_of(made("filtered", texts))
    assert not any(one.spans for one in cleaned.samples)


def test_every_source_names_a_schema_and_every_treatment_says_what_it_is():
    assert all(len(source.schema) and source.says for source in SOURCES.values())
    assert len({treatment.says for treatment in TREATMENTS.values()}) == len(TREATMENTS)
    assert not any(isinstance(one, Reject) for one in made("filtered", []).samples)
