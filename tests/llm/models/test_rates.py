"""Limits a minute and pauses, on a clock that only moves when someone sleeps."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.llm.models.rates import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def pace_of(clock: Clock, requests: float | None = None, tokens: float | None = None) -> Pace:
    return Pace(requests, tokens, lambda: clock.now, clock.sleep)


@given(
    st.floats(1, 10_000),
    st.floats(10, 100_000),
    st.lists(st.integers(1, 5000), min_size=2, max_size=30),
)
def test_no_span_of_time_holds_more_than_the_limits(
    requests: float, tokens: float, sizes: list[int]
):
    clock = Clock()
    pace = pace_of(clock, requests, tokens)
    times = []
    for size in sizes:
        pace.wait(size)
        times.append(clock.now)
    for first in range(len(sizes)):
        for last in range(first, len(sizes)):
            seconds = times[last] - times[first]
            # A second's worth may go at once; the last one may take more than there is.
            assert last - first <= max(1, requests / 60) + requests / 60 * seconds + 1e-6
            begun = sum(sizes[first:last])
            assert begun <= max(1, tokens / 60) + tokens / 60 * seconds + 1e-6 + sizes[first]


def test_no_limits_no_waiting():
    clock = Clock()
    pace = pace_of(clock)
    for _ in range(1000):
        pace.wait(10**6)
    assert clock.now == 100


def test_a_steady_rate_is_reached():
    clock = Clock()
    pace = pace_of(clock, requests=60)
    for _ in range(31):
        pace.wait(1)
    assert clock.now - 100 == pytest.approx(30)


def test_what_a_request_really_took_is_charged():
    clock = Clock()
    pace = pace_of(clock, tokens=6000)  # 100 a second
    pace.wait(100)
    pace.correct(100, 300)
    pace.wait(100)
    assert clock.now - 100 == pytest.approx(3)
    pace.wait(500)  # more than a second's worth: goes as soon as that is there, and others wait
    assert clock.now - 100 == pytest.approx(4)
    pace.wait(100)
    assert clock.now - 100 == pytest.approx(9)


def test_a_pause_holds_everyone():
    clock = Clock()
    pace = pace_of(clock)
    pace.pause(5)
    pace.pause(2)  # a shorter one does not end it
    pace.wait(1)
    assert 105 <= clock.now <= 105.5


def test_threads_share_a_limit():
    pace = Pace(requests_per_minute=6000)  # 100 a second, of which 100 may go at once
    done: list[int] = []

    def work() -> None:
        for _ in range(10):
            pace.wait(1)
            done.append(1)

    threads = [threading.Thread(target=work) for _ in range(13)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 130
    assert time.monotonic() - started >= 0.29
