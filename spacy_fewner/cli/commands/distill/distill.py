"""`distill`: rows to a small language model tuned on them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....errors import path_given_as
from ...options import shared as options
from ...options.names import called
from ...options.option_groups import unbundled
from ...options.reading import ReadingOptions
from ...options.say import say
from .tuning_options import GoldOptions, TuningOptions

if TYPE_CHECKING:
    from ....distill.tuning.outcome import RoundResult, TuningReport
    from ....llm.chat_rows import ChatRow

RowFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="ROWS",
        help="JSONL files of chats to learn from, as `rows`, `cascade rows` and other tools write "
        "them.",
        show_default=False,
    ),
]
OutFolder = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Folder of the tuned model to write. While it trains it holds checkpoints: the same "
        "command again goes on from the last one.",
        show_default=False,
    ),
]
BaseModel = Annotated[
    str,
    typer.Option(
        help="The model to tune: a hub name, a folder, or a .gguf file, which is dequantised.",
        show_default=False,
    ),
]
RecipeName = Annotated[
    str,
    typer.Option(
        "--recipe",
        metavar="small|universalner|guidex|cascade",
        help="Where the options that are not given come from: small is for a CPU, the others are "
        "the papers'.",
    ),
]
DevFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--dev",
        metavar="<path>",
        help="A file of rows to measure on; may be given again.",
        show_default="a part of ROWS",
    ),
]
DevShare = Annotated[
    float,
    typer.Option(help="Part of the rows to measure on without --dev, by texts; 0 for none."),
]
Against = Annotated[
    list[Path] | None,
    typer.Option(
        "--against",
        metavar="<path>",
        help="A test file of annotated text: rows that show one of its texts are left out. Name "
        "each there is.",
        show_default=False,
    ),
]
GoldFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--gold",
        metavar="<path>",
        help="A file of gold rows for a second round, which goes on from the first; may be given "
        "again.",
        show_default=False,
    ),
]


@unbundled
def distill(
    rows: RowFiles,
    out: OutFolder,
    base: BaseModel,
    recipe: RecipeName = "small",
    dev: DevFiles = None,
    dev_share: DevShare = 0.1,
    against: Against = None,
    gold: GoldFiles = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    tuning: TuningOptions,
    gold_round: GoldOptions,
    reading: ReadingOptions,
) -> None:
    """Tune a small language model on rows.

    OUT gets an adapter (or, with --method full, a model), its tokenizer, a report with the losses,
    and scores.json. `accelerate launch -m spacy_fewner.cli distill …` trains on several GPUs.
    """
    from dataclasses import fields, replace

    from ....distill.tuning.run import distill as run_distill
    from ....distill.tuning.settings import Settings
    from ....distill.tuning.settings import recipe as recipe_of

    reading.check_columns(*(against or ()))
    chosen = recipe_of(recipe)
    settings = Settings(base=base, **{**chosen.first, **_given(tuning)})
    own = _given(gold_round)
    changes = {one.name: own.get(f"gold_{one.name}") for one in fields(chosen.gold)}
    second = replace(chosen.gold, **{name: v for name, v in changes.items() if v is not None})
    with path_given_as("--against"):
        texts = {str(path): [one.text for one in reading.samples(path)] for path in against or ()}
    with called(rows="ROWS", out="OUT", dev_share="--dev-share", dev="--dev", gold="--gold"):
        result = run_distill(
            _rows(rows, "rows"),
            out,
            settings,
            dev=_rows(dev, "dev"),
            dev_share=dev_share,
            gold=_rows(gold, "gold"),
            gold_round=second,
            against=texts,
            overwrite=overwrite,
            progress=not quiet,
        )
    if not quiet and result.is_main:
        say("\n".join(_summary(result)))


def _given(bundle: Any) -> dict[str, Any]:
    return options.given(**vars(bundle))


def _rows(paths: Sequence[Path] | None, name: str) -> "list[ChatRow]":
    from ....llm.chat_rows import read_rows

    with path_given_as(name):
        return [row for path in paths or () for row in read_rows(path)]


def _summary(result: "TuningReport") -> list[str]:
    counts = result.counts
    parts = [name.removesuffix("_train") for name in counts if name.endswith("_train")]
    return [
        *(
            f"{one:7} {counts[f'{one}_train']:,} to learn, {counts[f'{one}_dev']:,} to measure on; "
            f"left out {counts[f'{one}_too_long']:,} too long, {counts[f'{one}_held_out']:,} like "
            "held-out texts"
            for one in parts
        ),
        *map(_round, result.rounds),
        f"model   {result.folder}",
    ]


def _round(one: "RoundResult") -> str:
    pace = f", {one.tokens / one.seconds:,.0f} tokens a second" if one.seconds else ""
    early = " (dev loss fell no more)" if one.updates < one.planned else ""
    said = f"tuned   {one.updates:,} of {one.planned:,} updates{early}{pace}"
    if one.best is None:
        return f"{said}; no rows to measure on"
    step, loss = one.best
    if not step:
        return (
            f"{said}; dev loss {one.before:.3f} never fell: raise --learn-rate, or give more rows"
        )
    return f"{said}; dev loss {one.before:.3f} -> {loss:.3f} after update {step:,}"
