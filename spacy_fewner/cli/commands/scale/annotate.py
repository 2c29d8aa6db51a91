"""`annotate`: any number of texts through a pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import shared as options
from ...options.say import say


def annotate(
    model: options.Model,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="IN...",
            help='Files, folders, patterns ("logs/*.jsonl"), or - for stdin: .jsonl, .csv, .tsv, '
            ".parquet (extra [parquet]), .spacy (DocBin), .txt (a text a line); lines also packed "
            "as .gz.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="File to write: .jsonl, .parquet or .spacy; or a folder of parts, for many texts.",
            show_default=False,
        ),
    ],
    fields: Annotated[
        str | None,
        typer.Option(
            help="What to write of each text: spans, ents, cats, with commas between.",
            show_default="what the pipeline finds",
        ),
    ] = None,
    spans_key: Annotated[
        str | None,
        typer.Option(
            help="Which spans to write: those of doc.spans[KEY], or ents.",
            show_default="the pipeline's",
        ),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="FIELD",
            help="Put all results into this field, where fields of their names are there already.",
            show_default=False,
        ),
    ] = None,
    text_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Field that holds the text.", show_default="text"),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Format of the input: jsonl, csv, tsv, parquet, spacy or txt.",
            show_default="by its suffix; jsonl of stdin",
        ),
    ] = None,
    whole_files: Annotated[
        bool, typer.Option("--whole-files", help="A .txt file is one text, whatever its lines.")
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(
            help="Format of the output: jsonl, parquet or spacy.",
            show_default="by its suffix; jsonl in a folder",
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(help="Texts at once.", show_default="the pipeline's, at most 256"),
    ] = None,
    max_length: Annotated[
        int | None,
        typer.Option(
            help="Characters that a text may have; longer ones are rejected.",
            show_default="nlp.max_length, 1000000",
        ),
    ] = None,
    n_process: Annotated[
        int | None,
        typer.Option(
            "--n-process",
            "-n",
            help="Processes, each with the pipeline; with --ray, workers in the cluster.",
            show_default="1; with --ray, as many as CPUs",
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Let a Ray cluster do it (extra [ray]): its address, auto for one that runs here, "
            "local for one of this machine alone.",
            show_default=False,
        ),
    ] = None,
    gpu_id: options.Gpu = -1,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
) -> None:
    """Annotate any number of texts with any spaCy pipeline.

    Each row is written as it was, with spans, entities and classes. Run the same command again
    after it was stopped, and it goes on where it was. Rows without a usable text go to a file of
    rejects beside OUT.
    """
    from ....fitting.training.training import use_device
    from ....progress import progress_shown
    from ....scale import annotate as annotate_texts

    use_device(gpu_id)
    with progress_shown(not quiet):
        done = annotate_texts(
            model,
            list(inputs),
            out,
            fields=None if fields is None else [name.strip() for name in fields.split(",")],
            spans_key=spans_key,
            into=into,
            text_column=text_column,
            input_format=from_,
            whole_files=whole_files,
            output_format=to,
            batch_size=batch_size,
            max_length=max_length,
            n_process=n_process,
            ray=ray,
            gpu_id=gpu_id,
            overwrite=overwrite,
        )
    if quiet:
        return
    if done.complete_before:
        say("Nothing was left to do: this run was finished before.", err=True)
    rejected = f", {done.rejected:,} rows rejected ({done.rejects})" if done.rejected else ""
    say(f"{done.texts:,} texts{rejected}  {done.out}")
