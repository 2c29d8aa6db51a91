"""What synthesis leaves on a Doc stays there."""

import json
import math

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from synthesis_helpers import SEEDS

from spacy_fewner.data.docs import doc_to_sample
from spacy_fewner.synthesis.spacy_pipes import on_docs
from spacy_fewner.types import CharSpan, Reject, Sample

NLP = spacy.blank("en")
REJECT = Reject("not json", "…", "extend", "a text", {"calls": ["k"], "parents": ["p"]})


@pytest.fixture
def doc() -> Doc:
    on_docs.declare()
    doc = NLP("Anna Meier flew to Basel.")
    on_docs.add_samples(doc, SEEDS[:2])
    on_docs.add_samples(doc, SEEDS[2:])
    on_docs.add_rejects(doc, [REJECT])
    return doc


def test_samples_and_rejects_come_back(doc: Doc):
    assert list(on_docs.samples_on(doc)) == SEEDS
    assert list(on_docs.rejects_on(doc)) == [REJECT]
    json.dumps([doc._.synthetic, doc._.synthetic_rejects])


def test_they_survive_bytes_and_docbin(doc: Doc):
    again = Doc(NLP.vocab).from_bytes(doc.to_bytes())
    kept = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (stored,) = DocBin().from_bytes(kept).get_docs(NLP.vocab)
    for copy in (again, stored):
        assert list(on_docs.samples_on(copy)) == SEEDS
        assert list(on_docs.rejects_on(copy)) == [REJECT]


def test_docs_do_not_share_them(doc: Doc):
    other = NLP("Another.")
    assert list(on_docs.samples_on(other)) == []
    on_docs.add_samples(other, [Sample("x")])
    assert len(doc._.synthetic) == len(SEEDS)


def test_spans_that_the_doc_has_keep_their_ids_and_scores():
    doc = NLP("Anna Meier flew to Basel.")
    own = Span(doc, 0, 2, "person", kb_id="Q1")
    doc.spans["sc"] = SpanGroup(doc, spans=[own], attrs={"scores": [0.75], "more": 1})
    before = doc_to_sample(doc).spans
    lost = on_docs.put_spans(doc, [*before, CharSpan(19, 24, "ext/city"), *before], "sc")
    assert lost == []
    assert [(s.text, s.label_, s.kb_id_) for s in doc.spans["sc"]] == [
        ("Anna Meier", "person", "Q1"), ("Basel", "ext/city", ""),
    ]  # fmt: skip
    first, second = doc.spans["sc"].attrs["scores"]
    assert first == 0.75 and math.isnan(second) and doc.spans["sc"].attrs["more"] == 1


def test_entities_count_where_the_key_is_missing():
    doc = NLP("Anna Meier flew to Basel.")
    doc.ents = [Span(doc, 0, 2, "person")]
    on_docs.put_spans(doc, [*doc_to_sample(doc).spans, CharSpan(19, 24, "ext/city")], "sc")
    assert [s.label_ for s in doc.spans["sc"]] == ["person", "ext/city"]
    assert "scores" not in doc.spans["sc"].attrs


def test_a_span_inside_a_token_is_said_to_be_lost():
    doc = NLP("Anna Meier flew to Basel.")
    lost = on_docs.put_spans(doc, [CharSpan(1, 3, "x"), CharSpan(0, 4, "x")], "sc")
    assert [s.text for s in doc.spans["sc"]] == ["Anna"]
    (reject,) = on_docs.misaligned(doc, lost, "extend")
    assert (reject.reason, reject.detail) == (on_docs.NOT_TOKENS, "'nn' (x)")
