"""Scores of span predictions, thresholds, learning curves and the HTML page.

The spaCy scorer is in `scorer`; what draws (matplotlib, jinja2, displaCy) loads on use.
"""

from .aggregate import Aggregate, PRFSpread, Spread, aggregate_seeds
from .compare import Comparison, paired_bootstrap
from .confusion import Confusion, ErrorKind, SpanError, count_errors, find_errors
from .curve import CurvePoint, Gain, LearningCurve, Trend
from .report.contents import ErrorExample, Report, collect_errors
from .report.write import write_report
from .scores import (
    PRF,
    SpanScores,
    pool,
    span_partial,
    span_strict,
    string_multiset_gollie,
    string_set_uniner,
)
from .thresholds import Thresholds, apply_thresholds, keep_above, pick_thresholds

__all__ = [
    "PRF",
    "Aggregate",
    "Comparison",
    "Confusion",
    "CurvePoint",
    "ErrorExample",
    "ErrorKind",
    "Gain",
    "LearningCurve",
    "PRFSpread",
    "Report",
    "SpanError",
    "SpanScores",
    "Spread",
    "Thresholds",
    "Trend",
    "aggregate_seeds",
    "apply_thresholds",
    "collect_errors",
    "count_errors",
    "find_errors",
    "keep_above",
    "paired_bootstrap",
    "pick_thresholds",
    "pool",
    "span_partial",
    "span_strict",
    "string_multiset_gollie",
    "string_set_uniner",
    "write_report",
]
