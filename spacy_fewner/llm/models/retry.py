"""What may pass when it is tried again, how often, and after how long."""

import time
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

T = TypeVar("T")
LONGEST_WAIT = 60.0  # seconds between two attempts, unless the server asks for more
PATIENCE = 600.0  # seconds that one request waits in all, whatever a server asks for
_SHORTEST = 1.0  # second: what a wait grows to where a server asks for less


class Transient(Exception):
    """An attempt failed; another may succeed.

    seconds: how long the server asks to wait. busy: the server works, but has too much to do; such
    attempts are not counted, only their time.
    """

    def __init__(self, reason: str, seconds: float | None = None, busy: bool = False):
        super().__init__(reason)
        self.seconds, self.busy = seconds, busy


class Unreachable(Transient):
    """No connection came about."""


def retrying(
    attempt: Callable[[], T],
    attempts: int,
    backoff: float,
    pause: Callable[[float], None],
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """The first success; raises the last Transient after `attempts` of them, others at once.

    backoff: seconds before the second attempt at most; doubles, at random below (full jitter).
    pause: told how long the server asks to wait, for requests besides this one; not when this one
        is given up, since more than PATIENCE is waited for nobody.
    """
    growing = wait_random_exponential(multiplier=backoff, max=LONGEST_WAIT)
    least = wait_random_exponential(multiplier=backoff, max=_SHORTEST)

    def seconds(state: RetryCallState) -> float:
        asked = _fault(state).seconds
        return growing(state) if asked is None else max(asked, least(state))

    def before_sleep(state: RetryCallState) -> None:
        if _fault(state).seconds:
            pause(state.upcoming_sleep)

    controller = Retrying(
        retry=retry_if_exception_type(Transient),
        stop=_Stop(attempts),
        wait=seconds,
        before_sleep=before_sleep,
        sleep=sleep,
        reraise=True,
    )
    return controller(attempt)


class _Stop:
    """When one request has been tried enough."""

    def __init__(self, attempts: int):
        self._left = attempts

    def __call__(self, state: RetryCallState) -> bool:
        fault = _fault(state)
        self._left -= not fault.busy
        waited = (state.seconds_since_start or 0.0) + (fault.seconds or 0.0)
        return self._left <= 0 or (waited > PATIENCE if fault.busy or fault.seconds else False)


def _fault(state: RetryCallState) -> Transient:
    assert state.outcome is not None
    fault = state.outcome.exception()
    assert isinstance(fault, Transient)
    return fault


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110: a number, or an HTTP date).

    None where there is none, or nonsense; of more than PATIENCE a second more than that, which
    `retrying` gives up on.
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, now or datetime.now(timezone.utc))
    return min(seconds, PATIENCE + 1) if 0 <= seconds < float("inf") else None


def _until(date: str, now: datetime) -> float:
    try:
        then = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return -1.0
    zoned = then if then.tzinfo else then.replace(tzinfo=timezone.utc)
    return max(0.0, (zoned - now).total_seconds())
