"""What is said of the pace."""

import pytest

from spacy_fewner.progress import Count
from spacy_fewner.scale import pace
from spacy_fewner.scale.pace import Pace
from spacy_fewner.scale.reading.items import Place
from spacy_fewner.scale.reading.source import Source

SOURCES = [Source("a.jsonl", "jsonl", 1000, 1000), Source("b.parquet", "parquet", 3000, 30)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    return now


def test_rate_and_time_left(clock: list[float]):
    count = Count()
    shown = Pace(count, SOURCES, Place(), 0)
    clock[0] = 60.0
    shown.step(6000, Place(0, 500))
    assert count.detail == "100 a second, 12%, about 7 min left" and count.done == 6000
    shown.step(6000, Place(1, 10))
    assert count.detail == "200 a second, 50%, about 1 min left"


def test_what_was_done_before_says_nothing_of_the_pace(clock: list[float]):
    count = Count()
    shown = Pace(count, SOURCES, Place(1, 0), 5000)
    clock[0] = 60.0
    shown.step(600, Place(1, 15))
    assert count.detail == "10 a second, 62%, about 1 min left" and count.done == 5600


def test_an_end_that_is_not_known(clock: list[float]):
    count = Count()
    shown = Pace(count, [*SOURCES, Source("-", "jsonl", None)], Place(), 0)
    clock[0] = 1.0
    shown.step(10, Place(0, 500))
    assert count.detail == "10 a second"
