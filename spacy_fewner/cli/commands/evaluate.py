"""`evaluate`: score any spaCy pipeline that sets spans against annotated text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...data.docs import SPANS_KEY
from ...data.files import together
from ...progress import progress_shown
from ..options import shared as options
from ..options.distinct_files import check_apart
from ..options.labels import parse_labels
from ..options.option_groups import unbundled
from ..options.pipelines import cascade_in, check_written, load_pipeline, own_key
from ..options.reading import ReadingOptions
from ..options.say import say
from ..options.zero_shot_scores import ZeroShotOptions

if TYPE_CHECKING:
    from spacy.language import Language

    from ...data.trees.tree import LabelTree
    from ...evaluation import PRF, SpanScores
    from ...types import CharSpan, Sample


@unbundled
def evaluate(
    model: options.Model,
    gold: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD", help="Annotated text, as EXAMPLES elsewhere.", show_default=False
        ),
    ],
    json: Annotated[
        Path | None, typer.Option(help="Also write the scores to this file.", show_default=False)
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Also write a page with the errors, .html.", show_default=False),
    ] = None,
    labels: options.Labels = None,
    spans_key: Annotated[
        str | None,
        typer.Option(
            help="Spans to score, doc.spans[KEY]; by default those that the pipeline writes. "
            "Without any, entities are scored.",
            show_default=False,
        ),
    ] = None,
    gpu_id: options.Gpu = -1,
    quiet: options.Quiet = False,
    *,
    zero_shot: ZeroShotOptions,
    reading: ReadingOptions,
) -> None:
    """Score MODEL on the annotated text GOLD.

    Prints precision, recall and F1, for all and for every label. Strict: start, end and label are
    right. Partial: an overlap with the right label counts half. Where GOLD has tokens of its
    own, the pipeline is given those. Of a pipeline with a fewner_cascade, labels in GOLD may go by
    path, name or synonym, and each level of its tree is scored too; a span that stays above a
    level does not count there. White space at the edges of spans does not count.
    """
    from ...data.edge_space import without_edge_space
    from ...evaluation import span_partial, span_strict
    from ...evaluation.levels import level_scores
    from ...fitting.training.training import use_device

    check_apart(gold, json, report)
    reading.check_columns(gold)
    use_device(gpu_id)
    ids = parse_labels(labels)
    nlp = load_pipeline(model)
    key = spans_key or own_key(nlp) or SPANS_KEY
    given = without_edge_space(reading.samples(gold, spans_key=key))
    samples, tree = in_own_tree(given, nlp, key)
    with progress_shown(not quiet):
        predicted = predict(nlp, samples, key, asked=spans_key is not None)
        table = zero_shot.table(nlp, samples, predicted, key, labels) if zero_shot.wanted else None
    spans = [sample.spans for sample in samples]
    strict, partial = span_strict(spans, predicted, ids), span_partial(spans, predicted, ids)
    if not quiet:
        say(scores_table(strict, partial))
        for level, of_level in level_scores(spans, predicted, tree) if tree else ():
            say(f"level {level}: {_rates(of_level.micro)}")
        if table:
            say(f"\n{table.to_text()}")
    with together():
        if json:
            more = {"zero_shot": table.records} if table else {}
            _write_json(json, model, gold, strict, partial, more)
        if report:
            _write_page(report, model, gold, strict, samples, predicted)


def predict(
    nlp: "Language", samples: "Sequence[Sample]", key: str, asked: bool = False
) -> "list[Sequence[CharSpan]]":
    """The pipeline's spans of each text, by characters. asked: a key that is never written is an
    error."""
    from ...evaluation.predicting import docs_of, spans_in

    annotated = docs_of(nlp, samples)
    if asked:
        check_written(annotated, key)
    return spans_in(annotated, key)


def scores_table(strict: "SpanScores", partial: "SpanScores") -> str:
    """Precision, recall and F1 in percent, the most frequent label first; of many, some."""
    from ...data.tables import cut
    from ...shown import shown_in_line

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


def in_own_tree(
    samples: "Sequence[Sample]", nlp: "Language", key: str | None = None
) -> "tuple[list[Sample], LabelTree | None]":
    """The samples with paths of the pipeline's tree for labels, and the tree, if it has one."""
    from ...data.trees.labels import to_tree

    classifier = cascade_in(nlp, key)
    if classifier is None:
        return list(samples), None
    return to_tree(samples, classifier.tree), classifier.tree


def _write_json(
    path: Path,
    model: str,
    gold: Path,
    strict: "SpanScores",
    partial: "SpanScores",
    more: Mapping[str, Any],
) -> None:
    import json

    from ...data.files import atomic_write

    scores = {
        "model": model,
        "gold": str(gold),
        "docs": strict.docs,
        "strict": _as_json(strict),
        "partial": _as_json(partial),
        **more,
    }
    atomic_write(path, (json.dumps(scores, indent=1, ensure_ascii=False) + "\n").encode())


def _as_json(scores: "SpanScores") -> dict:
    def rates(row: "PRF") -> dict:
        return {"p": row.p, "r": row.r, "f": row.f, "support": row.support}

    per_label = {label: rates(row) for label, row in scores.per_label.items()}
    return {"micro": rates(scores.micro), "per_label": per_label}


def _write_page(
    path: Path,
    model: str,
    gold: Path,
    scores: "SpanScores",
    samples: "Sequence[Sample]",
    predicted: "list[Sequence[CharSpan]]",
) -> None:
    from ...evaluation import Report, aggregate_seeds, collect_errors, count_errors, write_report

    spans = [sample.spans for sample in samples]
    page = Report(
        title=f"{Path(model).name} on {gold.name}",
        measured_on=f"{gold.name} ({len(samples)} texts)",
        scores=aggregate_seeds([scores]),
        facts=[("model", model), ("gold", str(gold))],
        confusion=count_errors(spans, predicted),
        errors=collect_errors([sample.text for sample in samples], spans, predicted),
    )
    write_report(path, page)
