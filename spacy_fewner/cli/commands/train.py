"""`train`: one model on all the examples, with nothing held out."""

import typer

from ..options import shared as options
from ..options.labels import parse_labels
from ..options.option_groups import unbundled
from ..options.training import TrainingOptions


@unbundled
def train(
    examples: options.Examples,
    out: options.OutPipeline,
    labels: options.Labels = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    training: TrainingOptions,
) -> None:
    """Train as `fit` does, without measuring.

    Much faster than `fit`; but the threshold stays 0.2, and nothing says how good the model is.
    Score it with `evaluate` on text that it has not seen.
    """
    from ...fitting.training.examples import load_samples
    from ...fitting.training.settings import training_config
    from ...fitting.training.single import train_one

    training.check_columns(examples)
    settings = training.settings()
    report = train_one(
        load_samples(examples, "examples", **settings.reading),
        out,
        settings,
        lambda size, nested: training_config(settings, size, settings.seed, nested),
        labels=parse_labels(labels),
        overwrite=overwrite,
        progress=not quiet,
    )
    if not quiet:
        typer.echo("\n".join([report.table().splitlines()[0], *report.fates(), f"pipeline  {out}"]))
