"""`convert`, `sample` and `split`: examples from files to files."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import FewnerError
from ..options import shared as options
from ..options.distinct_files import check_apart
from ..saving import save, tell_losses
from . import geic

if TYPE_CHECKING:
    from ...data.trees.tree import LabelTree
    from ...types import Sample

Out = Annotated[
    Path,
    typer.Argument(
        metavar="OUT", help="File to write; its suffix names the format.", show_default=False
    ),
]
_FORMAT = "jsonl, json, conll, spacy or geic (CascadeNER's); by default the suffix decides."


def convert(
    examples: options.Examples,
    out: Out,
    from_format: Annotated[
        str | None, typer.Option("--from", help=_FORMAT, show_default=False)
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
    joiner: Annotated[
        str,
        typer.Option(
            help='Between the tokens of a column file; "" for Chinese or Japanese.',
            show_default="a space",
        ),
    ] = " ",
    lang: options.Lang = "en",
    spans_key: options.SpansKey = "sc",
) -> None:
    """Write EXAMPLES in another format.

    Spans that the format of OUT cannot hold, such as nested ones in .conll, are an error; what else
    it cannot hold is counted on stderr. In the same format everything is kept.
    """
    from ...cascade.rows.geic import write_geic
    from ...data import read_samples
    from ...data.trees.file import read_tree
    from ...fitting.training.examples import blank_pipeline

    check_apart(examples, out, tree)
    labels = read_tree(tree) if tree else None
    if from_format == geic.FORMAT:
        samples = geic.read(examples, labels)
    else:
        samples = read_samples(examples, from_format, spans_key, joiner=joiner)  # type: ignore[arg-type]
        samples = _in_tree(samples, labels)
    if to_format == geic.FORMAT:
        write_geic(samples, out, labels)
        tell_losses(samples, out, to_format)
    else:
        save(samples, out, to_format, spans_key=spans_key, nlp=blank_pipeline(lang))
    typer.echo(f"{len(samples)} examples in {out}")


def _in_tree(samples: "list[Sample]", tree: "LabelTree | None") -> "list[Sample]":
    from ...data.trees.labels import to_tree

    return samples if tree is None else to_tree(samples, tree)


def sample(
    examples: options.Examples,
    out: Out,
    shots: Annotated[
        int | None,
        typer.Option(help="Examples until every label has so many spans.", show_default=False),
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="So many examples at random.", show_default=False)
    ] = None,
    stratified: Annotated[
        bool,
        typer.Option(
            "--stratified",
            help="With --size: as many spans of each label, in at most SIZE examples.",
        ),
    ] = False,
    seed: options.Seed = 0,
    spans_key: options.SpansKey = "sc",
) -> None:
    """Choose some of EXAMPLES, by label or by number.

    Whatever else belongs to an example is kept. The same seed gives the same choice, and a larger
    --shots or --size contains the smaller one (without --stratified).
    """
    from ...data import read_samples

    if (shots is None) == (size is None):
        given = f"shots {shots}, size {size}"
        raise FewnerError("shots, size", "one of them must be given", given, "Add --shots 10.")
    if stratified and size is None:
        raise FewnerError("stratified", "needs a size", f"shots {shots}", "Add --size 100.")
    check_apart(examples, out)
    samples = read_samples(examples, spans_key=spans_key)
    chosen = _choose(samples, shots, size, stratified, seed)
    save(chosen, out, spans_key=spans_key)
    typer.echo(f"{len(chosen)} examples in {out}")


def _choose(
    samples: "list[Sample]", shots: int | None, size: int | None, stratified: bool, seed: int
) -> "list[Sample]":
    from ...data import k_shot, nested_subsets
    from ...data import stratified as choose_stratified

    if shots is not None:
        return k_shot(samples, shots, seed)
    assert size is not None
    if stratified:
        return choose_stratified(samples, size, seed)
    return nested_subsets(samples, [size], seed)[size]


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
) -> None:
    """Split EXAMPLES in two, labels balanced.

    Equal texts stay together, and whatever else belongs to an example is kept.
    """
    from ...data import read_samples, train_dev_split

    check_apart(examples, train, dev)
    samples = read_samples(examples, spans_key=spans_key)
    parts = train_dev_split(samples, fraction, seed)
    _write_both({train: parts[0], dev: parts[1]}, spans_key)
    typer.echo(f"{len(parts[0])} examples in {train}, {len(parts[1])} in {dev}")


def _write_both(files: "dict[Path, list[Sample]]", spans_key: str) -> None:
    """All of the files or, if one of them cannot be written, none."""
    from ...data import write_samples

    with tempfile.TemporaryDirectory() as folder:
        # A first time where it does no harm: what cannot be written shows here.
        for number, (path, samples) in enumerate(files.items()):
            write_samples(samples, Path(folder) / f"{number}{path.suffix}", spans_key=spans_key)
    for path, samples in files.items():
        write_samples(samples, path, spans_key=spans_key)
        tell_losses(samples, path)
