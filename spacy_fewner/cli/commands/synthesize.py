"""`synthesize`: more examples, written by a language model and checked."""

from typing import Annotated

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

    It annotates them too. What it says is read as data, found again in the text, and checked;
    rejects go to OUT's name with .rejects.jsonl, each with its reason. Then: fit EXAMPLES
    --synthetic OUT.
    """
    from ...corpus.checking.extended_gold import with_extended
    from ...corpus.checking.sample_checks import is_nested
    from ...corpus.synthesis_files import rejects_kept, write_kept
    from ...data.edge_space import without_edge_space
    from ...data.schema import parse_schema
    from ...fitting.first_model import FirstModel
    from ...fitting.synthesis_loop import synthetic_examples
    from ...fitting.training.examples import audited
    from ...types import Schema

    for path in (examples, *(held_out or [])):
        check_apart(path, out)
    reading.check_columns(examples, *(held_out or []))
    key, lang = spans_key or SPANS_KEY, tokenizing.lang
    samples = reading.samples(examples, spans_key=key)
    schema = parse_schema(labels) if labels else Schema.from_samples(samples)
    flat_or_nested = is_nested(samples) if nested is None else nested
    ids = schema.ids if labels else None
    audited(samples, [], ids, flat_or_nested, lang, tokenizing.alignment)
    samples = without_edge_space(samples)
    settings = writing.settings(seed)
    others = {str(path): reading.samples(path, texts_only=True) for path in held_out or []}
    first = FirstModel.of(load_pipeline(model), schema.ids, spans_key) if model else None
    rejects = out.with_suffix(".rejects.jsonl")
    with (
        language_model.client(out.with_suffix(".journal.jsonl")) as client,
        rejects_kept(rejects),
        progress_shown(not quiet),
    ):
        client.check_key()
        cleaned = synthetic_examples(
            samples,
            schema,
            client,
            settings,
            lang=lang,
            nested=flat_or_nested,
            held_out=others,
            first=first,
        )
    write_kept(cleaned, out, rejects, key)
    tell_losses(cleaned.samples, out)
    if not quiet:
        new = len(with_extended(samples, cleaned.samples)[1])
        written = f"{new} new examples written to {out}"
        if old := len(cleaned.samples) - new:
            written += f", and {old} of {examples} with extension spans"
        say("\n".join([cleaned.ledger.to_text(), "", spent(client.totals), written]))
