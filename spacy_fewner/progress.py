"""What is being done and how much is left of it, on stderr: a bar on a terminal, elsewhere (logs,
notebooks) a line at each stage and every few seconds.

Silent unless `progress_shown` is around it: a library does not print by itself.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from .shown import shown_in_line

if TYPE_CHECKING:
    from tqdm import tqdm

EVERY = 10.0  # seconds between lines of one stage
BAR_AFTER = 1.0  # seconds: quick work needs no bar
_Item = TypeVar("_Item")


class Count:
    """Steps of some work, in stages; this one says nothing, and is what the others are told.

    total: steps of all stages; None if unknown.
    """

    def __init__(self, total: int | None = None, unit: str = "steps"):
        self.total, self.unit, self.done = total, unit, 0
        self.before = 0
        self.stage = self.detail = ""

    def begin(self, stage: str) -> None:
        """A stage begins: "training"."""
        self.stage, self.detail = stage, ""
        self._show(True)

    def note(self, detail: str) -> None:
        """Where in the stage we are: "fold 2 of 5"."""
        self.detail = detail
        self._show(False)

    def expect(self, steps: int) -> None:
        """More steps than `total` are to come."""
        self.total = (self.total or 0) + steps
        self._show(False)

    def step(self, steps: int = 1) -> None:
        self.done += steps
        self._show(False)

    def resume(self, steps: int) -> None:
        """So many steps were done by an earlier process: they say nothing of the pace."""
        self.before = steps
        self.step(steps)

    def close(self) -> None:
        """Nothing more comes."""

    @property
    def doing(self) -> str:
        said = f"{self.stage}, {self.detail}" if self.detail else self.stage
        return shown_in_line(said)

    def _show(self, stage_begins: bool) -> None:
        pass


class Lines(Count):
    """A line at each stage that is named, and every few seconds."""

    def __init__(self, total: int | None, unit: str, out: TextIO, every: float = EVERY):
        super().__init__(total, unit)
        self._out, self._every = out, every
        self._begun = self._said = time.monotonic()

    def _show(self, stage_begins: bool) -> None:
        if stage_begins or time.monotonic() - self._said >= self._every:
            self._said = time.monotonic()
            print(self.line(self._said - self._begun), file=self._out, flush=True)

    def line(self, seconds: float) -> str:
        """What is to be said after so many seconds."""
        if not self.done:
            return self.doing
        if self.total is None:
            return f"{self.doing}: {self.done:,} {self.unit}"
        said = f"{self.doing}: {self.done:,} of {self.total:,} {self.unit}"
        here = self.done - self.before
        if not here:
            return said
        left = seconds / here * max(0, self.total - self.done)
        return f"{said}, {in_words(left)} left"


class Bar(Count):
    """tqdm's, on a terminal."""

    def __init__(self, total: int | None, unit: str, bar: "tqdm[Any]"):
        super().__init__(total, unit)
        self._bar = bar

    def resume(self, steps: int) -> None:
        self._bar.initial = steps
        super().resume(steps)

    def close(self) -> None:
        self._bar.close()

    def _show(self, stage_begins: bool) -> None:
        self._bar.total = self.total
        if self._bar.desc != f"{self.doing}: ":
            self._bar.set_description(self.doing)
        self._bar.update(self.done - self._bar.n)


_SHOWN: ContextVar[TextIO | None] = ContextVar("spacy_fewner_progress", default=None)


@contextmanager
def progress_shown(shown: bool = True) -> Iterator[None]:
    """Show on stderr what is counted within; or, if not shown, nothing of it."""
    token = _SHOWN.set(sys.stderr if shown else None)
    try:
        yield
    finally:
        _SHOWN.reset(token)


@contextmanager
def counting(total: int | None, unit: str, stage: str = "") -> Iterator[Count]:
    """What counts the steps of some work.

    stage: of work that has but one; it is named only when that takes its time.
    """
    count = _count(total, unit)
    count.stage = stage
    try:
        yield count
    finally:
        count.close()


def counted(items: Iterable[_Item], stage: str, unit: str, total: int | None) -> Iterator[_Item]:
    """The items, counted as they come."""
    with counting(total, unit, stage) as count:
        for item in items:
            yield item
            count.step()


def in_words(seconds: float) -> str:
    """About how long that is: "about 3 min"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    return f"about {hours} h {minutes} min" if hours else f"about {minutes} min"


def _count(total: int | None, unit: str) -> Count:
    out = _SHOWN.get()
    if out is None:
        return Count(total, unit)
    if not out.isatty():
        return Lines(total, unit, out)
    from tqdm import tqdm

    bar = tqdm(total=total, unit=f" {unit}", file=out, delay=BAR_AFTER, leave=False)
    return Bar(total, unit, bar)
