"""Options that say how files of examples are read and cut into tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import FewnerError
from . import shared as options

if TYPE_CHECKING:
    from spacy.language import Language

    from ...types import Sample

TokenColumn = Annotated[
    int | None,
    typer.Option(
        help="Of files of columns: where the text is, counted from 1, or from the end with -1.",
        show_default="by contents",
    ),
]
TagColumn = Annotated[
    list[int] | None,
    typer.Option(
        help="Where the tags are; may be repeated, for spans in spans.",
        show_default="by contents",
    ),
]
Joiner = Annotated[
    str,
    typer.Option(
        help='Between the tokens of a file of columns; "" for Chinese or Japanese.',
        show_default="a space",
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        help="Of a table of texts and their classes (.csv, .tsv): the column of the text, by name, "
        "or by number from 1.",
        show_default="by usual names",
    ),
]
LabelColumn = Annotated[
    list[str] | None,
    typer.Option(help="The column of the class; may be repeated.", show_default="by usual names"),
]
LabelSeparator = Annotated[
    str | None,
    typer.Option(
        help="Between several classes in one cell of a table, for instance ';'.",
        show_default="none, a cell is one class",
    ),
]


@dataclass(frozen=True)
class ReadingOptions:
    """Of every command that reads columns."""

    token_column: TokenColumn = None
    tag_column: TagColumn = None
    joiner: Joiner = " "
    text_column: TextColumn = None
    label_column: LabelColumn = None
    label_separator: LabelSeparator = None

    def samples(self, path: Path | str, format: Any = None, **how: Any) -> "list[Sample]":
        """What read_samples has of the file."""
        from ...data import read_samples

        return read_samples(path, format, **vars(self), **how)

    def check_columns(self, *paths: Path | str | None, format: str | None = None) -> None:
        """FewnerError if columns are chosen and none of the files has any."""
        from ...data.read import has_columns, may_be_table

        given = [path for path in paths if path is not None]
        tokens = {"--tag-column": self.tag_column, "--token-column": self.token_column}
        table = {
            "--text-column": self.text_column,
            "--label-column": self.label_column,
            "--label-separator": self.label_separator,
        }
        if not any(has_columns(path, format) for path in given):
            _refuse(tokens, "needs a file of columns", given)
        if not any(may_be_table(path, format) for path in given):
            _refuse(table, "needs a table of texts and their classes (.csv, .tsv)", given)


def _refuse(options: dict[str, Any], rule: str, paths: "Sequence[Path | str]") -> None:
    """Raise FewnerError if one of the options was given."""
    for option, value in options.items():
        if value is not None:
            raise FewnerError(option, rule, ", ".join(map(str, paths)), "Leave it out.")


@dataclass(frozen=True)
class TokenizingOptions:
    """Of the commands that cut texts into tokens, where their files do not."""

    lang: options.Lang = "en"
    tokens: options.Tokens = "auto"
    alignment: options.Alignment = "strict"

    def pipeline(self) -> "Language":
        """What cuts texts into tokens; FewnerError if it is not here."""
        from ...data.tokens.pipeline import blank_pipeline

        return blank_pipeline(self.lang, self.tokens)

    def write(self, samples: "Sequence[Sample]", path: Path, format: Any, spans_key: str) -> None:
        from ...data import write_samples

        how: Any = {"spans_key": spans_key, "nlp": self.pipeline(), "alignment": self.alignment}
        write_samples(samples, path, format, **how)
