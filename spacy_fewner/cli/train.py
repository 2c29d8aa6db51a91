"""`train`: one model on all the examples, with nothing held out."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .labels import parse_labels


def train(
    examples: options.Examples,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="Folder of the pipeline to write.", show_default=False),
    ],
    encoder: options.Encoder = "auto",
    revision: options.Revision = "",
    labels: options.Labels = None,
    lang: options.Lang = "en",
    seed: options.Seed = 0,
    epochs: options.Epochs = None,
    min_steps: options.MinSteps = None,
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
    """Train as `fit` does, without measuring.

    Much faster than `fit`; but the threshold stays 0.2, and nothing says how good the model is.
    Score it with `evaluate` on text that it has not seen.
    """
    from ..corpus.checks import is_nested
    from ..fitting.examples import audited, load_samples
    from ..fitting.folder import free_folder, whole_folder
    from ..fitting.settings import FitSettings, training_config
    from ..fitting.training import progress_bar, train_pipeline, use_device

    out = free_folder(out, overwrite)
    settings = FitSettings(
        encoder=encoder,
        revision=revision,
        lang=lang,
        seed=seed,
        alignment=alignment,
        set_ents=set_ents,
        spans_key=spans_key,
        save=save,
        gpu_id=gpu_id,
        **options.given(epochs=epochs, min_steps=min_steps, rank=rank),
    )
    samples = load_samples(examples, "examples", spans_key)
    flat_or_nested = is_nested(samples) if nested is None else nested
    report = audited(samples, [], parse_labels(labels), flat_or_nested, lang, settings.alignment)
    use_device(gpu_id)
    steps = settings.steps(len(samples))
    with whole_folder(out) as folder, progress_bar(steps, shown=not quiet) as on_step:
        config = training_config(settings, len(samples), seed, flat_or_nested)
        train_pipeline(config, samples, on_step).to_disk(folder)
    if not quiet:
        typer.echo(f"{report.table().splitlines()[0]}\npipeline  {out}")
