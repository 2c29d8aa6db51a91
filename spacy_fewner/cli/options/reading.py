"""Options that say how files of examples are read and cut into tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
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
    str | None,
    typer.Option(
        help='Between the tokens of a file of columns or words; "" for Chinese or Japanese.',
        show_default='a space in columns, "" in words',
    ),
]
FileFormat = Annotated[
    str | None,
    typer.Option(
        help="Of files of examples, whatever their suffix: conll (columns), conllu, words (a "
        "sentence a line, words parted by spaces), csv or tsv; .jsonl, .json and .spacy stay what "
        "they are.",
        show_default="by the suffix",
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
class ColumnOptions:
    """Of every command that reads columns."""

    token_column: TokenColumn = None
    tag_column: TagColumn = None
    joiner: Joiner = None
    text_column: TextColumn = None
    label_column: LabelColumn = None
    label_separator: LabelSeparator = None

    def how(self, path: Path | str, format: str | None = None) -> dict[str, Any]:
        """How read_samples is to read the file."""
        names = [one.name for one in fields(ColumnOptions)]
        return {name: getattr(self, name) for name in names} | {"format": format}

    def samples(self, path: Path | str, format: Any = None, **more: Any) -> "list[Sample]":
        """What read_samples has of the file."""
        from ...data import read_samples

        return read_samples(path, **self.how(path, format), **more)

    def unlabelled(self, path: Path | str) -> "list[Sample]":
        """What read_unlabelled has of the file."""
        from ...synthesis.retrieval.corpus_file import read_unlabelled

        return read_unlabelled(path, **self.how(path))

    def check_texts(self, texts: Path | str, *others: Path | str | None) -> None:
        """As check_columns, where a .txt file has a text a line unless its format is given."""
        from ...synthesis.retrieval.corpus_file import is_plain

        plain = is_plain(texts, self.how(texts)["format"])
        self.check_columns(*([] if plain else [texts]), *others)

    def check_columns(self, *paths: Path | str | None, format: str | None = None) -> None:
        """FewnerError if columns are chosen and none of the files has any."""
        from ...data.read import has_columns, has_joiner, may_be_table

        given = [(path, self.how(path, format)["format"]) for path in paths if path is not None]
        shown = [str(path) for path, _ in given]
        tokens = {"--tag-column": self.tag_column, "--token-column": self.token_column}
        table = {
            "--text-column": self.text_column,
            "--label-column": self.label_column,
            "--label-separator": self.label_separator,
        }
        if not any(has_columns(*one) for one in given):
            _refuse(tokens, "needs a file of columns", shown)
        if not any(has_joiner(*one) for one in given):
            _refuse({"--joiner": self.joiner}, "needs a file of columns or words", shown)
        if not any(may_be_table(*one) for one in given):
            _refuse(table, "needs a table of texts and their classes (.csv, .tsv)", shown)


@dataclass(frozen=True)
class ReadingOptions(ColumnOptions):
    """Of every command that reads examples, where it has no other option for their format."""

    format: FileFormat = None

    def how(self, path: Path | str, format: str | None = None) -> dict[str, Any]:
        """As of ColumnOptions; the option does not change what a suffix leaves no doubt of."""
        from ...data.read import if_uncertain

        return super().how(path, format or if_uncertain(path, self.format))

    def check_columns(self, *paths: Path | str | None, format: str | None = None) -> None:
        """As of ColumnOptions; also if a format is given, and each file says its own."""
        super().check_columns(*paths, format=format)
        given = [str(path) for path in paths if path is not None]
        if not any(self.how(path)["format"] for path in given):
            _refuse({"--format": self.format}, "needs a file that does not say its own", given)


def _refuse(options: dict[str, Any], rule: str, paths: Sequence[str]) -> None:
    """Raise FewnerError if one of the options was given."""
    for option, value in options.items():
        if value is not None:
            raise FewnerError(
                option, rule, ", ".join(paths) or "none, or a text a line", "Leave it out."
            )


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
