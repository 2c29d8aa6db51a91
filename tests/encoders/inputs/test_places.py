"""Tokens that share a word piece know where they stand in it."""

import numpy
import pytest
from thinc.api import NumpyOps, reduce_max
from tiny_bases import TEXTS

from spacy_fewner.data.tokens.pipeline import blank_pipeline
from spacy_fewner.encoders.base import load_base, resolve_base
from spacy_fewner.encoders.inputs.batching import make_batch
from spacy_fewner.encoders.inputs.places import token_places, with_places
from spacy_fewner.encoders.inputs.windows import StridedWindows
from spacy_fewner.encoders.piece_rules import piece_reader
from spacy_fewner.encoders.transformer import lora_tok2vec

WINDOWS = StridedWindows(20, 14)
CHARACTERS = blank_pipeline("en", "characters")


@pytest.fixture(scope="module")
def reader(tiny_bases):
    base = load_base(resolve_base(tiny_bases("xlm-r")), {}, {})
    return piece_reader(base.tokenizer, base.transformer, marks_places=True)


def by_hand(reader, doc) -> list[tuple[int, int]]:
    """Tokens before and behind each, in the last piece of several that it lies in."""
    found = [(0, 0)] * len(doc)
    (encoding,) = reader.encode([doc.text])
    for start, end in encoding.offsets:
        own = [t.i for t in doc if t.idx < end and start < t.idx + len(t)]
        if len(own) > 1:
            for at, token in enumerate(own):
                found[token] = (min(at, 4), min(len(own) - 1 - at, 4))
    return found


@pytest.mark.parametrize("long", [False, True])
def test_places_are_counted_in_each_piece(reader, long: bool):
    texts = [TEXTS[0] * 8, TEXTS[1]] if long else ["", TEXTS[0], " \n", TEXTS[2]]
    docs = list(CHARACTERS.pipe(texts))
    batch = make_batch(docs, reader, WINDOWS)
    assert batch.places.tolist() == [list(p) for doc in docs for p in by_hand(reader, doc)]
    assert batch.places.any()


def test_tokens_of_whole_pieces_have_no_place(reader, nlp):
    assert not make_batch([nlp("Ada wrote")], reader, WINDOWS).places.any()
    assert token_places([], 3).tolist() == [[0, 0]] * 3


def test_a_shared_vector_comes_apart_and_others_stay():
    vectors = numpy.ones((4, 8), dtype="float32") * numpy.array([[2], [2], [2], [1]], "float32")
    places = numpy.array([[0, 2], [1, 1], [2, 0], [0, 0]])
    marked = with_places(vectors, places, numpy)
    assert marked.dtype == numpy.float32
    assert numpy.array_equal(marked[3], vectors[3])
    assert len({row.tobytes() for row in marked}) == 4
    assert numpy.abs(marked - vectors).max() <= 2 * 0.5 * 2  # two signs, half of the size
    assert numpy.array_equal(vectors[:3], numpy.full((3, 8), 2.0))  # not changed in place


@pytest.mark.parametrize("marks", [False, True])
def test_training_and_prediction_read_the_same_vectors(tiny_bases, marks: bool):
    model = lora_tok2vec(
        tiny_bases("xlm-r"),
        reduce_max(),
        rank=2,
        dropout=0.0,
        transformer_config={"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
        mark_places=marks,
    )
    docs = list(CHARACTERS.pipe(TEXTS))
    model.initialize(X=docs)
    predicted = model.predict(docs)
    trained, backprop = model.begin_update(docs)
    for one, other in zip(predicted, trained, strict=True):
        numpy.testing.assert_allclose(one, other, atol=1e-5)
    backprop([NumpyOps().alloc2f(*array.shape) + 1.0 for array in trained])
    rows = {row.tobytes() for row in predicted[0]}
    assert (len(rows) == len(docs[0])) is marks
