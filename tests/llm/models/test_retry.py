"""Retries: how often, how long, and what a server's Retry-After means."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spacy_fewner.llm.models.retry import PATIENCE, Transient, retry_after, retrying

MOST = PATIENCE + 1  # which is waited for nobody
NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=timezone.utc)


def run(faults: list[Exception], attempts: int = 4) -> tuple[str, list[float], list[float]]:
    """What `retrying` returned, its sleeps, and its pauses."""
    sleeps: list[float] = []
    pauses: list[float] = []
    left = iter(faults)

    def attempt() -> str:
        fault = next(left, None)
        if fault:
            raise fault
        return "done"

    return retrying(attempt, attempts, 1.0, pauses.append, sleeps.append), sleeps, pauses


def test_waits_grow_at_random():
    result, sleeps, pauses = run([Transient("x")] * 9, attempts=10)
    assert (result, pauses) == ("done", [])
    assert all(seconds <= min(60, 2**n) for n, seconds in enumerate(sleeps))
    assert len(set(sleeps)) == 9


def test_the_last_fault_is_raised_after_so_many_attempts():
    with pytest.raises(Transient, match="3"):
        run([Transient(str(n)) for n in range(9)], attempts=4)


def test_other_errors_are_not_retried():
    with pytest.raises(KeyError):
        run([KeyError("x")])


def test_a_busy_server_is_waited_for_beyond_the_attempts():
    result, sleeps, pauses = run([Transient("x", 2.0, busy=True)] * 20, attempts=2)
    assert (result, sleeps, pauses) == ("done", [2.0] * 20, [2.0] * 20)


@pytest.mark.parametrize("busy", [True, False])
def test_but_not_forever(busy: bool):
    with pytest.raises(Transient):
        run([Transient("x", PATIENCE + 1, busy)])


@pytest.mark.parametrize("busy", [True, False])
def test_a_request_that_is_given_up_makes_nobody_wait(busy: bool):
    sleeps: list[float] = []
    asked = retry_after("1000000")

    def attempt() -> str:
        raise Transient("x", asked, busy)

    with pytest.raises(Transient):
        retrying(attempt, 5, 1.0, sleeps.append, sleeps.append)
    assert sleeps == []


def test_a_server_that_asks_for_no_wait_is_not_asked_in_a_loop():
    _, sleeps, pauses = run([Transient("x", 0.0, busy=True)] * 200)
    assert pauses == [] and 50 < sum(sleeps) < 150 and max(sleeps) <= 1


@given(st.integers(0, 10**6))
def test_seconds(seconds: int):
    assert retry_after(str(seconds)) == min(seconds, MOST)
    assert retry_after(f"{seconds}.5") == min(seconds + 0.5, MOST)


@given(st.integers(-(10**6), 10**6))
def test_dates(seconds: int):
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(date, NOW) == min(max(0, seconds), MOST)


def test_dates_without_a_zone_are_in_utc():
    assert retry_after("Thu, 01 Jan 2026 12:00:30 -0000", NOW) == 30


DIGITS = st.integers(0, 10**6).map(str) | st.sampled_from(["9" * 400, "1e6", "-0", "1_0", "٣"])
NEAR_DATES = st.tuples(
    st.sampled_from(["Thu, ", "", "Foo, ", ", , "]),
    DIGITS,
    st.sampled_from([" Jan ", " Foo ", "-01-", " "]),
    DIGITS,
    st.sampled_from([" 12:00:00 ", " 99:99:99 ", " 1 ", " ::: "]),
    st.sampled_from(["GMT", "+9999", "-0000", "+999999999", "", "+" + "9" * 30]),
).map("".join)


@given(st.text(max_size=30) | NEAR_DATES | DIGITS)
@example("Fri, 31 Dec 9999 23:59:59 GMT")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
def test_anything_else_is_no_wait_or_a_bounded_one(value: str):
    seconds = retry_after(value)
    assert seconds is None or 0 <= seconds <= MOST


@pytest.mark.parametrize("value", [None, "", "soon", "-1", "nan", "inf", "99 Foo 2026"])
def test_nonsense(value):
    assert retry_after(value) is None
