"""What `fewner` predicts: tables of the spans above the thresholds, and what becomes of them."""

import numpy as np
import pytest
from at_once import THREADS, at_once
from hypothesis import given
from hypothesis import strategies as st
from span_helpers import TEXTS, make_pipeline, train

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.decoding import candidates as decoding
from spacy_fewner.spans.decoding.candidates import (
    MANY,
    ScoredSpans,
    _crosses,
    by_document,
    decode,
    decode_flat,
    decode_nested,
)

FLOOR = 0.02


@pytest.fixture(scope="module")
def nlp():
    nlp = make_pipeline()
    train(nlp, steps=40)
    return nlp


@pytest.fixture
def pipe(nlp):
    yield nlp.get_pipe("fewner")
    nlp.get_pipe("fewner").threshold, nlp.get_pipe("fewner").label_thresholds = 0.5, {}


def by_hand(doc, scores, thresholds):
    """(start, end, label, score), best first, from the probabilities of all spans."""
    found = [
        (start, end, label, float(scores[start, end - start - 1, label]))
        for start in range(len(doc))
        for end in range(start + 1, min(start + scores.shape[1], len(doc)) + 1)
        for label in range(scores.shape[2])
        if scores[start, end - start - 1, label] >= np.float32(thresholds[label])
        and not (doc[start].is_space or doc[end - 1].is_space)
    ]
    return sorted(found, key=lambda one: (-one[3], one[0], -one[1], one[2]))


def places(doc):
    return [(span.start, span.end, span.label_) for span in doc.spans["sc"]]


def assert_same(found, expected):
    assert [one[:3] for one in found] == [one[:3] for one in expected]
    scores, wanted = ([one[3] for one in spans] for spans in (found, expected))
    np.testing.assert_allclose(scores, wanted, atol=1e-6)


def test_predict_finds_what_thresholding_all_probabilities_finds(nlp, pipe):
    docs = [nlp.make_doc(text) for text in [TEXTS[0][0], "", "Hartwell  \n needs the  Great", " "]]
    pipe.threshold, pipe.label_thresholds = FLOOR, {"PART": 0.0, "FIRM": 1.0}
    thresholds = [pipe.label_thresholds.get(label, FLOOR) for label in pipe.labels]
    every = pipe.probabilities(docs)
    tables = pipe.predict(docs)
    assert [len(table) > 0 for table in tables] == [True, False, True, False]
    for doc, table, scores in zip(docs, tables, every, strict=True):
        assert table.score.dtype == np.float32
        assert_same(table.candidates(), by_hand(doc, scores, thresholds) if len(doc) else [])


def test_candidates_use_their_own_floor(nlp, pipe):
    docs = [nlp.make_doc(text) for text, _ in TEXTS]
    pipe.threshold = 0.9
    scores = pipe.probabilities(docs)
    for doc, found, every in zip(docs, pipe.candidates(docs, FLOOR), scores, strict=True):
        assert_same(found, by_hand(doc, every, [FLOOR] * len(pipe.labels)))


def test_a_threshold_raised_after_predicting_is_obeyed(nlp, pipe):
    doc = nlp.make_doc(TEXTS[0][0])
    pipe.threshold = FLOOR
    tables = pipe.predict([doc])
    pipe.set_annotations([doc], tables)
    many = len(doc.spans["sc"])
    pipe.threshold = float(np.median(doc.spans["sc"].attrs["scores"]))
    pipe.set_annotations([doc], tables)
    few = places(doc)
    assert 0 < len(few) < many
    assert few == places(nlp(doc.text))


def test_the_same_from_bytes_and_for_threads(nlp, pipe):
    text = TEXTS[0][0]

    def found(own):
        return own.get_pipe("fewner").predict([own.make_doc(text)])[0].candidates()

    expected = found(nlp)
    again = make_pipeline().from_bytes(nlp.to_bytes())
    assert expected and at_once(lambda _: found(again), [text]) == [[expected]] * THREADS


def test_documents_of_any_lengths_at_once_give_what_each_gives_alone(nlp, pipe):
    words = TEXTS[0][0].split()
    docs = [nlp.make_doc(" ".join(words[:n])) for n in (5, 1, len(words), 0, 2, 1, len(words) - 1)]
    pipe.threshold = 0.0
    for doc, table in zip(docs, pipe.predict(docs), strict=True):
        (alone,) = pipe.predict([doc])
        found, expected = (
            sorted(one.candidates(), key=lambda span: span[:3]) for one in (table, alone)
        )
        assert len(found) > len(doc) or not len(doc)
        assert_same(found, expected)


