"""`pretrain`: from many data sets to what a model knows of types before it sees an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...pretraining.settings import PretrainSettings
from ...shown import counted
from ..options import shared as options
from ..options.names import called
from ..options.option_groups import unbundled
from ..options.reading import ReadingOptions
from ..options.say import say

if TYPE_CHECKING:
    from ...pretraining.data_list import DataList
    from ...pretraining.run import Pretrained

DataFile = Annotated[
    Path,
    typer.Argument(
        metavar="LIST",
        help="YAML file that lists the data sets; see configs/pretrain.yaml.",
        show_default=False,
    ),
]
OutFolder = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Folder of the start to write. While it trains it holds checkpoints: the same command "
        "again goes on from the last one.",
        show_default=False,
    ),
]
Root = Annotated[
    Path | None,
    typer.Option(
        metavar="<path>",
        help="Folder where the paths in LIST begin; without it, where LIST is.",
        show_default=False,
    ),
]
StartFrom = Annotated[
    str,
    typer.Option(
        help='Go on from a start: "open", or a folder that this command wrote; from scratch if not '
        "given.",
        show_default=False,
    ),
]
Encoder = Annotated[
    str,
    typer.Option(
        help='Hub name, folder, "pkg:package/folder" of an installed package, or "auto" for '
        "all-MiniLM-L6-v2, from the extra [demo] or the hub."
    ),
]
Passes = Annotated[float, typer.Option(help="How often each text is seen, on average.")]
LearnRate = Annotated[float, typer.Option(help="Learn rate at its highest.")]
AdapterRank = Annotated[int, typer.Option(help="Rank of the LoRA adapter.")]
BatchSize = Annotated[int, typer.Option(help="Texts in an update.")]
Group = Annotated[int, typer.Option(help="How many of these in a row are of one data set.")]
Drawing = Annotated[
    str,
    typer.Option(
        metavar="none|uniform|frequency",
        help="How the absent labels are drawn that a text is asked about.",
    ),
]
TokenLoss = Annotated[float, typer.Option(help="Weight of the loss of single tokens.")]
Writer = Annotated[int, typer.Option(help="Width of what writes the weights of labels.")]
MaxWidth = Annotated[int, typer.Option(help="Widest span to learn, in tokens.")]
MostTokens = Annotated[int, typer.Option(help="Longest text to learn from, in tokens.")]
Precision = Annotated[
    str,
    typer.Option(
        metavar="auto|float32|bfloat16",
        help="Of the encoder's numbers; auto is what the processor is fast with.",
    ),
]
SaveEvery = Annotated[float, typer.Option(help="Seconds between checkpoints.")]


@dataclass(frozen=True)
class PretrainOptions:
    """Named as in PretrainSettings."""

    start: StartFrom = PretrainSettings.start
    encoder: Encoder = PretrainSettings.encoder
    revision: options.Revision = PretrainSettings.revision
    passes: Passes = PretrainSettings.passes
    learn_rate: LearnRate = PretrainSettings.learn_rate
    rank: AdapterRank = PretrainSettings.rank
    batch_size: BatchSize = PretrainSettings.batch_size
    group: Group = PretrainSettings.group
    negatives: Drawing = PretrainSettings.negatives
    token_loss: TokenLoss = PretrainSettings.token_loss
    writer: Writer = PretrainSettings.writer
    max_width: MaxWidth = PretrainSettings.max_width
    most_tokens: MostTokens = PretrainSettings.most_tokens
    precision: Precision = PretrainSettings.precision
    save_every: SaveEvery = PretrainSettings.save_every
    seed: options.Seed = PretrainSettings.seed
    gpu_id: options.Gpu = PretrainSettings.gpu_id


@unbundled
def pretrain(
    data: DataFile,
    out: OutFolder,
    root: Root = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    settings: PretrainOptions,
    reading: ReadingOptions,
) -> None:
    """Teach a model types in general, from many data sets.

    Each has labels of its own. OUT gets a start: `zero-shot` and `fewner` with labels find spans
    with it, and trainings begin from it. With dev sets in LIST it is scored on them, on types
    without examples. OUT also gets a model card, README.md, with the licences of the data.
    """
    from ...pretraining.data_list import read_data_list
    from ...pretraining.run import pretrain as run_pretrain

    PretrainSettings(**vars(settings))  # its errors come before minutes of reading
    with called(data=str(data)):
        listed = read_data_list(data, root)
        reading.check_columns(*_files(listed))
        result = run_pretrain(
            **_read(listed, reading, shown=not quiet),
            out=out,
            overwrite=overwrite,
            progress=not quiet,
            **vars(settings),
        )
    if not quiet:
        say("\n".join(_summary(result)))


def _files(listed: "DataList") -> list[Path]:
    """Of the list, but for folders."""
    paths = [one.path for one in (*listed.train, *listed.dev)]
    return [path for path in (*paths, *listed.held_out) if not path.is_dir()]


def _read(listed: "DataList", reading: ReadingOptions, shown: bool) -> dict[str, Any]:
    """What a list names, as `pretrain` takes it."""
    from ...progress import counted, progress_shown

    with progress_shown(shown):
        parts = counted(listed.train, "Reading", "data sets", len(listed.train))
        return {
            "schemes": [one.read(**reading.how(one.path)) for one in parts],
            "dev": [one.read(**reading.how(one.path)) for one in listed.dev],
            "held_out": {str(path): reading.samples(path) for path in listed.held_out},
            "shares": {one.name: one.share for one in listed.train},
            "about": {
                "sources": {
                    one.name: {"licence": one.licence, "source": one.source} for one in listed.train
                }
            },
        }


def _summary(result: "Pretrained") -> list[str]:
    counts = result.counts
    zero_shot = result.start.about.get("zero_shot")
    sets = zero_shot["sets"].items() if zero_shot else ()
    return [
        f"texts      {counts['texts']:,} with {counts['spans']:,} spans of {counts['labels']:,} "
        f"labels, from {counted(counts['data_sets'], 'data set')}",
        f"left out   {counts['in_held_out']:,} texts like held-out ones, "
        f"{counts['texts_too_long']:,} too long; {counts['spans_too_wide']:,} spans too wide, "
        f"{counts['spans_off_tokens']:,} with an edge inside a token",
        f"loss       {result.loss:.2f} of a text at the end",
        *(f"zero-shot  {_scores(name, one)}" for name, one in sets),
        f"threshold  {result.start.threshold:g}{'' if sets else ', a guess: no dev set is listed'}",
        f"start      {result.folder}",
    ]


def _scores(name: str, scores: Mapping[str, Any]) -> str:
    p, r, f = (f"{100 * scores['all'][rate]:.1f}" for rate in "prf")
    known, new = (f"{100 * scores[part]['f']:.1f}" for part in ("seen", "unseen"))
    parts = [f"P {p}, R {r}"]
    parts += [f"names seen {known}"] if scores["seen"]["labels"] else []
    parts += [f"unseen {new}"] if scores["unseen"]["labels"] else []
    return f"{name}: F1 {f} ({', '.join(parts)})"
