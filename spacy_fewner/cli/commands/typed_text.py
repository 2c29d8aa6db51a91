"""`typed-text`: mentions with their types out of plain encyclopedic text, without a model."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import FewnerError
from ..options import shared as options
from ..options.distinct_files import check_apart
from ..options.option_groups import unbundled
from ..options.reading import ReadingOptions
from ..options.say import say

if TYPE_CHECKING:
    from ...types import Sample


@unbundled
def typed_text(
    texts: Annotated[
        Path,
        typer.Argument(
            metavar="TEXTS",
            help='Plain text: .txt with a text a line, .jsonl with "text" in each line, or any '
            "file of examples.",
            show_default=False,
        ),
    ],
    out: options.OutFile,
    schema: Annotated[
        Path | None,
        typer.Option(
            metavar="<path>",
            help="JSONL file to write of the labels, each with a sentence that defines it.",
            show_default=False,
        ),
    ] = None,
    quiet: options.Quiet = False,
    *,
    reading: ReadingOptions,
) -> None:
    """Find what TEXTS themselves say the type of.

    Reads sentences such as "Dune is a novel by …" and "the American rock band Foo", in English, by
    rules: precise ones, which leave out what is in doubt. The types are the labels. Only what is
    found is annotated, the rest of a text is no negative.
    """
    from ...corpus.typed_text.definitions import definitions
    from ...data import write_samples
    from ...data.files import together
    from ...data.schema import write_labels

    check_apart(texts, out, schema)
    reading.check_texts(texts)
    given = reading.unlabelled(texts)
    found = _typed(given, texts)
    with together():
        write_samples(found, out, "jsonl")
        if schema:
            write_labels(definitions(found), schema)
    if not quiet:
        say(_counts(len(given), found), err=True)


def _typed(given: "list[Sample]", texts: Path) -> "list[Sample]":
    """Those that say a type, with what else the file has of them."""
    from ...corpus.typed_text.find import typed_sample

    pairs = [(sample, typed_sample(sample.text)) for sample in given]
    found = [replace(new, meta={**old.meta, **new.meta}) for old, new in pairs if new]
    if not found:
        remedy = "Give English sentences such as encyclopedias begin with."
        rule = 'must say what something is, as in "Dune is a novel"'
        raise FewnerError(str(texts), rule, f"{len(given)} texts that do not", remedy)
    return found


def _counts(texts: int, found: "list[Sample]") -> str:
    labels = Counter(span.label for sample in found for span in sample.spans)
    return f"{texts} texts: {labels.total()} spans of {len(labels)} types in {len(found)} of them"
