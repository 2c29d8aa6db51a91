"""Texts of many threads in common batches: each gets its own answer, once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving_helpers import RAISES, answerer, cities, fragile, lengths

from spacy_fewner.errors import FewnerError
from spacy_fewner.scale.serving.answering import Fault
from spacy_fewner.scale.serving.batcher import Batcher, Busy
from spacy_fewner.scale.serving.settings import ServeSettings


class Slow:
    """Predicts lengths once it is let; keeps what it was given."""

    def __init__(self):
        self.batches, self.go, self.begun = [], threading.Event(), threading.Event()

    def __call__(self, texts):
        self.batches.append(list(texts))
        self.begun.set()
        assert self.go.wait(10)
        return lengths(texts)


@pytest.fixture
def slow():
    predict = Slow()
    yield predict
    predict.go.set()


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.lists(st.text(max_size=12), max_size=7), max_size=12),
    st.integers(1, 5),
    st.integers(1, 30),
    st.sampled_from([0.0, 1.0]),
)
def test_each_request_gets_its_own_answers(requests, max_batch, max_chars, max_wait):
    batches, threads = [], set()

    def predict(texts):
        batches.append(list(texts))
        threads.add(threading.get_ident())
        return lengths(texts)

    own = ServeSettings(max_batch, max_wait, max_texts=7, max_chars=max_chars)
    batcher = Batcher(predict, own)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda texts: batcher.submit(texts).result(10), requests))
    batcher.stop()
    assert found == [lengths(texts) for texts in requests]
    given_texts = sorted(text for texts in requests for text in texts)
    assert sorted(text for batch in batches for text in batch) == given_texts
    assert all(0 < len(batch) <= max_batch for batch in batches) and len(threads) <= 1
    assert all(len(batch) == 1 or sum(map(len, batch)) <= max_chars for batch in batches)


def test_what_comes_while_a_batch_is_predicted_shares_the_next_one(slow):
    batcher = Batcher(slow, ServeSettings(max_batch=3, max_wait=0))
    futures = [batcher.submit(["first"])]
    assert slow.begun.wait(10)
    futures += [batcher.submit([text]) for text in "abcd"]
    assert batcher.waiting == 4
    slow.go.set()
    assert [future.result(10) for future in futures] == [lengths([t]) for t in ["first", *"abcd"]]
    batcher.stop()
    assert slow.batches == [["first"], ["a", "b", "c"], ["d"]]


def test_a_text_waits_for_others_as_long_as_asked(slow):
    slow.go.set()
    batcher = Batcher(slow, ServeSettings(max_batch=2, max_wait=5000))
    begun = time.monotonic()
    futures = [batcher.submit(["a"]), batcher.submit(["b"])]
    assert [future.result(10) for future in futures] == [lengths(["a"]), lengths(["b"])]
    assert time.monotonic() - begun < 4 and slow.batches == [["a", "b"]]
    batcher.stop()


def test_more_than_may_wait_is_turned_away_as_a_whole(slow):
    batcher = Batcher(slow, ServeSettings(max_batch=1, max_wait=0, max_queue=3, max_texts=3))
    first = batcher.submit(["first"])
    assert slow.begun.wait(10)
    second = batcher.submit(["a", "b"])
    with pytest.raises(Busy, match="2 texts are waiting"):
        batcher.submit(["c", "d"])
    third = batcher.submit(["e"])
    slow.go.set()
    assert [len(future.result(10)) for future in (first, second, third)] == [1, 2, 1]
    batcher.stop()
    assert slow.batches == [["first"], ["a"], ["b"], ["e"]]


def test_what_nobody_waits_for_is_left_out(slow):
    batcher = Batcher(slow, ServeSettings(max_batch=1, max_wait=0))
    first = batcher.submit(["first"])
    assert slow.begun.wait(10)
    given_up, last = batcher.submit(["a", "b"]), batcher.submit(["c"])
    assert given_up.cancel() and first.cancel()
    slow.go.set()
    assert last.result(10) == lengths(["c"])
    batcher.stop()
    assert slow.batches == [["first"], ["c"]]


def test_it_stops_once_what_waits_is_answered(slow):
    batcher = Batcher(slow, ServeSettings(max_batch=1))
    waiting = [batcher.submit([text]) for text in "abc"]
    stopping = threading.Thread(target=batcher.stop)
    stopping.start()
    while batcher.is_open:
        time.sleep(0.001)
    with pytest.raises(Busy, match="stopping"):
        batcher.submit(["d"])
    slow.go.set()
    stopping.join(10)
    assert [future.result(0) for future in waiting] == [lengths([text]) for text in "abc"]


def test_a_predictor_that_raises_does_not_end_the_thread():
    def predict(texts):
        if "bad" in texts:
            raise RuntimeError("no")
        return lengths(texts)

    batcher = Batcher(predict, ServeSettings(max_wait=0))
    assert batcher.submit(["bad"]).result(10) == [Fault("RuntimeError: no")]
    assert batcher.submit(["good"]).result(10) == lengths(["good"])
    batcher.stop()


@given(st.lists(st.sampled_from(["Rome", "Oslo and Rome", "", RAISES]), max_size=9))
@settings(deadline=None)
def test_a_text_that_the_pipeline_cannot_read_is_alone_at_fault(texts):
    for text, answer in zip(texts, answerer(NLP)(texts), strict=True):
        if text == RAISES:
            assert isinstance(answer, Fault) and answer.said.endswith("I cannot read this")
        else:
            assert cities(answer) == ["CITY"] * (text.count("Rome") + text.count("Oslo"))


NLP = fragile()


def test_the_vocabulary_does_not_grow_with_the_texts():
    answer = answerer(NLP)
    answer(["a few words"])
    before = len(NLP.vocab.strings)
    assert cities(answer([f"word{number} in Rome{number} or Rome" for number in range(300)])[7])
    assert len(NLP.vocab.strings) == before


@pytest.mark.parametrize(
    ("given_settings", "named"),
    [
        ({"max_batch": 0}, "max_batch"),
        ({"max_queue": 1.5}, "max_queue"),
        ({"max_wait": -1}, "max_wait"),
        ({"timeout": float("nan")}, "timeout"),
        ({"max_body": 0}, "max_body"),
        ({"max_queue": 10, "max_texts": 11}, "max_texts"),
    ],
)
def test_settings_that_cannot_be(given_settings, named):
    with pytest.raises(FewnerError, match=named):
        ServeSettings(**given_settings)
