"""Learning curves: the trend, what it says, and its picture."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation import CurvePoint, LearningCurve
from spacy_fewner.evaluation.curve import fit_trend
from spacy_fewner.evaluation.report.curve_svg import curve_svg

SIZES = (10, 25, 50, 100)
CURVE = LearningCurve(
    (
        CurvePoint(10, 70, (0.61, 0.63, 0.60)),
        CurvePoint(3, 20, (0.35, 0.41, 0.38)),
        CurvePoint(5, 38, (0.50, 0.47, 0.55)),
    )
)


@pytest.mark.parametrize("ceiling, drop, exponent", [(0.8, 1.5, 0.5), (0.95, 0.9, 0.3)])
def test_recovers_a_trend_without_noise(ceiling, drop, exponent):
    trend = fit_trend(SIZES, [ceiling - drop * n**-exponent for n in SIZES])
    assert (trend.ceiling, trend.drop, trend.exponent) == pytest.approx((ceiling, drop, exponent))


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_the_trend_never_falls_nor_exceeds_one(scores):
    trend = fit_trend(SIZES, scores)
    predictions = [trend.predict(n) for n in (10, 20, 50, 100, 1000, 1e6)]
    assert predictions == sorted(predictions)
    assert predictions[-1] <= 1 + 1e-9


def test_points_are_put_in_order_and_doubling_brings_something():
    assert [point.size for point in CURVE.points] == [3, 5, 10]
    assert CURVE.gain.examples == 70
    assert 0.02 < CURVE.gain.expected < 0.3
    assert 0 < CURVE.gain.sd < 0.1
    said = re.fullmatch(
        r"Doubling the 70 examples is expected to bring about \+(\d+\.\d) ± (\d+\.\d) points .*",
        CURVE.sentence(),
    )
    assert float(said[1]) == pytest.approx(100 * CURVE.gain.expected, abs=0.06)


def test_a_flat_curve_promises_nothing():
    flat = LearningCurve(tuple(CurvePoint(n, n, (0.7, 0.7)) for n in SIZES))
    assert flat.gain.expected == pytest.approx(0)
    assert flat.gain.sd == pytest.approx(0)


def test_single_seeds_give_no_deviation_and_two_sizes_no_trend():
    single = LearningCurve(tuple(CurvePoint(n, n, (n / 200,)) for n in SIZES))
    assert single.gain.sd is None
    assert "±" not in single.sentence()
    two = LearningCurve(CURVE.points[:2])
    assert two.trend is None and two.gain is None
    assert "Too few" in two.sentence()


def test_empty_points_are_refused():
    for examples, scores in ((0, (0.5,)), (10, ())):
        with pytest.raises(FewnerError, match="CurvePoint"):
            CurvePoint(1, examples, scores)


@pytest.mark.parametrize("curve", [CURVE, LearningCurve(CURVE.points[:1])])
def test_svg_is_well_formed_and_the_same_every_time(curve):
    svg = curve_svg(curve)
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert svg == curve_svg(curve)
    assert "currentColor" in svg
    # Nothing to load: the only addresses are the names of the SVG name spaces.
    assert all("www.w3.org" in address for address in re.findall(r"https?://[^\"' ]+", svg))
    assert "<?xml" not in svg and "DOCTYPE" not in svg and "metadata" not in svg


def test_importing_the_folder_draws_in_nothing_heavy():
    heavy = "{'matplotlib', 'torch', 'transformers', 'jinja2'}"
    code = f"import sys, spacy_fewner.evaluation as e; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
