"""`evaluate`: score any spaCy pipeline that sets spans or classes against annotated text."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...data.docs import SPANS_KEY
from ...data.files import together
from ...errors import FewnerError
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
    from spacy.tokens import Doc

    from ...data.trees.tree import LabelTree
    from ...evaluation import PRF, Report, SpanScores
    from ...evaluation.classes.evaluated import Evaluated
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

    Classes of whole texts are scored where GOLD has some and MODEL gives some: accuracy, F1 of
    every class, calibration error. Texts that are not annotated for spans, or for classes, are left
    out of the scores of those.
    """
    from ...data.edge_space import without_edge_space
    from ...evaluation.classes.evaluated import classes_in, evaluated
    from ...evaluation.predicting import docs_of
    from ...fitting.training.training import use_device

    check_apart(gold, json, report)
    reading.check_columns(gold)
    use_device(gpu_id)
    ids, _ = parse_labels(labels), zero_shot.seen_names  # errors before minutes of predicting
    nlp = load_pipeline(model)
    key = spans_key or own_key(nlp) or SPANS_KEY
    given = without_edge_space(reading.samples(gold, spans_key=key))
    samples, tree = in_own_tree(given, nlp, key)
    with progress_shown(not quiet):
        docs = docs_of(nlp, samples)
        classes = evaluated(nlp, docs, samples) if classes_in(nlp) else None
        spans = None
        if classes is None or spans_key or _has_spans(nlp, samples):
            _check_comparable(samples, nlp)
            spans = _scored(docs, samples, key, ids, asked=spans_key is not None)
        table = None
        if zero_shot.wanted and spans:
            table = zero_shot.table(nlp, spans.samples, spans.predicted, key, labels)
    if not quiet:
        say("\n\n".join(_told(spans, classes, tree, table.to_text() if table else "")))
    with together():
        if json:
            more = {"zero_shot": table.records} if table else {}
            _write_json(json, model, gold, {**_as_json(spans, classes), **more})
        if report:
            _write_page(report, model, gold, len(samples), spans, classes)


@dataclass(frozen=True)
class _Spans:
    """The texts that are annotated for spans, what was predicted there, and the scores of that."""

    samples: "list[Sample]"
    predicted: "list[Sequence[CharSpan]]"
    strict: "SpanScores"
    partial: "SpanScores"

    @property
    def gold(self) -> "list[Sequence[CharSpan]]":
        return [sample.spans for sample in self.samples]


def _scored(
    docs: "Sequence[Doc]",
    samples: "Sequence[Sample]",
    key: str,
    labels: Sequence[str] | None,
    asked: bool,
) -> _Spans:
    """asked: a key that is never written is an error."""
    from ...evaluation import span_partial, span_strict
    from ...evaluation.predicting import spans_in

    pairs = [pair for pair in zip(docs, samples, strict=True) if pair[1].spans_annotated]
    annotated = [sample for _, sample in pairs]
    if asked:
        check_written([doc for doc, _ in pairs], key)
    predicted = spans_in([doc for doc, _ in pairs], key)
    gold = [sample.spans for sample in annotated]
    scores = span_strict(gold, predicted, labels), span_partial(gold, predicted, labels)
    return _Spans(annotated, predicted, *scores)


def _check_comparable(samples: "Sequence[Sample]", model: "Language") -> None:
    """FewnerError where GOLD has classes alone, and the pipeline gives none."""
    if any(sample.spans_annotated for sample in samples):
        return
    rule = "must give texts classes (doc.cats), which are all that GOLD is annotated with"
    found = ", ".join(model.pipe_names) or "a pipeline without components"
    raise FewnerError("model", rule, found, "Give a pipeline with a fewner_textcat or textcat.")


def _has_spans(nlp: "Language", samples: "Sequence[Sample]") -> bool:
    """Whether there are spans to score, in a pipeline that also gives classes."""
    others = [
        name
        for name, pipe in nlp.pipeline
        if "doc.cats" not in nlp.get_pipe_meta(name).assigns and not hasattr(pipe, "add_listener")
    ]
    return bool(others) and any(sample.targets for sample in samples)


def _told(
    spans: _Spans | None, classes: "Evaluated | None", tree: "LabelTree | None", zero_shot: str
) -> list[str]:
    """What is printed, in parts."""
    from ...evaluation.classes.told import class_table
    from ...evaluation.levels import level_scores

    said = []
    if spans:
        lines = [scores_table(spans.strict, spans.partial)]
        levels = level_scores(spans.gold, spans.predicted, tree) if tree else ()
        lines += [f"level {level}: {_rates(scores.micro)}" for level, scores in levels]
        said += ["\n".join(lines), *([zero_shot] if zero_shot else [])]
    if classes:
        said.append(class_table(classes))
    return said


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


def in_own_tree(
    samples: "Sequence[Sample]", nlp: "Language", key: str | None = None
) -> "tuple[list[Sample], LabelTree | None]":
    """The samples with paths of the pipeline's tree for labels, and the tree, if it has one."""
    from ...data.trees.labels import to_tree

    classifier = cascade_in(nlp, key)
    if classifier is None:
        return list(samples), None
    return to_tree(samples, classifier.tree), classifier.tree


def _write_json(path: Path, model: str, gold: Path, scores: dict[str, Any]) -> None:
    import json

    from ...data.files import atomic_write

    found = {"model": model, "gold": str(gold), **scores}
    atomic_write(path, (json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode())


def _as_json(spans: _Spans | None, classes: "Evaluated | None") -> dict[str, Any]:
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


def _write_page(
    path: Path,
    model: str,
    gold: Path,
    n_texts: int,
    spans: _Spans | None,
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


def _with_spans(page: "Report", spans: _Spans) -> "Report":
    from dataclasses import replace

    from ...evaluation import aggregate_seeds, collect_errors, count_errors

    texts = [sample.text for sample in spans.samples]
    return replace(
        page,
        scores=aggregate_seeds([spans.strict]),
        confusion=count_errors(spans.gold, spans.predicted),
        errors=collect_errors(texts, spans.gold, spans.predicted),
    )
