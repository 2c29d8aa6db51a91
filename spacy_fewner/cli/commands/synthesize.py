"""`synthesize`: more examples, written by a language model and checked."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...data.docs import SPANS_KEY
from ...progress import progress_shown
from ..options import shared as options
from ..options.distinct_files import check_apart
from ..options.llm import LlmOptions, spent
from ..options.option_groups import unbundled
from ..options.pipelines import load_pipeline
from ..options.reading import ReadingOptions, TokenizingOptions
from ..options.saving import tell_losses
from ..options.say import say
from ..options.writing import WritingOptions

if TYPE_CHECKING:
    from ...corpus.checking.class_checks import Probabilities
    from ...fitting.classes.kinds import Apart
    from ...fitting.first_model import FirstModel

Judge = Annotated[
    str | None,
    typer.Option(
        help="Pipeline trained on EXAMPLES, best by `fit`, which picks its threshold: annotates "
        "what --explain brings, and judges what is written with --agree.",
        show_default=False,
    ),
]


@unbundled
def synthesize(
    examples: options.Examples,
    out: options.OutFile,
    model: Judge = None,
    held_out: options.HeldOut = None,
    labels: options.Labels = None,
    nested: options.Nested = None,
    exclusive: options.Exclusive = None,
    spans_key: Annotated[
        str | None,
        typer.Option(
            help="Spans to read of a DocBin, doc.spans[KEY], and of MODEL, if it writes several.",
            show_default="sc",
        ),
    ] = None,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
    *,
    language_model: LlmOptions,
    writing: WritingOptions,
    reading: ReadingOptions,
    tokenizing: TokenizingOptions,
) -> None:
    """Have a language model write more texts like EXAMPLES.

    It annotates their spans too, or writes them for given classes, as EXAMPLES have them, or both.
    What it says is read as data, found again in the text, and checked; rejects go to OUT's name
    with .rejects.jsonl, each with its reason. Then: fit EXAMPLES --synthetic OUT.
    """
    from ...corpus.checking.extended_gold import with_extended
    from ...corpus.checking.sample_checks import is_nested
    from ...corpus.synthesis_files import rejects_kept, write_kept
    from ...data.edge_space import without_edge_space
    from ...data.schema import parse_schema
    from ...fitting.classes.both import synthetic_of_both
    from ...fitting.classes.kinds import told_apart
    from ...fitting.training.examples import audited

    named = (examples, *(held_out or []), *([Path(labels)] if labels else []))
    for path in named:
        check_apart(path, out, language_model.journal)
    reading.check_columns(examples, writing.unlabelled, *(held_out or []))
    key = spans_key or SPANS_KEY
    samples = reading.samples(examples, spans_key=key)
    schema = parse_schema(labels) if labels else None
    apart = told_apart(samples, schema)
    flat_or_nested = is_nested(apart.spans) if nested is None else nested
    if apart.spans or not apart.classes:
        ids = apart.span_schema.ids if apart.span_schema else None
        audited(apart.spans, [], ids, flat_or_nested, tokenizing.pipeline(), tokenizing.alignment)
    apart = replace(apart, spans=without_edge_space(apart.spans))
    settings = writing.settings(seed, reading)
    others = {str(path): reading.samples(path, texts_only=True) for path in held_out or []}
    first, judge = _judges(model, apart, settings.agree, spans_key)
    rejects = out.with_suffix(".rejects.jsonl")
    with (
        language_model.client(out.with_suffix(".journal.jsonl")) as client,
        rejects_kept(rejects),
        progress_shown(not quiet),
    ):
        client.check_key()
        cleaned = synthetic_of_both(
            apart,
            client,
            settings,
            lang=tokenizing.lang,
            tokens=tokenizing.tokens,
            nested=flat_or_nested,
            held_out=others,
            exclusive=exclusive,
            first=first,
            judge=judge,
        )
    write_kept(cleaned, out, rejects, key)
    tell_losses(cleaned.samples, out)
    if not quiet:
        new = len(with_extended(apart.spans, cleaned.samples)[1])
        written = f"{new} new examples written to {out}"
        if old := len(cleaned.samples) - new:
            written += f", and {old} of {examples} with extension spans"
        say("\n".join([cleaned.ledger.to_text(), "", spent(client.totals), written]))


def _judges(
    model: str | None, apart: "Apart", agree: bool, spans_key: str | None
) -> "tuple[FirstModel | None, Probabilities | None]":
    """What of the pipeline judges spans, and what classes, each where the examples have them."""
    from ...fitting.classes.judge import class_judge
    from ...fitting.first_model import FirstModel
    from ...synthesis.classes.groups import schema_of
    from ...types import Schema

    if not model:
        return None, None
    nlp, first, judge = load_pipeline(model), None, None
    if apart.spans:
        schema = apart.span_schema or Schema.from_samples(apart.spans)
        first = FirstModel.of(nlp, schema.ids, spans_key)
    if apart.classes and agree:
        judge = class_judge(nlp, (apart.class_schema or schema_of(apart.classes)).ids)
    return first, judge
