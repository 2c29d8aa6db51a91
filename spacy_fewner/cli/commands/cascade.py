"""`cascade train` and `cascade apply`: spans first, then their place in a tree of labels."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import FewnerError, check_number, path_given_as
from ..options import shared as options
from ..options.annotating import annotated
from ..options.distinct_files import check_apart
from ..options.names import OptionNamingCommand
from ..options.option_groups import unbundled
from ..options.pipelines import cascade_in, load_pipeline
from ..options.saving import tell_losses
from ..options.say import say
from ..options.training import TrainingOptions
from . import cascade_tree as trees

if TYPE_CHECKING:
    from ...types import Sample

app = typer.Typer(
    name="cascade",
    help="Find spans of any type, then classify them from coarse to fine in a tree of labels.",
    no_args_is_help=True,
)
app.command("tree", cls=OptionNamingCommand)(trees.convert)

Tree = Annotated[
    Path | None,
    typer.Option(
        help="The tree of labels: .yaml, .jsonl or .json (GEIC's category.json); in the data a "
        "label may go by its path, name or a synonym. Without it, the data's paths are the tree.",
        show_default=False,
    ),
]


@app.command(cls=OptionNamingCommand)
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
    from ...fitting.start import settled
    from ...fitting.training.cascade_config import CascadeSettings, cascade_config
    from ...fitting.training.cascade_open import opening
    from ...fitting.training.examples import load_samples
    from ...fitting.training.single import train_one

    training.check_columns(examples)
    settings, how = training.settings(threshold=threshold), CascadeSettings(shared=shared)
    if settings.begins_from:
        settled(settings)
    samples, labels = _in_tree(load_samples(examples, "examples", **settings.reading), tree)
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


@app.command(cls=OptionNamingCommand)
def apply(
    model: options.Model,
    texts: Annotated[
        Path,
        typer.Argument(
            metavar="TEXTS",
            help="A text a line (.txt), or any file of examples, whose spans are not read.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="File of annotated text, .jsonl.", show_default=False),
    ],
    tree: Annotated[
        Path | None,
        typer.Option(
            help="Another tree than the one it was trained on: .yaml, .jsonl or .json.",
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Probability that a label needs; below it a span keeps the parent, or is left out "
            "at the top.",
            show_default="the pipeline's",
        ),
    ] = None,
    spans_key: Annotated[
        str | None,
        typer.Option(
            help="Of several classifiers, that which writes doc.spans[KEY].", show_default=False
        ),
    ] = None,
    gpu_id: options.Gpu = -1,
    quiet: options.Quiet = False,
) -> None:
    """Annotate TEXTS with a pipeline that has a `fewner_cascade`.

    Each span gets the path of the deepest label reached and its probability; `meta.levels` has
    those of every level. Whatever else belongs to an example is kept; so are its own tokens.
    """
    from ...cascade.trees import tree_of
    from ...data import samples_to_docs, write_samples
    from ...fitting.training.training import use_device
    from ...synthesis.retrieval.corpus_file import read_unlabelled

    check_apart(texts, out)
    if threshold is not None:
        check_number("threshold", threshold, least=0, most=1)
    use_device(gpu_id)
    nlp = load_pipeline(model)
    classifier = cascade_in(nlp, spans_key)
    if classifier is None and spans_key and cascade_in(nlp):
        rule = "must be a key that a fewner_cascade of the pipeline writes"
        raise FewnerError("spans_key", rule, spans_key, "Name another, or leave it out.")
    if classifier is None:
        remedy = "Make one with `cascade train`, or annotate with nlp.pipe."
        raise FewnerError("model", "must have a fewner_cascade", nlp.pipe_names, remedy)
    if tree:
        classifier.set_tree(tree_of(tree))
    if threshold is not None:
        classifier.set_threshold(threshold)
    key, given = classifier.spans_key, read_unlabelled(texts)
    docs, _ = samples_to_docs(given, nlp, "fewner_none")
    found = [annotated(*pair, key) for pair in zip(given, nlp.pipe(docs), strict=True)]
    write_samples(found, out, spans_key=key)
    tell_losses(found, out)
    if not quiet:
        spans = sum(len(sample.spans) for sample in found)
        say(f"{spans} spans in {len(found)} texts  {out}")


def _in_tree(samples: "list[Sample]", path: Path | None):
    """The samples with paths for labels, and the tree they are of."""
    from ...data.trees.file import read_tree
    from ...data.trees.labels import to_tree, tree_from_schema
    from ...types import Schema

    with path_given_as("tree"):
        tree = read_tree(path) if path else tree_from_schema(Schema.from_samples(samples))
    return to_tree(samples, tree), tree
