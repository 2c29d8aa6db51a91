"""`synthesize`: more examples, written by a language model and checked."""

from typing import Annotated

import typer

from ..options import shared as options
from ..options.distinct_files import check_apart
from ..options.llm import LlmOptions, spent
from ..options.option_groups import unbundled
from ..options.pipelines import load_pipeline
from ..options.writing import WritingOptions
from ..saving import tell_losses

Judge = Annotated[
    str | None,
    typer.Option(
        help="Pipeline trained on EXAMPLES: what it contradicts with confidence is left out.",
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
    lang: options.Lang = "en",
    nested: options.Nested = None,
    seed: options.Seed = 0,
    spans_key: options.SpansKey = "sc",
    quiet: options.Quiet = False,
    *,
    language_model: LlmOptions,
    writing: WritingOptions,
) -> None:
    """Have a language model write more texts like EXAMPLES.

    It annotates them too. What it says is read as data, found again in the text, and checked;
    rejects go to OUT's name with .rejects.jsonl, each with its reason. Then: fit EXAMPLES
    --synthetic OUT.
    """
    from ...corpus.checking.extended_gold import with_extended
    from ...corpus.checking.sample_checks import is_nested
    from ...corpus.synthesis_files import rejects_kept, write_kept
    from ...data.schema import parse_schema
    from ...fitting.synthesis_loop import synthetic_examples
    from ...fitting.training.examples import audited, load_samples
    from ...types import Schema

    for path in (examples, *(held_out or [])):
        check_apart(path, out)
    samples = load_samples(examples, "examples", spans_key)
    schema = parse_schema(labels) if labels else Schema.from_samples(samples)
    flat_or_nested = is_nested(samples) if nested is None else nested
    audited(samples, [], schema.ids if labels else None, flat_or_nested, lang)
    settings = writing.settings(seed)
    others = {str(path): load_samples(path, "held-out", None) for path in held_out or []}
    frozen = load_pipeline(model) if model else None
    rejects = out.with_suffix(".rejects.jsonl")
    with (
        language_model.client(out.with_suffix(".journal.jsonl")) as client,
        rejects_kept(rejects),
    ):
        cleaned = synthetic_examples(
            samples,
            schema,
            client,
            settings,
            lang=lang,
            nested=flat_or_nested,
            held_out=others,
            frozen=frozen,
        )
    write_kept(cleaned, out, rejects, spans_key)
    tell_losses(cleaned.samples, out)
    if not quiet:
        new = len(with_extended(samples, cleaned.samples)[1])
        written = f"{new} new examples written to {out}"
        if old := len(cleaned.samples) - new:
            written += f", and {old} of {examples} with extension spans"
        typer.echo("\n".join([cleaned.ledger.to_text(), "", spent(client.totals), written]))
