"""`train`: one model on all the examples, with nothing held out."""

from dataclasses import replace

from ..options import shared as options
from ..options.option_groups import unbundled
from ..options.say import say
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
    from ...data.schema import parse_schema
    from ...fitting.start import meanings_of, settled_unmeasured
    from ...fitting.training.examples import load_samples
    from ...fitting.training.settings import training_config
    from ...fitting.training.single import train_one

    training.check_columns(examples)
    settings, start = settled_unmeasured(training.settings())
    samples = load_samples(examples, "examples", **settings.reading)
    schema = None if labels is None else parse_schema(labels)
    if schema and settings.begins_from:
        found = {span.label for sample in samples for span in sample.targets}
        settings = replace(settings, meanings=meanings_of(schema, found))
    report = train_one(
        samples,
        out,
        settings,
        lambda size, nested: training_config(settings, size, settings.seed, nested),
        labels=None if schema is None else list(schema.ids),
        overwrite=overwrite,
        progress=not quiet,
    )
    if not quiet:
        said = [report.table().splitlines()[0], *report.fates()]
        say("\n".join([*said, f"start: {start}", f"pipeline  {out}"]))
