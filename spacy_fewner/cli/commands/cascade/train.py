"""`cascade train`: a finder of spans and a classifier over a tree, trained."""

from typing import Annotated

import typer

from ...options import shared as options
from ...options.option_groups import unbundled
from ...options.say import say
from ...options.training import TrainingOptions
from .in_tree import Tree, in_tree


@unbundled
def train(
    examples: options.Examples,
    out: options.OutPipeline,
    tree: Tree = None,
    shared: Annotated[
        bool,
        typer.Option("--shared", help="One encoder for both components: faster, less accurate."),
    ] = False,
    threshold: Annotated[float, typer.Option(help="Probability from which a span is found.")] = 0.2,
    open_labels: Annotated[
        bool,
        typer.Option(
            "--open-labels/--no-open-labels",
            help="Find labels of the tree that have no example by what they mean; one encoder "
            "more reads each text.",
        ),
    ] = True,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    training: TrainingOptions,
) -> None:
    """Train `fewner`, blind to types, and `fewner_cascade` on it.

    The tree may change afterwards, without training: `apply --tree`, or in Python
    nlp.get_pipe("fewner_cascade").set_tree(...). Score the pipeline with `evaluate` on text that
    it has not seen.
    """
    from ....fitting.start import settled
    from ....fitting.training.cascade_config import CascadeSettings, cascade_config
    from ....fitting.training.cascade_open import opening
    from ....fitting.training.examples import load_samples
    from ....fitting.training.single import train_one

    training.check_columns(examples)
    settings, how = training.settings(threshold=threshold), CascadeSettings(shared=shared)
    if settings.begins_from:
        settled(settings)
    samples, labels = in_tree(load_samples(examples, "examples", **settings.reading), tree)
    settings = settings.for_samples(samples)
    finish, said = opening(labels, samples, settings) if open_labels else (None, "")
    report = train_one(
        samples,
        out,
        settings,
        lambda size, nested: cascade_config(settings, how, labels, size, settings.seed, nested),
        finish=finish,
        labels=list(labels),
        overwrite=overwrite,
        progress=not quiet,
    )
    if not quiet:
        told = [report.table().splitlines()[0], *report.fates(), *([said] if said else [])]
        say("\n".join([*told, f"pipeline  {out}"]))
