"""`cascade apply`: a pipeline with a classifier over a tree, on texts."""

from pathlib import Path
from typing import Annotated

import typer

from ....errors import FewnerError, check_number
from ...options import shared as options
from ...options.annotating import annotated
from ...options.distinct_files import check_apart
from ...options.pipelines import cascade_in, load_pipeline
from ...options.saving import tell_losses
from ...options.say import say


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
    from ....cascade.trees import tree_of
    from ....data import samples_to_docs, write_samples
    from ....fitting.training.training import use_device
    from ....synthesis.retrieval.corpus_file import read_unlabelled

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
