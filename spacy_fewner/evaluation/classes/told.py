"""Scores of classes as a table and as JSON."""

from typing import Any

from ...shown import cut, shown_in_line
from ..scores import PRF
from .evaluated import Evaluated
from .scores import ClassScores

_CONFUSED = 10


def class_table(found: Evaluated) -> str:
    """Precision, recall and F1 in percent, the most frequent class first; of many, some."""
    scores = found.scores
    order = sorted(scores.labels, key=lambda label: (-scores.per_label[label].support, label))
    order, more = cut(order)
    rows = [("all", scores.micro), *((shown_in_line(one), scores.per_label[one]) for one in order)]
    width = max(len(name) for name, _ in rows)
    lines = [f"{'':<{width}}      P      R      F  texts"]
    lines += [f"{name:<{width}}  {_rates(row)}  {row.support:5.0f}" for name, row in rows]
    return "\n".join([*lines, *more, *_notes(found, scores)])


def _rates(row: PRF) -> str:
    return "  ".join(f"{100 * part:5.1f}" for part in (row.p, row.r, row.f))


def _notes(found: Evaluated, scores: ClassScores) -> list[str]:
    right = "accuracy" if found.rule.exclusive else "all classes right in"
    said = [
        f"{scores.docs} texts; {right} {100 * scores.accuracy:.1f}, "
        f"macro F1 {100 * scores.macro_f:.1f}, "
        f"calibration error {100 * found.calibration_error:.1f}, in %"
    ]
    if found.left_out:
        said.append(f"{found.left_out} texts without classes left out")
    if found.unknown:
        named = ", ".join(f"{shown_in_line(one)} ({n})" for one, n in found.unknown.most_common(5))
        said.append(f"classes that the pipeline does not know: {named}")
    if found.confused:
        pairs = found.confused.most_common(_CONFUSED)
        shown = [f"{_named(gold)} for {_named(other)} ({n})" for (gold, other), n in pairs]
        said.append(f"confused: {', '.join(shown)}")
    for level, of_level in found.levels:
        said.append(f"level {level}: {_rates(of_level.micro)}")
    return said


def _named(label: str) -> str:
    return shown_in_line(label) or "none"


def class_json(found: Evaluated) -> dict[str, Any]:
    scores = found.scores
    return {
        "texts": scores.docs,
        "left_out": found.left_out,
        "exclusive": found.rule.exclusive,
        "accuracy": scores.accuracy,
        "macro_f": scores.macro_f,
        "micro": _row(scores.micro),
        "per_class": {label: _row(row) for label, row in scores.per_label.items()},
        "calibration_error": found.calibration_error,
        "confused": [[*pair, n] for pair, n in found.confused.most_common()],
        "levels": {level: _row(one.micro) for level, one in found.levels},
    }


def _row(row: PRF) -> dict[str, float]:
    return {"p": row.p, "r": row.r, "f": row.f, "support": row.support}
