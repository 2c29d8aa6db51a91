"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

Examples = Annotated[
    Path,
    typer.Argument(
        metavar="EXAMPLES",
        help="Annotated text: .jsonl or .json (character offsets, classes of texts), .csv or .tsv "
        "(a text and its class a row), .conll, .bio, .iob, .tsv or .txt (columns), .conllu, .words "
        "or .seg (a sentence a line, words parted by spaces), .spacy (DocBin).",
        show_default=False,
    ),
]
Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="Folder or installed package of a pipeline.", show_default=False
    ),
]
PipelineFolder = Annotated[
    Path, typer.Argument(metavar="MODEL", help="Folder of a pipeline.", show_default=False)
]
OutPipeline = Annotated[
    Path,
    typer.Argument(metavar="OUT", help="Folder of the pipeline to write.", show_default=False),
]
OutFile = Annotated[
    Path, typer.Argument(metavar="OUT", help="JSONL file to write.", show_default=False)
]
HeldOut = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="<path>",
        help="A dev or test file: nothing like its texts is taken from what a language model "
        "wrote. Name each there is, each with its own --held-out.",
        show_default=False,
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        help="The label scheme: names with commas between, a JSONL file of "
        '{"id": ...} objects, or a tree (.yaml, .json). Other labels in the data are errors.',
        show_default=False,
    ),
]
Lang = Annotated[
    str,
    typer.Option(
        help="spaCy language code of the texts, xx for any: for the tokenizer, and what a language "
        "model is asked in."
    ),
]
Tokens = Annotated[
    Literal["auto", "words", "mixed", "characters"],
    typer.Option(
        help="What a token is, where spans begin and end: words as spaCy cuts them, each "
        "character, or mixed: words, and characters of scripts without spaces and of Korean. "
        "auto is words or mixed, by language and texts."
    ),
]
SpansKey = Annotated[str, typer.Option(help="Where the spans are: doc.spans[KEY].")]
Seed = Annotated[int, typer.Option(help="Seed of every random choice.")]
Gpu = Annotated[int, typer.Option("--gpu-id", "-g", help="GPU to use, -1 for the CPU.")]
Nested = Annotated[
    bool | None,
    typer.Option(
        "--nested/--flat",
        help="Whether spans may lie in each other. Without it, the data decide.",
        show_default=False,
    ),
]
Tiling = Annotated[
    bool | None,
    typer.Option(
        "--tiling/--no-tiling",
        help="Whether each token gets exactly one span, as in word segmentation and part-of-speech "
        "tagging. Without it, the data decide.",
        show_default=False,
    ),
]
Exclusive = Annotated[
    bool | None,
    typer.Option(
        "--exclusive/--multi-label",
        help="Whether each text has exactly one class. Without it, the data decide.",
        show_default=False,
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what an earlier run wrote.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]

Encoder = Annotated[
    str,
    typer.Option(
        help='Hub name, folder, "pkg:package/folder" of an installed package, "cnn" (small, '
        'nothing pretrained), or "auto" for all-MiniLM-L6-v2, from the extra [demo] or the hub.'
    ),
]
Revision = Annotated[
    str, typer.Option(help="Branch, tag or commit of a hub encoder.", show_default=False)
]
Epochs = Annotated[int | None, typer.Option(help="Passes over the examples.", show_default="30")]
MinSteps = Annotated[
    int | None,
    typer.Option(help="Updates to make at least, however few the examples.", show_default="120"),
]
Rank = Annotated[
    int | None,
    typer.Option(
        help="Rank of the LoRA adapter; 0 fine-tunes the whole encoder.",
        show_default="16",
    ),
]
Start = Annotated[
    str,
    typer.Option(
        help='What the model knows of types at first: "open" (comes with this package, for '
        'all-MiniLM-L6-v2), "scratch" (nothing), the folder of another start, or "measured", the '
        "better one of the first two on held-out text. `train` holds nothing out and takes "
        '"open" where it fits, `cascade train` "scratch".',
    ),
]
HeadContext = Annotated[
    Literal["attention", "convolution", "none"],
    typer.Option(
        help="By what a span learns of those that begin with it and end near; the last two are for "
        "comparison, and train from scratch."
    ),
]
Alignment = Annotated[
    Literal["strict", "expand", "contract"],
    typer.Option(
        help='Spans with an edge inside a token: "strict" refuses them, "expand" and "contract" '
        "move them."
    ),
]
SetEnts = Annotated[bool, typer.Option("--set-ents", help="Also fill doc.ents.")]
Save = Annotated[
    str,
    typer.Option(
        help='What to store of the encoder: "adapter" (small, needs the base at load) or "merged".'
    ),
]


def given(**options: Any) -> dict[str, Any]:
    """Those that were given; the others keep the recipe's value."""
    return {name: value for name, value in options.items() if value is not None}
