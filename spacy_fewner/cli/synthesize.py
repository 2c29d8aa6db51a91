"""`synthesize`: more examples, written by a language model and checked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import FewnerError
from . import llm as models
from . import options
from .evaluate import load_pipeline

if TYPE_CHECKING:
    from ..corpus.clean import Cleaned
    from ..llm.budget import Totals

Domain = Annotated[
    str, typer.Option(help='What the texts are, in a few words ("queries to a film database").')
]
Unlabelled = Annotated[
    Path | None,
    typer.Option(
        help="Your own texts, a line each or any file of examples: those nearest to the examples "
        "are shown to the model (extra [retrieval]).",
        show_default=False,
    ),
]


def synthesize(
    examples: options.Examples,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="JSONL file to write.", show_default=False)
    ],
    llm: models.Llm = None,
    llm_url: models.Url = models.OPENAI_URL,
    llm_key_env: models.KeyEnv = models.OPENAI_KEY,
    llm_revision: models.LlmRevision = "",
    llm_mode: models.LlmMode = "resume",
    journal: models.JournalFile = None,
    temperature: models.Temperature = 1.0,
    max_tokens: models.MaxTokens = 1024,
    concurrency: models.Concurrency = 8,
    budget: models.Budget = None,
    size: Annotated[int, typer.Option(help="Annotated texts to have written.")] = 500,
    per_call: Annotated[int, typer.Option(help="Texts asked for at once.")] = 10,
    domain: Domain = "",
    ideas: Annotated[
        int,
        typer.Option(help="Topics, and entities of each label, that the model thinks up first."),
    ] = 30,
    unlabelled: Unlabelled = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Pipeline trained on EXAMPLES: what it contradicts with confidence is left out.",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Have the entities explained too; --model annotates what comes."
        ),
    ] = False,
    held_out: Annotated[
        list[Path] | None,
        typer.Option(
            help="A dev or test file; nothing like its texts comes out. Name each there is.",
            show_default=False,
        ),
    ] = None,
    style: Annotated[
        bool,
        typer.Option("--style/--no-style", help="Match case, punctuation, length of EXAMPLES."),
    ] = True,
    reject_limit: Annotated[
        float, typer.Option(help="Stop a stage of which more than this share is rejected.")
    ] = 0.5,
    labels: options.Labels = None,
    lang: options.Lang = "en",
    nested: options.Nested = None,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
) -> None:
    """Have a language model write and annotate more texts like EXAMPLES.

    What it says is read as data, found again in the text, and checked; rejects go to
    OUT's name with .rejects.jsonl, each with its reason. Then: fit EXAMPLES --synthetic OUT.
    """
    from ..data.schema import parse_schema
    from ..fitting.examples import audited, is_nested, load_samples
    from ..fitting.loop import SynthesisSettings, synthetic_examples
    from ..types import Schema

    samples = load_samples(examples, "examples")
    others = {path.name: load_samples(path, "held-out") for path in held_out or []}
    schema = parse_schema(labels) if labels else Schema.from_samples(samples)
    flat_or_nested = is_nested(samples) if nested is None else nested
    audited(samples, [], schema.ids if labels else None, flat_or_nested, lang)
    settings = SynthesisSettings(
        size=size,
        per_call=per_call,
        domain=domain,
        ideas=ideas,
        explain=explain,
        unlabelled=unlabelled,
        style=style,
        reject_limit=reject_limit,
        seed=seed,
    )
    client = models.client_of(
        llm,
        llm_url,
        llm_key_env,
        llm_revision,
        journal or out.with_suffix(".journal.jsonl"),
        llm_mode,
        temperature,
        max_tokens,
        concurrency,
        budget,
    )
    cleaned = synthetic_examples(
        samples,
        schema,
        client,
        settings,
        lang=lang,
        nested=flat_or_nested,
        held_out=others,
        frozen=load_pipeline(model) if model else None,
    )
    _write(cleaned, out)
    if not quiet:
        typer.echo(_summary(cleaned, client.totals, out))


def _write(cleaned: "Cleaned", out: Path) -> None:
    from dataclasses import asdict

    import srsly

    from ..data import write_samples

    out.parent.mkdir(parents=True, exist_ok=True)
    rejects = out.with_suffix(".rejects.jsonl")
    srsly.write_jsonl(rejects, map(asdict, cleaned.rejects))
    if not cleaned.samples:
        raise FewnerError(
            "synthesize",
            "must keep at least one text",
            f"{len(cleaned.rejects)} rejects",
            f"See their reasons in {rejects}:\n{cleaned.ledger.to_text()}",
        )
    write_samples(cleaned.samples, out)


def _summary(cleaned: "Cleaned", totals: "Totals", out: Path) -> str:
    paid = (
        f"{totals.requests} requests ({totals.from_journal} replies from the journal, "
        f"{totals.failed} failed), {totals.tokens:,} tokens"
    )
    written = f"{len(cleaned.samples)} examples written to {out}"
    return "\n".join([cleaned.ledger.to_text(), "", paid, written])
