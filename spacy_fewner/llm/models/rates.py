"""Requests and tokens a minute: a token bucket for each, and a pause when a server asks for it."""

import random
import threading
import time
from collections.abc import Callable

_BURST = 1.0  # seconds' worth that may go at once; providers count in windows this short
_JITTER = 0.1  # of a pause, so that not all threads come back in the same instant


class Bucket:
    """Fills at a steady rate; who finds too little in it waits.

    per_minute: None for no limit. Times are seconds of any clock that only goes forward.
    """

    def __init__(self, per_minute: float | None, now: float):
        self._rate = (per_minute or 0.0) / 60
        self._room = max(1.0, self._rate * _BURST)
        self._level, self._filled = self._room, now

    def ready(self, amount: float, now: float) -> float:
        """When so much will be there; for more than there is room for, when the bucket is full."""
        if not self._rate:
            return now
        return now + max(0.0, (min(amount, self._room) - self._at(now)) / self._rate)

    def take(self, amount: float, when: float) -> None:
        """Take it at a time, which may be to come; others wait until what is lacking is back."""
        self._level, self._filled = self._at(when) - amount, when

    def correct(self, amount: float, now: float) -> None:
        """Take what a server says was taken besides; it makes nobody wait for over a minute."""
        lowest = min(self._at(now), -60 * self._rate)
        self._level, self._filled = max(self._at(now) - amount, lowest), now

    def _at(self, when: float) -> float:
        return min(self._room, self._level + (when - self._filled) * self._rate)


class Pace:
    """Holds threads back so that a server's limits are kept. Safe to share.

    clock, sleep: seconds; given by tests.
    """

    def __init__(
        self,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._clock, self._sleep = clock, sleep
        self._requests = Bucket(requests_per_minute, clock())
        self._tokens = Bucket(tokens_per_minute, clock())
        self._paused_until = clock()
        self._lock = threading.Lock()

    def wait(self, tokens: float) -> None:
        """Return when a request of about so many tokens may go."""
        with self._lock:
            now = self._clock()
            when = max(self._requests.ready(1, now), self._tokens.ready(tokens, now))
            self._requests.take(1, when)
            self._tokens.take(tokens, when)
        if when > now:
            self._sleep(when - now)
        while (rest := self._paused_until - self._clock()) > 0:
            self._sleep(rest * (1 + _JITTER * random.random()))

    def correct(self, expected: float, actual: float) -> None:
        """Charge what a request really took."""
        with self._lock:
            self._tokens.correct(actual - expected, self._clock())

    def pause(self, seconds: float) -> None:
        """Let no request go for so long."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)
