"""`cascade apply`: a pipeline with a classifier over a tree, or a language model, on texts."""

from pathlib import Path
from typing import Annotated

import typer

from ....errors import FewnerError, check_number
from ...options import shared as options
from ...options.annotating import annotated
from ...options.distinct_files import check_written
from ...options.option_groups import unbundled
from ...options.reading import ReadingOptions
from ...options.saving import tell_losses
from ...options.say import say
from .asked import annotate_asking
from .asking_options import AskingOptions, CascadeLlmOptions
from .form_options import FormOptions
from .with_tree import with_classifier

Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="Folder or installed package of a pipeline; with --llm a tree of labels (.yaml, "
        ".jsonl or .json) is enough.",
        show_default=False,
    ),
]
Texts = Annotated[
    Path,
    typer.Argument(
        metavar="TEXTS",
        help="A text a line (.txt), or any file of examples, whose spans are not read.",
        show_default=False,
    ),
]
Out = Annotated[
    Path, typer.Argument(metavar="OUT", help="File of annotated text, .jsonl.", show_default=False)
]
OtherTree = Annotated[
    Path | None,
    typer.Option(
        help="Another tree than the one it was trained on: .yaml, .jsonl or .json.",
        show_default=False,
    ),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        help="Probability that a label needs; below it a span keeps the parent, or is left out "
        "at the top.",
        show_default="the pipeline's; 0 with --llm",
    ),
]
ClassifierKey = Annotated[
    str | None,
    typer.Option(
        help="Of several classifiers, that which writes doc.spans[KEY].", show_default=False
    ),
]


@unbundled
def apply(
    model: Model,
    texts: Texts,
    out: Out,
    tree: OtherTree = None,
    threshold: Threshold = None,
    spans_key: ClassifierKey = None,
    gpu_id: options.Gpu = -1,
    quiet: options.Quiet = False,
    *,
    language_model: CascadeLlmOptions,
    asking: AskingOptions,
    form: FormOptions,
    reading: ReadingOptions,
) -> None:
    """Annotate TEXTS with a `fewner_cascade`, or by a language model.

    Each span gets the path of the deepest label reached and its probability; `meta.levels` has
    those of every level. Whatever else belongs to an example is kept; so are its own tokens.
    With --llm a language model marks the spans and chooses their labels; of MODEL the tree is
    taken. Replies go to OUT's name with .journal.jsonl, what could not be used of them to
    .rejects.jsonl.
    """
    from ....fitting.training.training import use_device

    check_written(out, language_model.journal, texts, tree, asking.examples, model)
    reading.check_texts(texts, asking.examples)
    if threshold is not None:
        check_number("threshold", threshold, least=0, most=1)
    use_device(gpu_id)
    if language_model.named or asking.classifier_llm:
        given = (model, tree, spans_key)
        how = language_model, asking, form, reading
        annotate_asking(given, texts, out, threshold, quiet, *how)
        return
    if (language_model, asking, form) != (CascadeLlmOptions(), AskingOptions(), FormOptions()):
        rule = "a language model must be named where its options are given"
        raise FewnerError("--llm", rule, "none", "Name one, or leave the others out.")
    _annotate(model, tree, spans_key, texts, out, threshold, quiet, reading)


def _annotate(
    model: str,
    tree: Path | None,
    spans_key: str | None,
    texts: Path,
    out: Path,
    threshold: float | None,
    quiet: bool,
    reading: ReadingOptions,
) -> None:
    """With what was trained."""
    from ....data import samples_to_docs, write_samples

    nlp, classifier = with_classifier(model, tree, spans_key)
    if threshold is not None:
        classifier.set_threshold(threshold)
    key, given = classifier.spans_key, reading.unlabelled(texts)
    docs, _ = samples_to_docs(given, nlp, "fewner_none")
    found = [annotated(*pair, key) for pair in zip(given, nlp.pipe(docs), strict=True)]
    write_samples(found, out, spans_key=key)
    tell_losses(found, out)
    if not quiet:
        spans = sum(len(sample.spans) for sample in found)
        say(f"{spans} spans in {len(found)} texts  {out}")
