"""What `evaluate` says of scores: a table, JSON, and a page with the errors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...data.trees.tree import LabelTree
    from ...evaluation import PRF, Report, SpanScores
    from ...evaluation.classes.evaluated import Evaluated
    from ...evaluation.zero_shot import ZeroShotTable
    from ...types import CharSpan, Sample


@dataclass(frozen=True)
class ScoredSpans:
    """The texts that are annotated for spans, what was predicted there, and the scores of that."""

    samples: "list[Sample]"
    predicted: "list[Sequence[CharSpan]]"
    strict: "SpanScores"
    partial: "SpanScores"

    @property
    def gold(self) -> "list[Sequence[CharSpan]]":
        return [sample.spans for sample in self.samples]


@dataclass(frozen=True)
class Scored:
    """texts: how many there are. spans, classes, zero_shot: None where there are none to score."""

    texts: int
    spans: ScoredSpans | None
    classes: "Evaluated | None" = None
    tree: "LabelTree | None" = None
    zero_shot: "ZeroShotTable | None" = None


def told(found: Scored) -> list[str]:
    """What is printed, in parts."""
    from ...evaluation.classes.told import class_table
    from ...evaluation.levels import level_scores

    said, spans = [], found.spans
    if spans:
        lines = [scores_table(spans.strict, spans.partial)]
        levels = level_scores(spans.gold, spans.predicted, found.tree) if found.tree else ()
        lines += [f"level {level}: {_rates(scores.micro)}" for level, scores in levels]
        said.append("\n".join(lines))
    said += [found.zero_shot.to_text()] if found.zero_shot else []
    return said + ([class_table(found.classes)] if found.classes else [])


def scores_table(strict: "SpanScores", partial: "SpanScores") -> str:
    """Precision, recall and F1 in percent, the most frequent label first; of many, some."""
    from ...shown import cut, shown_in_line

    named = {label: shown_in_line(label) for label in strict.labels}
    width = max(map(len, (*named.values(), "all")))
    lines = [f"{'':<{width}}      P      R      F  partial F  spans"]
    order = sorted(strict.labels, key=lambda label: (-strict.per_label[label].support, label))
    order, more = cut(order)
    rows = [(named[one], strict.per_label[one], partial.per_label[one]) for one in order]
    for label, row, half in [("all", strict.micro, partial.micro), *rows]:
        lines.append(f"{label:<{width}}  {_rates(row)}  {100 * half.f:9.1f}  {row.support:5.0f}")
    note = f"{strict.docs} texts; strict scores but for the partial F, in %"
    return "\n".join([*lines, *more, note])


def _rates(row: "PRF") -> str:
    return "  ".join(f"{100 * part:5.1f}" for part in (row.p, row.r, row.f))


def write_json(path: Path, model: str, gold: Path, scores: dict[str, Any]) -> None:
    import json

    from ...data.files import atomic_write

    found = {"model": model, "gold": str(gold), **scores}
    atomic_write(path, (json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode())


def as_json(spans: ScoredSpans | None, classes: "Evaluated | None") -> dict[str, Any]:
    from ...evaluation.classes.told import class_json

    found = dict[str, Any]()
    if spans:
        found |= {"docs": spans.strict.docs, "strict": _of_spans(spans.strict)}
        found["partial"] = _of_spans(spans.partial)
    if classes:
        found["classes"] = class_json(classes)
    return found


def _of_spans(scores: "SpanScores") -> dict[str, Any]:
    def rates(row: "PRF") -> dict:
        return {"p": row.p, "r": row.r, "f": row.f, "support": row.support}

    per_label = {label: rates(row) for label, row in scores.per_label.items()}
    return {"micro": rates(scores.micro), "per_label": per_label}


def write_page(
    path: Path,
    model: str,
    gold: Path,
    n_texts: int,
    spans: ScoredSpans | None,
    classes: "Evaluated | None",
) -> None:
    from ...evaluation import Report, write_report
    from ...evaluation.report.class_part import evaluated_part

    page = Report(
        title=f"{Path(model).name} on {gold.name}",
        measured_on=f"{gold.name} ({n_texts} texts)",
        facts=[("model", model), ("gold", str(gold))],
        classes=evaluated_part(classes) if classes else None,
    )
    write_report(path, _with_spans(page, spans) if spans else page)


def _with_spans(page: "Report", spans: ScoredSpans) -> "Report":
    from ...evaluation import aggregate_seeds, collect_errors, count_errors

    texts = [sample.text for sample in spans.samples]
    return replace(
        page,
        scores=aggregate_seeds([spans.strict]),
        confusion=count_errors(spans.gold, spans.predicted),
        errors=collect_errors(texts, spans.gold, spans.predicted),
    )
