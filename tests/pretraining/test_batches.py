"""Texts of several schemes in one batch: who is asked what, and what counts."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pretraining_helpers import marked
from spacy.language import Language

from spacy_fewner.encoders.inputs.pieces import PieceReader
from spacy_fewner.pretraining.batches import Asked, Batch, ask, make_batch
from spacy_fewner.pretraining.negatives import Negatives
from spacy_fewner.pretraining.schemes import Scheme
from spacy_fewner.pretraining.texts import ReadText, read_texts
from spacy_fewner.types import Sample

WIDTH, PAD = 3, 0


def read(sample: Sample, nlp: Language, reader: PieceReader) -> ReadText:
    (text,) = read_texts([sample], nlp, reader, 60)
    return text


def made_up(n_tokens: int, spans: list[tuple[int, int, str]], partial: bool) -> ReadText:
    """A text of one word piece a token."""
    pieces = np.arange(n_tokens)
    sample = Sample("x", meta={"only_these": True} if partial else {})
    return ReadText(pieces + 5, pieces, pieces, n_tokens, tuple(spans), sample)


@st.composite
def texts(draw: st.DrawFn) -> Asked:
    n_tokens = draw(st.integers(1, 7))
    place = st.tuples(st.integers(0, n_tokens - 1), st.integers(1, 5), st.sampled_from("abc"))
    spans = {(s, min(s + n, n_tokens), label) for s, n, label in draw(st.lists(place, max_size=4))}
    text = made_up(n_tokens, sorted(spans), draw(st.booleans()))
    absent = draw(st.lists(st.sampled_from("defg"), unique=True))
    present = dict.fromkeys(label for _, _, label in text.spans)
    return Asked(text, draw(st.sampled_from(["one", "two"])), [*present, *absent])


def naive(given: list[Asked], batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """(N, W, L): what is true of each cell and label, and whether that counts; token by token."""
    n, labels = sum(one.text.n_tokens for one in given), batch.labels
    true = np.zeros((n, WIDTH, len(labels)))
    counts = np.zeros_like(true)
    first = 0
    for one in given:
        text = one.text
        partial = bool(text.sample.meta)
        for start, size in product(range(text.n_tokens), range(1, WIDTH + 1)):
            end = start + size
            touched = any(s < end and e > start for s, e, _ in text.spans)
            if end > text.n_tokens or (partial and not touched):
                continue
            for column, (scheme, label) in enumerate(labels):
                if scheme == one.scheme and label in one.labels:
                    counts[first + start, size - 1, column] = 1
                    true[first + start, size - 1, column] = (start, end, label) in text.spans
        first += text.n_tokens
    return true, counts


@settings(max_examples=60, deadline=None)
@given(st.lists(texts(), min_size=1, max_size=4))
def test_against_a_naive_reference(given: list[Asked]):
    batch = make_batch(given, WIDTH, PAD)
    true, counts = naive(given, batch)
    target = np.zeros_like(true)
    target[batch.gold] = 1
    assert np.array_equal(target, true)
    assert np.array_equal(batch.cells[..., None] * batch.asked[:, None], counts)
    assert len(set(batch.labels)) == len(batch.labels)
    first = 0
    for one in given:
        inside = [any(s <= t < e for s, e, _ in one.text.spans) for t in range(one.text.n_tokens)]
        counted = batch.tokens[first : first + one.text.n_tokens]
        assert counted.tolist() == (inside if one.text.sample.meta else [1.0] * len(inside))
        first += one.text.n_tokens


def test_pieces_stay_with_their_tokens(nlp: Language, reader: PieceReader):
    samples = [marked("[Ada Lovelace:person] wrote"), marked("[Babbage:person]"), marked("a  b")]
    given = [Asked(read(sample, nlp, reader), "s", ["person"]) for sample in samples]
    batch = make_batch(given, WIDTH, reader.rules.pad_id)
    assert batch.ids.shape == batch.mask.shape == (3, max(len(one.text.ids) for one in given))
    assert batch.mask.sum(1).tolist() == [len(one.text.ids) for one in given]
    assert (batch.ids[batch.mask == 0] == reader.rules.pad_id).all()
    firsts = batch.lengths.cumsum() - batch.lengths
    for number, (one, first) in enumerate(zip(given, firsts, strict=True)):
        for token in range(one.text.n_tokens):
            own = batch.pieces[batch.owners == first + token]
            there = one.text.pieces[one.text.owners == token]
            assert batch.ids.ravel()[own].tolist() == one.text.ids[there].tolist()
            assert set(own // batch.ids.shape[1]) <= {number}
    (space,) = batch.pieces[batch.owners == firsts[2] + 1]  # has no piece of its own
    assert space == 2 * batch.ids.shape[1]


def test_labels_of_one_name_in_two_schemes_are_two(nlp: Language, reader: PieceReader):
    text = read(marked("[Ada:person] went"), nlp, reader)
    batch = make_batch([Asked(text, "a", ["person"]), Asked(text, "b", ["person"])], WIDTH, PAD)
    assert batch.labels == [("a", "person"), ("b", "person")]
    assert batch.asked.tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]


def test_spans_wider_than_the_grid_are_no_gold(nlp: Language, reader: PieceReader):
    text = read(marked("[Ada Bo Cy Di:person] [went:verb]"), nlp, reader)
    batch = make_batch([Asked(text, "s", ["person", "verb"])], WIDTH, PAD)
    assert [part.tolist() for part in batch.gold] == [[4], [0], [1]]


def test_a_text_is_asked_about_its_own_labels_and_absent_ones(nlp: Language, reader: PieceReader):
    samples = [marked("[Ada:person] saw [Bo:person]"), marked("[Rome:place]")]
    negatives = Negatives(Scheme("own", samples))
    asked = ask(read(samples[0], nlp, reader), negatives, np.random.default_rng(0))
    assert (asked.scheme, asked.labels) == ("own", ["person", "place"])


@pytest.mark.parametrize("labels", [[], ["person"]])
def test_texts_without_spans(labels: list[str], nlp: Language, reader: PieceReader):
    text = read(marked("nobody went"), nlp, reader)
    batch = make_batch([Asked(text, "s", labels)], WIDTH, PAD)
    assert batch.asked.shape == (2, len(labels))
    assert batch.cells.tolist() == [[1, 1, 0], [1, 0, 0]]
    assert [len(part) for part in batch.gold] == [0, 0, 0]
