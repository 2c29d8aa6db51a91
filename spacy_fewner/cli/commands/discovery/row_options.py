"""Options of `rows` that belong to one form of rows; None where they are not given."""

from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True)
class ConversationOptions:
    """Of --form conversations; named as in Conversations."""

    queries: Annotated[
        str | None,
        typer.Option(
            metavar="turns|each|all",
            help="A type a turn, a conversation for each type, or all types in one query.",
            show_default="turns",
        ),
    ] = None
    query: Annotated[
        str | None,
        typer.Option(
            metavar="name|definition",
            help="What a type is called in its question.",
            show_default="name",
        ),
    ] = None
    data_set_line: Annotated[
        bool | None,
        typer.Option(
            "--data-set-line/--no-data-set-line",
            help="Begin with the data set's name where its labels are a closed scheme; leave it "
            "out for a model that is to find types it has not seen.",
            show_default="with it",
        ),
    ] = None
    most_queries: Annotated[
        int | None,
        typer.Option(help="Queries of one data set, at most.", show_default="200000"),
    ] = None


@dataclass(frozen=True)
class CodeOptions:
    """Of --form code; named as in Regularisers and CodeRows."""

    shuffle: Annotated[
        bool | None,
        typer.Option(
            "--shuffle/--no-shuffle", help="Shuffle the types of a row.", show_default="shuffled"
        ),
    ] = None
    dropout: Annotated[
        float | None,
        typer.Option(
            help="Chance that a type of a row is left out, with what it annotates.",
            show_default="0.15",
        ),
    ] = None
    paraphrase: Annotated[
        bool | None,
        typer.Option(
            "--paraphrase/--no-paraphrase",
            help='Take any of the definitions of a type: "paraphrases" in its schema, and those of '
            "other documents.",
            show_default="any",
        ),
    ] = None
    label_noise: Annotated[
        list[float] | None,
        typer.Option(
            help="Chance that a type is called LABEL_1, LABEL_2, …; may be repeated: each pass "
            "takes the next.",
            show_default="0.15, 0.5, 0.75",
        ),
    ] = None
    examples: Annotated[
        int | None,
        typer.Option(help='"Such as" strings of a type, at most 5.', show_default="5"),
    ] = None
    masking: Annotated[
        float | None,
        typer.Option(help="Chance that a type is called MaskedClass.", show_default="0"),
    ] = None
    deletion: Annotated[
        float | None,
        typer.Option(
            help="Chance that a text loses the sentences of some of its spans, whose types stay.",
            show_default="0",
        ),
    ] = None
    most_types: Annotated[
        int | None,
        typer.Option(
            help="Of a closed scheme of at most so many labels all stand in each row.",
            show_default="30",
        ),
    ] = None
    passes: Annotated[
        int | None,
        typer.Option(help="Rows of each text, each changed anew.", show_default="1"),
    ] = None
    curriculum: Annotated[
        str | None,
        typer.Option(
            metavar="none|length|types",
            help="Short texts first, or few types first.",
            show_default="none",
        ),
    ] = None
