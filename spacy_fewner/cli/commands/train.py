"""`train`: one model on all the examples, with nothing held out."""

from dataclasses import replace

from ..options import shared as options
from ..options.option_groups import unbundled
from ..options.say import say
from ..options.training import ClassOptions, TrainingOptions


@unbundled
def train(
    examples: options.Examples,
    out: options.OutPipeline,
    labels: options.Labels = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    training: TrainingOptions,
    classes: ClassOptions,
) -> None:
    """Train as `fit` does, without measuring.

    Much faster than `fit`; but the threshold stays 0.2, probabilities of classes are not
    calibrated, and nothing says how good the model is. Score it with `evaluate` on text that it has
    not seen.
    """
    from ...data.schema import parse_schema
    from ...fitting.predicted import with_predicted
    from ...fitting.start import meanings_of, settled_unmeasured
    from ...fitting.task import Task
    from ...fitting.training.config import training_config
    from ...fitting.training.examples import load_samples
    from ...fitting.training.settings import FitSettings
    from ...fitting.training.single import train_one

    how = training.given(**classes.given())
    settings = FitSettings(**how)
    training.check_columns(examples)
    samples = load_samples(examples, "examples", **settings.reading)
    settings = settings.for_samples(samples)
    schema = None if labels is None else parse_schema(labels)
    task = Task(samples, [], [], settings, False, schema=schema)
    task = with_predicted(task, classes.schema, how)
    settings, start = settled_unmeasured(task.settings)
    if task.schema and settings.begins_from:
        settings = replace(settings, meanings=meanings_of(task.schema, task.labels))
    report = train_one(
        task.samples,
        out,
        settings,
        lambda size, nested: training_config(settings, size, settings.seed, nested),
        labels=None if task.schema is None else list(task.schema.ids),
        overwrite=overwrite,
        progress=not quiet,
    )
    if not quiet:
        said = [report.table().splitlines()[0], *task.notes, *report.fates()]
        said += [f"start: {task.start or start}"] if settings.predicts_spans else []
        say("\n".join([*said, f"pipeline  {out}"]))
