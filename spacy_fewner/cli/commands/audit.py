"""`audit`: what is wrong with a file of examples, as a table."""

from typing import Annotated

import typer

from ...errors import FewnerError
from ..options import shared as options
from ..options.option_groups import unbundled
from ..options.reading import ReadingOptions, TokenizingOptions
from ..options.say import say


@unbundled
def audit(
    examples: options.Examples,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE",
            help="Another set to look for the same texts in; may be repeated.",
            show_default=False,
        ),
    ] = None,
    labels: options.Labels = None,
    flat: Annotated[
        bool, typer.Option("--flat", help="Also report spans that nest, cross or share a place.")
    ] = False,
    min_count: Annotated[
        int, typer.Option(help="The fewest spans that a label, and texts that a class, may have.")
    ] = 2,
    exclusive: options.Exclusive = None,
    spans_key: options.SpansKey = "sc",
    all_labels: Annotated[
        bool, typer.Option("--all-labels", help="Show every label, however many there are.")
    ] = False,
    *,
    reading: ReadingOptions,
    tokenizing: TokenizingOptions,
) -> None:
    """Show what is wrong with EXAMPLES, and what to do.

    Prints labels and classes, counts, and every kind of problem with examples of it and a remedy.
    Exit code 1 if there are errors, or spans that --alignment strict stops at; 0 if there are at
    most other warnings.
    """
    from ...data.auditing.audit import audit as run_audit
    from ...data.schema import parse_schema
    from ...shown import SHOWN

    scheme = None if labels is None else parse_schema(labels)
    paths = dict(map(_name_and_path, against or []))
    reading.check_columns(examples, *paths.values())
    others = {name: reading.samples(path, texts_only=True) for name, path in paths.items()}
    report = run_audit(
        reading.samples(examples, spans_key=spans_key),
        tokenizing.pipeline(),
        labels=scheme,
        classes=scheme,
        exclusive=exclusive,
        flat=flat,
        against=others,
        min_count=min_count,
        alignment=tokenizing.alignment,
    )
    say(report.table(labels=None if all_labels else SHOWN))
    stops = tokenizing.alignment == "strict" and "misaligned" in report.counts
    if stops:
        say("`fit` and `train` stop at misaligned spans, unless --alignment moves them.", err=True)
    if report.errors or stops:
        raise typer.Exit(1)


def _name_and_path(value: str) -> tuple[str, str]:
    name, equals, path = value.partition("=")
    if not (name and equals and path):
        raise FewnerError("against", "must be NAME=FILE", value, "For instance dev=dev.jsonl.")
    return name, path
