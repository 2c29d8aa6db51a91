import pytest
import spacy
from data_strategies import TRICKY_TEXTS, char_samples, token_samples
from hypothesis import example, given, settings

from spacy_fewner.data.docs import Misaligned, doc_to_sample, sample_to_doc, samples_to_docs
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

NLP = spacy.blank("en")
BERLIN = Sample("in Berlin-Mitte, today", (CharSpan(3, 9, "LOC", 0.5), CharSpan(3, 10, "X")))


def scores(sample: Sample) -> list[float | None]:
    return [span.score for span in sample.spans]


@pytest.mark.parametrize("text", TRICKY_TEXTS)
@pytest.mark.parametrize("tokens", [None, ()])
def test_text_survives(text, tokens):
    doc, misaligned = sample_to_doc(Sample(text, tokens=tokens), NLP)
    assert doc.text == text
    assert not misaligned
    assert list(doc.spans["sc"]) == []


@settings(max_examples=200, deadline=None)
@given(token_samples())
@example(Sample(" a", (CharSpan(1, 2, "X"),), ((1, 2),)))
@example(Sample("a  \n b", (CharSpan(0, 6, "X"),), ((0, 1), (5, 6))))
def test_own_tokens_hold_every_span(sample):
    doc, misaligned = sample_to_doc(sample, NLP)
    assert doc.text == sample.text
    assert not misaligned
    made = {(token.idx, token.idx + len(token)) for token in doc}
    assert set(sample.tokens) <= made
    back = doc_to_sample(doc)
    assert (back.text, back.spans) == (sample.text, sample.spans)
    assert scores(back) == scores(sample)
    assert (back.cats, back.meta, back.weight) == (sample.cats, sample.meta, sample.weight)


@settings(max_examples=200, deadline=None)
@given(char_samples())
def test_no_span_is_lost_in_silence(sample):
    doc, misaligned = sample_to_doc(sample, NLP)
    assert doc.text == sample.text
    kept = list(doc_to_sample(doc).spans)
    assert sorted(kept + [missed.span for missed in misaligned]) == sorted(sample.spans)
    for alignment in ("expand", "contract"):
        doc, misaligned = sample_to_doc(sample, NLP, alignment=alignment)
        lost = sum(missed.placed is None for missed in misaligned)
        assert len(doc.spans.get("sc", ())) == len(sample.spans) - lost


def test_text_outside_the_tokens_becomes_tokens():
    doc, _ = sample_to_doc(Sample("see: Ada  (b. 1815) ", tokens=((5, 8), (14, 18))), NLP)
    assert [token.text for token in doc] == ["see:", "Ada", " ", "(b.", "1815", ")"]
    assert doc.text == "see: Ada  (b. 1815) "


def test_alignment():
    sample = Sample("Angela Merkels Rede", (CharSpan(7, 13, "PER"), CharSpan(0, 13, "PER")))
    doc, misaligned = sample_to_doc(sample, NLP, index=4)
    assert list(doc.spans["sc"]) == []
    assert misaligned[0] == Misaligned(4, sample.spans[0], "Merkel", "Merkels", None)
    doc, misaligned = sample_to_doc(sample, NLP, alignment="expand")
    assert [span.text for span in doc.spans["sc"]] == ["Merkels", "Angela Merkels"]
    assert misaligned[0].placed == CharSpan(7, 14, "PER")
    doc, misaligned = sample_to_doc(sample, NLP, alignment="contract")
    assert [span.text for span in doc.spans["sc"]] == ["Angela"]
    assert [missed.placed for missed in misaligned] == [None, CharSpan(0, 6, "PER")]


def test_span_key_scores_and_user_data():
    doc, _ = sample_to_doc(
        Sample("in Berlin", (CharSpan(3, 9, "LOC", 0.5),), weight=0.4, meta={"a": [1]}),
        NLP,
        spans_key="mine",
    )
    assert list(doc.spans) == ["mine"]
    assert list(doc.spans["mine"].attrs["scores"]) == [0.5]
    assert doc.user_data["fewner_weight"] == 0.4
    assert doc.user_data["fewner_meta"] == {"a": [1]}


def test_entities_stand_in_for_missing_spans():
    doc = NLP("in Berlin")
    doc.set_ents([doc.char_span(3, 9, label="LOC")])
    assert doc_to_sample(doc).spans == (CharSpan(3, 9, "LOC"),)
    doc.spans["sc"] = []
    assert doc_to_sample(doc).spans == ()


def test_samples_to_docs_tells_which_sample():
    docs, misaligned = samples_to_docs([Sample("a"), BERLIN, Sample("Merkels")], NLP)
    assert [doc.text for doc in docs] == ["a", BERLIN.text, "Merkels"]
    assert {missed.index for missed in misaligned} <= {1}


@pytest.mark.parametrize("tokens", [((1, 2), (0, 1)), ((0, 2), (1, 3)), ((0, 9),), ((1, 1),)])
def test_impossible_tokens(tokens):
    with pytest.raises(FewnerError, match="tokens must be in order"):
        sample_to_doc(Sample("abc", tokens=tokens), NLP)


def test_errors_are_ours():
    with pytest.raises(FewnerError, match="alignment"):
        sample_to_doc(Sample("a"), NLP, alignment="loose")
    with pytest.raises(FewnerError, match="Unicode"):
        sample_to_doc(Sample("\ud800"), NLP)
    with pytest.raises(FewnerError, match="max_length"):
        sample_to_doc(Sample("a" * 1_000_001), NLP)
