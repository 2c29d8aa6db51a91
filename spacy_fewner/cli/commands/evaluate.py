"""`evaluate`: score any spaCy pipeline that sets spans or classes against annotated text."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from .evaluate_output import Scored, ScoredSpans, as_json, told, write_json, write_page

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from ...data.trees.tree import LabelTree
    from ...types import CharSpan, Sample


@unbundled
def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Folder or installed package of a pipeline; or a file of the texts of GOLD, "
            "annotated by whatever means.",
            show_default=False,
        ),
    ],
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
    check_apart(gold, json, report)
    reading.check_columns(gold, *([model] if Path(model).is_file() else []))
    parse_labels(labels), zero_shot.seen_names  # errors before minutes of predicting
    if Path(model).is_file():
        found = _of_file(Path(model), gold, labels, spans_key or SPANS_KEY, reading)
    else:
        with progress_shown(not quiet):
            found = _of_pipeline(model, gold, labels, spans_key, gpu_id, zero_shot, reading)
    if not quiet:
        say("\n\n".join(told(found)))
    with together():
        if json:
            more = {"zero_shot": found.zero_shot.records} if found.zero_shot else {}
            write_json(json, model, gold, {**as_json(found.spans, found.classes), **more})
        if report:
            write_page(report, model, gold, found.texts, found.spans, found.classes)


def _of_pipeline(
    model: str,
    gold: Path,
    labels: str | None,
    spans_key: str | None,
    gpu_id: int,
    zero_shot: ZeroShotOptions,
    reading: ReadingOptions,
) -> Scored:
    from ...data.edge_space import without_edge_space
    from ...evaluation.classes.evaluated import classes_in, evaluated
    from ...evaluation.predicting import docs_of
    from ...fitting.training.training import use_device

    use_device(gpu_id)
    nlp = load_pipeline(model)
    key = spans_key or own_key(nlp) or SPANS_KEY
    given = without_edge_space(reading.samples(gold, spans_key=key))
    samples, tree = in_own_tree(given, nlp, key)
    docs = docs_of(nlp, samples)
    classes = evaluated(nlp, docs, samples) if classes_in(nlp) else None
    spans = table = None
    if classes is None or spans_key or _has_spans(nlp, samples):
        _check_comparable(samples, nlp)
        spans = _scored(docs, samples, key, parse_labels(labels), asked=spans_key is not None)
    if zero_shot.wanted and spans:
        table = zero_shot.table(nlp, spans.samples, spans.predicted, key, labels)
    return Scored(len(samples), spans, classes, tree, table)


def _of_file(
    path: Path, gold: Path, labels: str | None, key: str, reading: ReadingOptions
) -> Scored:
    """With a tree for labels its levels too; both files may then have names or synonyms."""
    from ...data.edge_space import without_edge_space
    from ...data.schema import is_tree_file
    from ...data.trees.file import read_tree
    from ...data.trees.labels import to_tree
    from ...evaluation.predicted_file import spans_in_file

    given = [one for one in reading.samples(gold, spans_key=key) if one.spans_annotated]
    samples = without_edge_space(given)
    predicted = spans_in_file(path, samples, key, **reading.how(path))
    if labels is None or not is_tree_file(labels):
        return Scored(len(samples), _compared(samples, predicted, parse_labels(labels)))
    tree = read_tree(labels)
    said = [replace(one, spans=tuple(own)) for one, own in zip(samples, predicted, strict=True)]
    spans = _compared(to_tree(samples, tree), [one.spans for one in to_tree(said, tree)], None)
    return Scored(len(samples), spans, tree=tree)


def _scored(
    docs: "Sequence[Doc]",
    samples: "Sequence[Sample]",
    key: str,
    labels: Sequence[str] | None,
    asked: bool,
) -> ScoredSpans:
    """asked: a key that is never written is an error."""
    from ...evaluation.predicting import spans_in

    pairs = [pair for pair in zip(docs, samples, strict=True) if pair[1].spans_annotated]
    annotated = [sample for _, sample in pairs]
    if asked:
        check_written([doc for doc, _ in pairs], key)
    return _compared(annotated, spans_in([doc for doc, _ in pairs], key), labels)


def _compared(
    samples: "list[Sample]", predicted: "list[Sequence[CharSpan]]", labels: Sequence[str] | None
) -> ScoredSpans:
    from ...evaluation import span_partial, span_strict

    gold = [sample.spans for sample in samples]
    scores = span_strict(gold, predicted, labels), span_partial(gold, predicted, labels)
    return ScoredSpans(samples, predicted, *scores)


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


def in_own_tree(
    samples: "Sequence[Sample]", nlp: "Language", key: str | None = None
) -> "tuple[list[Sample], LabelTree | None]":
    """The samples with paths of the pipeline's tree for labels, and the tree, if it has one."""
    from ...data.trees.labels import to_tree

    classifier = cascade_in(nlp, key)
    if classifier is None:
        return list(samples), None
    return to_tree(samples, classifier.tree), classifier.tree