def test_nothing_in_nothing_and_an_untrained_component():
    pipe = make_pipeline().get_pipe("fewner")
    with pytest.raises(FewnerError, match="must be trained or loaded"):
        pipe.predict([])
    with pytest.raises(FewnerError, match="must be trained or loaded"):
        next(pipe.candidates([]))


def test_no_documents(nlp, pipe):
    assert pipe.predict([]) == [] and list(pipe.candidates([])) == []
    assert [len(table) for table in pipe.predict([nlp.make_doc(""), nlp.make_doc("")])] == [0, 0]


SPANS = st.tuples(
    st.integers(0, 3), st.integers(0, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 4)
)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.lists(SPANS))
def test_tables_by_document(lengths, spans):
    """Spans anywhere in documents of any length come back in their own, best first."""
    placed = {
        (at % len(lengths), start, start + size, label): np.float32(score / 4)
        for at, start, size, label, score in spans
        if start + size <= lengths[at % len(lengths)]
    }
    before = np.cumsum([0, *lengths])
    rows = [(before[at] + start, before[at] + end, label) for at, start, end, label in placed]
    start, end, label = np.asarray(rows, dtype="int64").reshape(-1, 3).T
    packed = ScoredSpans(start, end, label, np.asarray([*placed.values()], dtype="float32"))
    tables = by_document(packed, lengths)
    assert len(tables) == len(lengths)
    for at, table in enumerate(tables):
        own = [(*span[1:], float(score)) for span, score in placed.items() if span[0] == at]
        expected = sorted(own, key=lambda one: (-one[3], one[0], -one[1], one[2]))
        assert list(map(tuple, table.candidates())) == expected


def table_of_all(n_tokens, width, labels):
    """Every span and label of a text, with random scores."""
    grid = np.mgrid[0:n_tokens, 1 : width + 1, 0:labels].astype("int64")
    start, size, label = (part.ravel() for part in grid)
    score = np.random.default_rng(0).random(len(start), dtype="float32")
    (table,) = by_document(ScoredSpans(start, start + size, label, score), [n_tokens + width])
    return table


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4), st.integers(0, 3), st.integers(1, 4))),
    st.sets(st.integers(0, 3)),
)
def test_what_decoding_never_takes_can_be_left_out(spans, alone):
    columns = np.asarray([(s, s + n, label) for s, n, label, _ in spans], "int64").reshape(-1, 3).T
    score = np.asarray([score / 4 for *_, score in spans], "float32")
    (table,) = by_document(ScoredSpans(*columns, score), [12])
    every = table.candidates()
    assert decode_nested(table.leading(alone).candidates(), alone) == decode_nested(every, alone)
    assert decode_flat(table.leading().candidates()) == decode_flat(every)


@pytest.mark.parametrize("alone", [set(), {0, 2}])
@pytest.mark.parametrize("nested", [False, True])
def test_many_spans_are_decoded_as_few_are(nested, alone):
    table = table_of_all(20, 6, 9)
    assert len(table) > MANY > len(table.where(table.score > 0.99))
    for spans in (table, table.where(table.score > 0.99)):
        every = spans.candidates()
        expected = decode_nested(every, alone) if nested else decode_flat(every)
        assert decode(spans, nested, alone) == expected
    assert len(table.leading()) == 20 * 6


@pytest.mark.parametrize("alone", [set(), {0, 2}])
def test_decoding_keeps_what_fits_to_all_that_is_kept(alone):
    kept = []
    for one in table_of_all(12, 4, 3).candidates():
        fits = all(_fits(one, other, alone) for other in kept)
        kept += [one] if fits else []
    found = decode_nested(table_of_all(12, 4, 3).candidates(), alone)
    assert sorted(found) == sorted(kept)


def _fits(one, other, alone):
    apart = one.end <= other.start or other.end <= one.start
    inside = other.start <= one.start and one.end <= other.end
    around = one.start <= other.start and other.end <= one.end
    same = (one.start, one.end) == (other.start, other.end)
    return apart or ((inside or around) and not same and not _itself(one, other, alone))


def _itself(one, other, alone):
    return one.label == other.label and one.label in alone


def test_each_span_is_compared_with_others_once_whatever_the_number_of_labels(monkeypatch):
    compared = []

    def crosses(start, end, *rest):
        compared.append((start, end))
        return _crosses(start, end, *rest)

    monkeypatch.setattr(decoding, "_crosses", crosses)
    decode_nested(table_of_all(60, 8, 200).candidates())
    assert len(compared) == len(set(compared)) == 60 * 8
