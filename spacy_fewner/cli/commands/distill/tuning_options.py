"""Options of `distill`, named as in Settings; None takes the recipe's value."""

from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True)
class TuningOptions:
    """Of both rounds."""

    revision: Annotated[
        str | None,
        typer.Option(help="Branch, tag or commit of a hub model.", show_default=False),
    ] = None
    start: Annotated[
        str | None,
        typer.Option(
            help="Go on from the adapter in this folder, which this command wrote.",
            show_default="a new one",
        ),
    ] = None
    method: Annotated[
        str | None,
        typer.Option(
            metavar="lora|qlora|full",
            help="An adapter; one on a base in 4 bits (a GPU and bitsandbytes); or all weights.",
            show_default="lora",
        ),
    ] = None
    rank: Annotated[int | None, typer.Option(help="Rank of the adapter.", show_default="16")] = None
    alpha: Annotated[
        float | None, typer.Option(help="LoRA's alpha.", show_default="twice the rank")
    ] = None
    dropout: Annotated[
        float | None, typer.Option(help="Dropout in the adapter.", show_default="0")
    ] = None
    targets: Annotated[
        str | None,
        typer.Option(
            help="Modules that get an adapter, with commas between.", show_default="all-linear"
        ),
    ] = None
    learn_rate: Annotated[
        float | None, typer.Option(help="Learn rate at its highest.", show_default="0.001")
    ] = None
    weight_decay: Annotated[float | None, typer.Option(help="Of AdamW.", show_default="0")] = None
    schedule: Annotated[
        str | None,
        typer.Option(
            metavar="cosine|linear|constant",
            help="How the learn rate falls.",
            show_default="cosine",
        ),
    ] = None
    warm_up: Annotated[
        float | None,
        typer.Option(help="Part of all updates in which it rises.", show_default="0.05"),
    ] = None
    epochs: Annotated[
        float | None, typer.Option(help="Passes over the rows.", show_default="3")
    ] = None
    batch: Annotated[
        int | None,
        typer.Option(help="Rows in an update, of all GPUs together.", show_default="8"),
    ] = None
    max_length: Annotated[
        int | None,
        typer.Option(
            help="Tokens of a row; longer ones are left out and counted.", show_default="1024"
        ),
    ] = None
    micro_tokens: Annotated[
        int | None,
        typer.Option(
            help="Tokens at once, of one GPU: lower it if memory is out; what is learnt stays the "
            "same.",
            show_default="2048",
        ),
    ] = None
    packing: Annotated[
        bool | None,
        typer.Option(
            "--packing/--no-packing",
            help="Lay rows behind each other instead of padding them; no row sees another.",
            show_default="padded",
        ),
    ] = None
    gradient_checkpointing: Annotated[
        bool | None,
        typer.Option(
            "--gradient-checkpointing/--no-gradient-checkpointing",
            help="Compute activations twice: slower, and less memory.",
            show_default="once",
        ),
    ] = None
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="auto|float32|bfloat16",
            help="Numbers that layers compute in; auto is what the processor is fast with.",
            show_default="auto",
        ),
    ] = None
    check_every: Annotated[
        int | None,
        typer.Option(
            help="Updates between checks: loss on the rows to measure on, and a checkpoint.",
            show_default="four checks an epoch",
        ),
    ] = None
    patience: Annotated[
        int | None,
        typer.Option(
            help="Checks without a better one after which training ends; 0 for never.",
            show_default="3",
        ),
    ] = None
    by: Annotated[
        str | None,
        typer.Option(
            metavar="loss|spans",
            help="What is better: the loss, or F1 of what the model generates.",
            show_default="loss",
        ),
    ] = None
    chat_template: Annotated[
        str | None,
        typer.Option(
            metavar="chatml|<path>",
            help="Chat template in place of the tokenizer's.",
            show_default="the tokenizer's own",
        ),
    ] = None
    seed: Annotated[
        int | None, typer.Option(help="Seed of every random choice.", show_default="0")
    ] = None
    device: Annotated[
        str | None,
        typer.Option(
            metavar="auto|cpu|cuda", help="Where to train.", show_default="a GPU if there is one"
        ),
    ] = None


@dataclass(frozen=True)
class GoldOptions:
    """Of the second round; what is not given is as in the recipe's, else as in the first."""

    gold_learn_rate: Annotated[
        float | None, typer.Option(help="Learn rate of the second round.", show_default=False)
    ] = None
    gold_dropout: Annotated[float | None, typer.Option(help="Its dropout.", show_default=False)] = (
        None
    )
    gold_epochs: Annotated[float | None, typer.Option(help="Its epochs.", show_default=False)] = (
        None
    )
    gold_batch: Annotated[int | None, typer.Option(help="Its batch.", show_default=False)] = None
    gold_max_length: Annotated[
        int | None, typer.Option(help="Tokens of its rows.", show_default=False)
    ] = None
