"""`fit`: from a file of examples to a trained, measured and packaged pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .labels import parse_labels


def fit(
    examples: options.Examples,
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="Folder to write; must not exist yet.", show_default=False
        ),
    ],
    encoder: options.Encoder = "auto",
    revision: options.Revision = "",
    dev: Annotated[
        Path | None,
        typer.Option(
            help="Text to measure on and to pick thresholds with; without it, cross-validation "
            "over EXAMPLES does both. Never a test set.",
            show_default=False,
        ),
    ] = None,
    synthetic: Annotated[
        Path | None,
        typer.Option(
            help="More examples, written by a language model (`synthesize`): used if they help on "
            "held-out text.",
            show_default=False,
        ),
    ] = None,
    labels: options.Labels = None,
    package: Annotated[
        str | None,
        typer.Option(help="Build a wheel of this name (as LANG_NAME).", show_default=False),
    ] = None,
    lang: options.Lang = "en",
    folds: Annotated[
        int | None,
        typer.Option(
            help="Parts of the cross-validation; with --dev, how many seeds.",
            show_default="the recipe's",
        ),
    ] = None,
    seed: options.Seed = 0,
    epochs: options.Epochs = None,
    min_steps: options.MinSteps = None,
    curve: Annotated[
        bool, typer.Option("--curve/--no-curve", help="Whether to measure a learning curve.")
    ] = True,
    nested: options.Nested = None,
    rank: options.Rank = None,
    alignment: options.Alignment = "strict",
    set_ents: options.SetEnts = False,
    spans_key: options.SpansKey = "sc",
    save: options.Save = "adapter",
    gpu_id: options.Gpu = -1,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
) -> None:
    """From EXAMPLES to a measured pipeline and a wheel.

    Audits EXAMPLES, trains on them, measures on held-out text, picks thresholds. OUT gets model/
    (for spacy.load), report.html, scores.json, audit.txt and, with --package, a wheel for pip;
    it appears whole or not at all.
    """
    from ..fitting.run import fit as run_fit

    result = run_fit(
        examples,
        out,
        dev=dev,
        synthetic=synthetic,
        labels=parse_labels(labels),
        package=package,
        overwrite=overwrite,
        progress=not quiet,
        encoder=encoder,
        revision=revision,
        lang=lang,
        seed=seed,
        nested=nested,
        alignment=alignment,
        set_ents=set_ents,
        spans_key=spans_key,
        save=save,
        gpu_id=gpu_id,
        **options.given(
            epochs=epochs,
            min_steps=min_steps,
            folds=folds,
            rank=rank,
            curve=None if curve else (),
        ),
    )
    if not quiet:
        typer.echo(result.summary())
