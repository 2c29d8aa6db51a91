"""Replies of a stronger model as rows: `rows JOURNAL OUT --form journal`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....errors import FewnerError
from ....shown import shown_in_line
from ...options.names import called
from ...options.reading import ReadingOptions

if TYPE_CHECKING:
    from ....llm.chat_rows import ChatRow, ChatRows

JOURNAL = "journal"
Kept = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="<path>",
        help="With --form journal: samples that a run wrote; of its replies only those that these "
        "were made of are taken. May be repeated.",
        show_default="all whole replies",
    ),
]


def rows_of_journals(
    journals: Sequence[Path], kept: Sequence[Path] | None, reading: ReadingOptions
) -> "ChatRows":
    """FewnerError for files that are no journals, or no samples."""
    from ....corpus.journal_rows import journal_rows

    samples = None
    if kept:
        with called(path="--kept"):
            samples = [sample for path in kept for sample in reading.samples(path)]
    with called(journal="ANNOTATED"):
        return journal_rows(journals, samples)


def refuse_others(form: str, given: dict[str, Any]) -> None:
    """FewnerError for an option, by its name, that does not go with the form; None: not given."""
    for name, value in given.items():
        if value is not None:
            remedy = "Leave it out, or choose the other form."
            raise FewnerError(name, f"does not go with --form {form}", value, remedy)


def counts_of_stages(rows: "Sequence[ChatRow]") -> str:
    stages = Counter(str(row.meta["task"]) for row in rows).most_common()
    named = ", ".join(f"{shown_in_line(stage)} {count:,}" for stage, count in stages)
    return f"{len(rows):,} rows ({named})"
