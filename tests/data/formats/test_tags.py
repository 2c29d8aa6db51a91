import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.data.formats.tags import bio_from_spans, is_prefixed, spans_from_tags

SPANS = [(0, 2, "PER"), (2, 3, "LOC"), (4, 5, "PER"), (6, 9, "LOC")]


@pytest.mark.parametrize(
    "tags",
    [
        "B-PER I-PER B-LOC O B-PER O B-LOC I-LOC I-LOC",  # BIO
        "I-PER I-PER I-LOC O I-PER O I-LOC I-LOC I-LOC",  # IO, IOB1
        "B-PER L-PER U-LOC O U-PER O B-LOC I-LOC L-LOC",  # BILUO
        "B-PER E-PER S-LOC O S-PER O B-LOC I-LOC E-LOC",  # BIOES
        "B-PER E-PER S-LOC O S-PER O B-LOC M-LOC E-LOC",  # BMES
    ],
)
def test_every_scheme(tags):
    assert is_prefixed(tags.split())
    assert spans_from_tags(tags.split()) == SPANS


def test_bare_labels():
    tags = ["PER", "PER", "LOC", "O", "PER", "O", "LOC", "LOC", "LOC"]
    assert not is_prefixed(tags)
    assert spans_from_tags(tags, prefixed=False) == SPANS


def test_neighbours_of_one_label():
    assert spans_from_tags(["I-X", "B-X", "I-X"]) == [(0, 1, "X"), (1, 3, "X")]  # IOB1
    assert spans_from_tags(["S-X", "S-X", "B-X", "E-X", "I-X"]) == [
        (0, 1, "X"),
        (1, 2, "X"),
        (2, 4, "X"),
        (4, 5, "X"),
    ]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["O", "I-X", "I-X"], [(1, 3, "X")]),
        (["B-X", "I-Y"], [(0, 1, "X"), (1, 2, "Y")]),
        (["B-X", "O", "L-X"], [(0, 1, "X"), (2, 3, "X")]),
        (["B-X", "E-Y", "I-Y"], [(0, 1, "X"), (1, 2, "Y"), (2, 3, "Y")]),
        ([], []),
    ],
)
def test_orphans_begin_a_span(tags, spans):
    assert spans_from_tags(tags) == spans


def test_labels_that_look_like_prefixes():
    assert not is_prefixed(["E-mail", "O", "person"])
    assert is_prefixed(["B-E-mail", "O", "I-E-mail"])
    assert spans_from_tags(["B-E-mail", "I-E-mail"]) == [(0, 2, "E-mail")]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["X", "Y-Z", None]))))
def test_bio_is_read_back(runs):
    spans, position = [], 0
    for width, label in runs:
        if label:
            spans.append((position, position + width, label))
        position += width
    assert spans_from_tags(bio_from_spans(spans, position)) == spans


def test_shared_token_cannot_be_tagged():
    with pytest.raises(ValueError, match="share"):
        bio_from_spans([(0, 2, "X"), (1, 3, "Y")], 3)
