"""`zero-shot`: annotate texts with labels that nothing was trained on."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..options import shared as options
from ..options.annotating import annotated
from ..options.distinct_files import check_apart
from ..options.names import called
from ..options.option_groups import unbundled
from ..options.reading import ReadingOptions
from ..options.saving import tell_losses
from ..options.say import say

Texts = Annotated[
    Path,
    typer.Argument(
        metavar="TEXTS",
        help="A text a line (.txt), or any file of examples, whose spans are not read.",
        show_default=False,
    ),
]
OpenLabels = Annotated[
    str,
    typer.Option(
        help="What to find: names with commas between, or better a JSONL file of "
        '{"id": …, "description": …, "synonyms": […]}, one label a line.',
        show_default=False,
    ),
]


@unbundled
def zero_shot(
    texts: Texts,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="File of annotated text, .jsonl.", show_default=False),
    ],
    labels: OpenLabels,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Probability from which a span is kept.", show_default="what suited the dev sets"
        ),
    ] = None,
    start: Annotated[
        str, typer.Option(help='What the model knows: "open", or a folder that `pretrain` wrote.')
    ] = "open",
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="<path>",
            help="Write the pipeline as well, for spacy.load.",
            show_default=False,
        ),
    ] = None,
    overwrite: options.Overwrite = False,
    flat: Annotated[bool, typer.Option("--flat", help="No two spans share a token.")] = False,
    lang: options.Lang = "en",
    tokens: options.Tokens = "auto",
    spans_key: options.SpansKey = "sc",
    gpu_id: options.Gpu = -1,
    quiet: options.Quiet = False,
    *,
    reading: ReadingOptions,
) -> None:
    """Find spans of labels by their names and definitions.

    No examples, no training. Say what each label means: definitions help. With some examples of
    each label, `fit` is far more accurate.
    """
    from ...data import samples_to_docs, write_samples
    from ...data.files import together
    from ...data.tokens.pipeline import blank_pipeline
    from ...fitting.folder import free_folder, whole_folder
    from ...fitting.training.training import use_device

    for path in (texts, Path(labels)):
        check_apart(path, out)
    reading.check_texts(texts)
    if save is not None:
        with called(out="--save"):
            save = free_folder(save, overwrite)
    use_device(gpu_id)
    nlp = blank_pipeline(lang, tokens)
    nlp.add_pipe("fewner", config=_config(labels, threshold, start, not flat, spans_key))
    given = reading.unlabelled(texts)
    docs, _ = samples_to_docs(given, nlp, "fewner_none")
    found = [annotated(*pair, spans_key) for pair in zip(given, nlp.pipe(docs), strict=True)]
    with together():
        write_samples(found, out, spans_key=spans_key)
        if save is not None:
            with called(out="--save"), whole_folder(save) as folder:
                nlp.to_disk(folder)
    tell_losses(found, out)
    if not quiet:
        spans = sum(len(sample.spans) for sample in found)
        say(f"{spans} spans in {len(found)} texts  {out}")


def _config(
    labels: str, threshold: float | None, start: str, nested: bool, spans_key: str
) -> dict[str, Any]:
    return {
        "labels": labels,
        "start": start,
        "nested": nested,
        "spans_key": spans_key,
        "threshold": threshold,
    }
