"""`cascade train` and `cascade apply`: spans first, then their place in a tree of labels."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import FewnerError
from . import options

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from ..cascade.component import CascadeClassifier
    from ..types import Sample

app = typer.Typer(
    name="cascade",
    help="Find spans of any type, then classify them from coarse to fine in a tree of labels.",
    no_args_is_help=True,
)

Tree = Annotated[
    Path | None,
    typer.Option(
        help="The tree of labels, .yaml or .jsonl; in the data a label may go by its path, its "
        "name or a synonym. Without it, the paths in the data are the tree.",
        show_default=False,
    ),
]


@app.command()
def train(
    examples: options.Examples,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="Folder of the pipeline to write.", show_default=False),
    ],
    tree: Tree = None,
    shared: Annotated[
        bool,
        typer.Option(
            "--shared", help="One encoder for both components: half the time, less accurate."
        ),
    ] = False,
    threshold: Annotated[float, typer.Option(help="Probability from which a span is found.")] = 0.2,
    encoder: options.Encoder = "auto",
    revision: options.Revision = "",
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
    """Train a cascade on EXAMPLES: `fewner`, blind to types, and `fewner_cascade`.

    The tree may change afterwards, without training: `apply --tree`, or in Python
    nlp.get_pipe("fewner_cascade").set_tree(...). Score the pipeline with `evaluate` on text that
    it has not seen.
    """
    from ..corpus.checks import is_nested
    from ..fitting.cascade import CascadeSettings, cascade_config
    from ..fitting.examples import audited, load_samples
    from ..fitting.folder import free_folder, whole_folder
    from ..fitting.settings import FitSettings
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
        threshold=threshold,
        **options.given(epochs=epochs, min_steps=min_steps, rank=rank),
    )
    samples, labels = _in_tree(load_samples(examples, "examples", spans_key), tree)
    flat_or_nested = is_nested(samples) if nested is None else nested
    report = audited(samples, [], list(labels), flat_or_nested, lang, settings.alignment)
    use_device(gpu_id)
    cascade, size = CascadeSettings(shared=shared), len(samples)
    with whole_folder(out) as folder, progress_bar(settings.steps(size), not quiet) as on_step:
        config = cascade_config(settings, cascade, labels, size, seed, flat_or_nested)
        train_pipeline(config, samples, on_step).to_disk(folder)
    if not quiet:
        typer.echo(f"{report.table().splitlines()[0]}\npipeline  {out}")


@app.command()
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
            help="Another tree than the one it was trained on, .yaml or .jsonl.", show_default=False
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
    gpu_id: options.Gpu = -1,
    quiet: options.Quiet = False,
) -> None:
    """Annotate TEXTS with a pipeline that has a `fewner_cascade`.

    Each span gets the path of the deepest label reached and its probability; `meta.levels` has
    those of every level.
    """
    from ..data import write_samples
    from ..fitting.training import use_device
    from ..synthesis.corpus_file import read_texts
    from .evaluate import load_pipeline

    use_device(gpu_id)
    nlp = load_pipeline(model)
    classifier = cascade_in(nlp)
    if classifier is None:
        remedy = "Make one with `cascade train`, or annotate with nlp.pipe."
        raise FewnerError("model", "must have a fewner_cascade", nlp.pipe_names, remedy)
    if tree:
        classifier.set_tree(tree)
    if threshold is not None:
        classifier.set_threshold(threshold)
    key = classifier.cfg["spans_key"]
    found = [_annotated(doc, key) for doc in nlp.pipe(read_texts(texts))]
    write_samples(found, out)
    if not quiet:
        spans = sum(len(sample.spans) for sample in found)
        typer.echo(f"{spans} spans in {len(found)} texts  {out}")


def cascade_in(nlp: "Language") -> "CascadeClassifier | None":
    """The pipeline's trained cascade, if it has one."""
    from ..cascade.component import CascadeClassifier

    found = (pipe for _, pipe in nlp.pipeline if isinstance(pipe, CascadeClassifier))
    return next(found, None)


def _in_tree(samples: "list[Sample]", path: Path | None):
    """The samples with paths for labels, and the tree they are of."""
    from ..data.tree_file import read_tree
    from ..data.tree_labels import to_tree, tree_from_schema
    from ..types import Schema

    tree = read_tree(path) if path else tree_from_schema(Schema.from_samples(samples))
    return to_tree(samples, tree), tree


def _annotated(doc: "Doc", key: str) -> "Sample":
    from dataclasses import replace

    from ..data import doc_to_sample

    sample = doc_to_sample(doc, key)
    return replace(sample, meta={**sample.meta, "levels": doc.spans[key].attrs["levels"]})
