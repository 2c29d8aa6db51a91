"""The deviations beside the rounds of extraction: of texts drawn again, and of differences."""

from statistics import mean

import pytest

from benchmarks.bootstrap import deviations, gain, resampled
from benchmarks.rounds import page
from spacy_fewner.evaluation.scores import PRF


def test_texts_that_are_alike_do_not_deviate():
    draws = resampled([PRF(3, 1, 1)] * 5)
    assert set(draws) == {PRF(15, 5, 5)}
    assert deviations(draws) == {"p": 0.0, "r": 0.0, "f": 0.0}


def test_deviation_of_a_share_is_the_binomial_one():
    draws = resampled([PRF(1, 0, 0)] * 30 + [PRF(0, 1, 1)] * 20)
    assert mean(one.p for one in draws) == pytest.approx(0.6, abs=0.01)
    assert deviations(draws)["p"] == pytest.approx((0.6 * 0.4 / 50) ** 0.5, rel=0.1)
    more = resampled([PRF(1, 0, 0)] * 300 + [PRF(0, 1, 1)] * 200)
    assert deviations(more)["f"] < 0.4 * deviations(draws)["f"]


def test_gains_are_paired():
    worse = [PRF(1, 1, 1), PRF(5, 0, 0), PRF(0, 3, 2)] * 10
    better = [one + PRF(1, 0, -1) for one in worse]
    gained, deviation = gain(resampled(better), resampled(worse))
    assert gained == pytest.approx(0.17, abs=0.02)
    assert deviation < 0.5 * deviations(resampled(better))["f"]
    assert gain(resampled(worse), resampled(worse)) == (0.0, 0.0)


def test_the_page_shows_a_deviation_beside_every_rate():
    rates = {"p": 0.5, "r": 0.25, "f": 0.3333, "deviation": {"p": 0.05, "r": 0.02, "f": 0.03}}
    row = {"min_votes": 1, "gain": [0.0, 0.0], "rejected": {"no reply": 2}, **rates}
    rows = [{"rounds": 1, **row}, {**row, "rounds": 3, "gain": [0.101, 0.04], "rejected": {}}]
    choices = [{"rounds": 3, "p": [0.5, 0.6], "r": [0.2, 0.4], "f": [0.3, 0.5]}]
    text = page("some model", 60, rows, choices, {"date": "today"})
    assert "| 1 | 1 | 50.0 ± 5.0 | 25.0 ± 2.0 | 33.3 ± 3.0 | – | 2 |" in text
    assert "| 3 | 1 | 50.0 ± 5.0 | 25.0 ± 2.0 | 33.3 ± 3.0 | 10.1 ± 4.0 | 0 |" in text
    assert "| 3 | 2 | 55.0 (50.0 to 60.0) | 30.0 (20.0 to 40.0) | 40.0 (30.0 to 50.0) |" in text
    assert "60 texts" in text and "- date: today" in text
