"""Long docs are cut where nothing is torn apart."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from spacy_fewner.synthesis.spacy_pipes.document_parts import cut
from spacy_fewner.types import CharSpan

NLP = spacy.blank("en")
TEXT = "The wind fell. Nobody spoke for an hour or two! Then Anna Meier laughed."


def texts(doc: Doc, size: int, *spans: CharSpan) -> list[str]:
    return [doc.text[start:end] for start, end in cut(doc, size, spans)]


def span_of(surface: str) -> CharSpan:
    return CharSpan(TEXT.index(surface), TEXT.index(surface) + len(surface), "X")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (200, [TEXT]),
        (60, ["The wind fell. Nobody spoke for an hour or two! ", "Then Anna Meier laughed."]),
        (40, ["The wind fell. ", "Nobody spoke for an hour or two! ", "Then Anna Meier laughed."]),
        (18, ["The wind fell. ", "Nobody spoke for ", "an hour or two! ", "Then Anna Meier ",
              "laughed."]),
    ],
)  # fmt: skip
def test_parts_end_behind_a_sentence_else_between_tokens(size: int, expected: list[str]):
    assert texts(NLP(TEXT), size) == expected


def test_no_span_is_cut():
    assert "Then Anna " in texts(NLP(TEXT), 11)
    assert "Anna Meier " in texts(NLP(TEXT), 11, span_of("Anna Meier"))
    assert any(
        "spoke for an hour" in part for part in texts(NLP(TEXT), 5, span_of("spoke for an hour"))
    )


def test_known_sentences_count_without_punctuation():
    doc = Doc(NLP.vocab, ["all", "is", "well", "go", "home"], sent_starts=[1, 0, 0, 1, 0])
    assert texts(doc, 18) == ["all is well ", "go home "]


@given(st.text(st.sampled_from("ab .!?\n字。"), max_size=60), st.integers(1, 30))
def test_parts_are_all_of_the_text_but_blanks(text: str, size: int):
    doc = NLP(text)
    found = list(cut(doc, size))
    ends = {token.idx + len(token) + len(token.whitespace_) for token in doc}
    last = 0
    for start, end in found:
        assert not text[last:start].strip() and text[start:end].strip()
        assert end in ends
        assert end - start <= size or sum(start <= token.idx < end for token in doc) == 1
        last = end
    assert not text[last:].strip()
