"""Entities of other components stay where they overlap nothing that was found."""

import spacy
from spacy.tokens import Span

from spacy_fewner.spans.entities import write_entities


def test_only_what_overlaps_gives_way():
    doc = spacy.blank("en")("Swell pallets on 12 May 2020 and a cipher")
    date = Span(doc, 3, 6, label="DATE", kb_id="Q1", span_id="rule")
    doc.set_ents([date, Span(doc, 1, 3, label="OLD")])
    spans = [Span(doc, 0, 2, label="PART"), Span(doc, 0, 1, label="DIVISION")]
    write_entities(doc, spans, [0.9, 0.8])
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("Swell pallets", "PART"),
        ("12 May 2020", "DATE"),
    ]
    assert (doc.ents[1].kb_id_, doc.ents[1].id_) == ("Q1", "rule")
    write_entities(doc, spans, [0.9, 0.8], keep=False)
    assert [ent.label_ for ent in doc.ents] == ["PART"]
