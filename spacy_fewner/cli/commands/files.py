"""`convert`, `sample` and `split`: examples from files to files."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import FewnerError
from ..options import shared as options
from ..options.distinct_files import check_apart
from ..options.option_groups import unbundled
from ..options.reading import ColumnOptions, ReadingOptions, TokenizingOptions
from ..options.saving import tell_losses
from ..options.say import say
from .cascade import geic

if TYPE_CHECKING:
    from ...data.trees.tree import LabelTree
    from ...types import Sample

Out = Annotated[
    Path,
    typer.Argument(
        metavar="OUT", help="File to write; its suffix names the format.", show_default=False
    ),
]
_FORMAT = (
    "jsonl, json, conll, conllu, words (a sentence a line), csv or tsv (a text and its class a "
    "row), spacy or geic (CascadeNER's); by default the suffix decides."
)


@unbundled
def convert(
    examples: options.Examples,
    out: Out,
    from_format: Annotated[
        str | None, typer.Option("--from", "--format", help=_FORMAT, show_default=False)
    ] = None,
    to_format: Annotated[str | None, typer.Option("--to", help=_FORMAT, show_default=False)] = None,
    tree: Annotated[
        Path | None,
        typer.Option(
            help="A tree of labels: those of the data, which may go by name or synonym, become its "
            "paths. In GEIC they are names again.",
            show_default=False,
        ),
    ] = None,
    keep_tokens: Annotated[
        bool,
        typer.Option(
            "--keep-tokens/--no-tokens",
            help="Keep the tokens of EXAMPLES, or leave them out, for texts to be cut anew.",
        ),
    ] = True,
    spans_key: options.SpansKey = "sc",
    *,
    reading: ColumnOptions,
    tokenizing: TokenizingOptions,
) -> None:
    """Write EXAMPLES in another format.

    Spans that the format of OUT cannot hold, such as nested ones in .conll, are an error; what else
    it cannot hold is counted on stderr. In the same format everything is kept. Of classes, a table
    gets one column, or as many as a text has; a DocBin gets all, 0 or 1, for each text.
    """
    from ...cascade.rows.geic import write_geic
    from ...data.trees.file import read_tree

    check_apart(examples, out, tree)
    reading.check_columns(examples, format=from_format)
    labels = read_tree(tree) if tree else None
    if from_format == geic.FORMAT:
        samples = geic.read(examples, labels)
    else:
        samples = reading.samples(examples, from_format, spans_key=spans_key)
        samples = _in_tree(samples, labels)
    if not keep_tokens:
        samples = [replace(sample, tokens=None) for sample in samples]
    if to_format == geic.FORMAT:
        write_geic(samples, out, labels)
    else:
        samples = _for_textcat(samples, out, to_format)
        tokenizing.write(samples, out, to_format, spans_key)
    tell_losses(samples, out, to_format, tokenizing.pipeline)
    say(f"{len(samples)} examples in {out}")


def _for_textcat(samples: "list[Sample]", out: Path, format: str | None) -> "list[Sample]":
    """For a DocBin, each text with all classes."""
    from ...data.classes.labels import with_all_classes
    from ...data.read import format_to_write

    return (
        with_all_classes(samples) if format_to_write(samples, out, format) == "spacy" else samples
    )


def _in_tree(samples: "list[Sample]", tree: "LabelTree | None") -> "list[Sample]":
    from ...data.trees.labels import to_tree

    return samples if tree is None else to_tree(samples, tree)


@unbundled
def sample(
    examples: options.Examples,
    out: Out,
    shots: Annotated[
        int | None,
        typer.Option(
            help="Examples until every label has so many spans, and every class so many texts.",
            show_default=False,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict/--no-strict",
            help="With --shots: whether fewer of a label are an error; else all it has are taken.",
        ),
    ] = True,
    size: Annotated[
        int | None, typer.Option(help="So many examples at random.", show_default=False)
    ] = None,
    stratified: Annotated[
        bool,
        typer.Option(
            "--stratified",
            help="With --size: as many spans of each label or texts of each class, in at most SIZE "
            "examples.",
        ),
    ] = False,
    seed: options.Seed = 0,
    spans_key: options.SpansKey = "sc",
    *,
    reading: ReadingOptions,
    tokenizing: TokenizingOptions,
) -> None:
    """Choose some of EXAMPLES, by label or class, or by number.

    Whatever else belongs to an example is kept. The same seed gives the same choice, and a larger
    --shots or --size contains the smaller one (without --stratified).
    """
    if (shots is None) == (size is None):
        given = f"shots {shots}, size {size}"
        raise FewnerError("shots, size", "one of them must be given", given, "Add --shots 10.")
    if stratified and size is None:
        raise FewnerError("stratified", "needs a size", f"shots {shots}", "Add --size 100.")
    check_apart(examples, out)
    reading.check_columns(examples)
    samples = reading.samples(examples, spans_key=spans_key)
    chosen = _choose(samples, shots, size, stratified, seed, strict)
    tokenizing.write(chosen, out, None, spans_key)
    tell_losses(chosen, out, pipeline=tokenizing.pipeline)
    say(f"{len(chosen)} examples in {out}")


def _choose(
    samples: "list[Sample]",
    shots: int | None,
    size: int | None,
    stratified: bool,
    seed: int,
    strict: bool,
) -> "list[Sample]":
    from ...data import k_shot, nested_subsets
    from ...data import stratified as choose_stratified

    if shots is not None:
        return k_shot(samples, shots, seed, strict=strict)
    assert size is not None
    if stratified:
        return choose_stratified(samples, size, seed)
    return nested_subsets(samples, [size], seed)[size]


@unbundled
def split(
    examples: options.Examples,
    train: Annotated[
        Path,
        typer.Argument(metavar="TRAIN", help="File for the larger part.", show_default=False),
    ],
    dev: Annotated[
        Path, typer.Argument(metavar="DEV", help="File for the rest.", show_default=False)
    ],
    fraction: Annotated[float, typer.Option(help="Part of the examples in DEV.")] = 0.2,
    seed: options.Seed = 0,
    spans_key: options.SpansKey = "sc",
    *,
    reading: ReadingOptions,
    tokenizing: TokenizingOptions,
) -> None:
    """Split EXAMPLES in two, labels and classes balanced.

    Equal texts stay together, and whatever else belongs to an example is kept.
    """
    from ...data import train_dev_split

    check_apart(examples, train, dev)
    reading.check_columns(examples)
    samples = reading.samples(examples, spans_key=spans_key)
    parts = train_dev_split(samples, fraction, seed)
    _write_both({train: parts[0], dev: parts[1]}, spans_key, tokenizing)
    say(f"{len(parts[0])} examples in {train}, {len(parts[1])} in {dev}")


def _write_both(
    files: "dict[Path, list[Sample]]", spans_key: str, tokenizing: TokenizingOptions
) -> None:
    """All of the files or, if one of them cannot be written, none."""
    from ...data.files import together

    with together():
        for path, samples in files.items():
            tokenizing.write(samples, path, None, spans_key)
    for path, samples in files.items():
        tell_losses(samples, path, pipeline=tokenizing.pipeline)
