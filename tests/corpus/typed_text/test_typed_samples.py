"""Samples of typed text, and the definitions of their types."""

import json

import spacy
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.corpus.typed_text.definitions import definitions
from spacy_fewner.corpus.typed_text.find import typed_sample, typed_samples
from spacy_fewner.types import CharSpan, Sample

NLP = spacy.blank("en")
PIECES = st.sampled_from(
    [
        *("Ada", "Bo", "The", "the", "Dune", "is", "was", "a", "an", "one", "of", "novel", "band"),
        *("rock", "American", "(", ")", ",", ".", '"', "born", "1901", "and", "or", "called", "by"),
        *("[", "]", "family", "Noctuidae", "species", "genus", "'s", "-", "–", "&", "St.", "EP"),
        *(
            "-of",
            "films",
            "İstanbul",
            "ﬁlm",
            "ǅ",
            "１",
            "²",
            "\n",
            "\u2028",
            "\x00",
            "👍🏽",
            "e\u0301",
        ),
    ]
)
JOINED = st.builds(
    lambda pieces, space: space.join(pieces), st.lists(PIECES, max_size=40), st.sampled_from(" \t")
)
ANY_TEXT = st.one_of(st.text(), JOINED, st.lists(PIECES, max_size=20).map("".join))


@given(ANY_TEXT)
def test_spans_lie_on_whole_tokens_and_apart(text: str):
    sample = typed_sample(text)
    if sample is None:
        return
    assert sample.text == text
    doc = NLP.make_doc(text)
    end = 0
    for span in sample.spans:
        assert end <= span.start < span.end <= len(text)
        assert doc.char_span(span.start, span.end) is not None
        end = span.end


@given(ANY_TEXT)
def test_labels_and_meta_can_be_used(text: str):
    sample = typed_sample(text)
    if sample is None:
        return
    json.dumps(sample.meta)
    assert sample.meta["only_these"] is True
    assert len(sample.meta["typed"]) == len(sample.spans)
    for span, typed in zip(sample.spans, sample.meta["typed"], strict=True):
        assert span.label.split() and "/" not in span.label
        assert span.label.split()[-1] == typed["head"]
        assert set(typed) == {"phrase", "head", "rule"}


@given(st.lists(ANY_TEXT, max_size=4))
def test_definitions_are_one_a_label(texts: list[str]):
    samples = list(typed_samples(texts))
    schema = definitions(samples)
    assert set(schema.ids) == {span.label for sample in samples for span in sample.spans}
    assert all("this" in label.description.lower() for label in schema)
    assert definitions(reversed(samples)) == schema


def test_meta_has_the_whole_phrase_and_the_rule():
    sample = typed_sample("Foo is an American rock band from Ohio.")
    assert sample and sample.meta == {
        "only_these": True,
        "typed": [{"phrase": "American rock band", "head": "band", "rule": "is a"}],
    }


def test_texts_without_a_type_are_left_out():
    texts = ["He ran.", "Foo is a band.", ""]
    assert [sample.text for sample in typed_samples(texts)] == ["Foo is a band."]


def description(*samples: Sample) -> str:
    (label,) = definitions(samples)
    return label.description


def test_the_definition_does_not_tell_the_name():
    texts = ['" Foo " ( 1999 ) is a song by the Bars .', "The Foo ( Baz ) is a song by the Bars ."]
    for sample in typed_samples(texts):
        assert description(sample) == "This is a song by the Bars ."


def test_the_definition_is_the_sentence_of_the_mention():
    sample = typed_sample("He ran. Foo is a band of Ohio. It is old.")
    assert sample and description(sample) == "This is a band of Ohio."


def test_what_it_is_goes_before_other_sentences():
    texts = ["He sang with the band Foo in his home town for many a year.", "Bar is a band."]
    assert description(*typed_samples(texts)) == "This is a band."
    assert description(*typed_samples(texts[:1])).startswith("He sang with the band this in")


def test_long_sentences_are_cut():
    sample = typed_sample("Foo is a band " + "of one " * 100 + ".")
    assert sample and len(description(sample).split()) == 30


def test_samples_of_others_have_definitions_too():
    sample = Sample("We saw Foo there", (CharSpan(7, 10, "band"),))
    assert description(sample) == "We saw this there"
