"""`rows`: annotated data as rows to tune a small language model on."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....errors import FewnerError
from ....shown import shown_in_line
from ...options import shared as options
from ...options.distinct_files import check_apart
from ...options.names import called
from ...options.option_groups import unbundled
from ...options.reading import ReadingOptions
from ...options.saving import tell_left_out
from ...options.say import say
from .journal_form import JOURNAL, Kept, counts_of_stages, refuse_others, rows_of_journals
from .row_options import CodeOptions, ConversationOptions

if TYPE_CHECKING:
    from ....distill.rows.row_sets import RowSet
    from ....llm.chat_rows import ChatRow, ChatRows

CONVERSATIONS, CODE = "conversations", "code"
Annotation = Annotated[
    list[Path],
    typer.Argument(
        metavar="ANNOTATED",
        help="Data sets: folders with train.jsonl and schema.jsonl, as `review` leaves them, or "
        "files of annotated text. Each is named after its folder or file. With --form journal: "
        "journals of runs with a language model.",
        show_default=False,
    ),
]
Out = Annotated[
    Path, typer.Argument(metavar="OUT", help="JSONL file of rows to write.", show_default=False)
]
Form = Annotated[
    str,
    typer.Option(
        metavar=f"{CONVERSATIONS}|{CODE}|{JOURNAL}",
        help="Questions about a passage with answers in JSON (UniversalNER); guidelines as "
        "Python classes with a list of instances to complete (GoLLIE, GuideX); or the prompts of "
        "any run with a language model, with the replies in its journal.",
    ),
]
SchemaFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--labels",
        help="What the labels of a data set mean: a JSONL file of labels, a tree, or names; one "
        "--labels for each of ANNOTATED, in their order.",
        show_default="schema.jsonl of the folder",
    ),
]
Negatives = Annotated[
    str,
    typer.Option(
        metavar="none|uniform|frequency",
        help="How the absent types are drawn that a text is asked about.",
    ),
]
Ratio = Annotated[float, typer.Option(help="Absent types for each present one.")]
Least = Annotated[int, typer.Option(help="Absent types of any text, at least.")]
Evaluation = Annotated[
    bool,
    typer.Option(
        "--evaluation", help="Rows to score a model with: all labels, and nothing at random."
    ),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        help="Words of a passage; longer texts are split at the ends of sentences.",
        show_default="256 of conversations, whole texts in code",
    ),
]


@unbundled
def rows(
    annotated: Annotation,
    out: Out,
    form: Form = CONVERSATIONS,
    labels: SchemaFiles = None,
    negatives: Negatives = "frequency",
    ratio: Ratio = 1.0,
    least: Least = 2,
    max_tokens: MaxTokens = None,
    evaluation: Evaluation = False,
    kept: Kept = None,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
    *,
    conversations: ConversationOptions,
    code: CodeOptions,
    reading: ReadingOptions,
) -> None:
    """Make rows to tune a language model on.

    Rows are chats, {"messages": [{"role", "content"}, …], "meta": …}; train on what the assistant
    says, but for "I've read this text.". Several data sets make one file, so that one model learns
    from all. With --form journal they are what another language model was asked and answered.
    """
    for path in (*annotated, *map(Path, labels or [])):
        check_apart(path, out)
    if form == JOURNAL:
        drawing = {"negatives": (negatives, "frequency"), "ratio": (ratio, 1), "least": (least, 2)}
        others = {name: one for name, (one, usual) in drawing.items() if one != usual}
        others |= {"labels": labels, "max_tokens": max_tokens, "evaluation": evaluation or None}
        refuse_others(form, {**others, **vars(conversations), **vars(code)})
        reading.check_columns(*(kept or ()))
        made = rows_of_journals(annotated, kept, reading)
        _write(made, out, "Give another journal, or leave --kept out.")
        if not quiet:
            say(f"{counts_of_stages(made.rows)}\nrows  {out}")
        return
    refuse_others(form, {"kept": kept})
    shared = {"negatives": negatives, "ratio": ratio, "least": least, "seed": seed}
    limits = {} if max_tokens is None else {"max_tokens": max_tokens}
    make = _maker(form, conversations, code, {**shared, **limits, "evaluation": evaluation})
    reading.check_columns(*(path for path in annotated if not path.is_dir()))
    sets = _read(annotated, labels or [], reading)
    with called(annotated="ANNOTATED"):
        made = make(sets)
    _write(made, out, "Give texts with spans, or say with --labels what to ask about.")
    if not quiet:
        say("\n".join([*map(_statistics, sets), _counts(form, made.rows), f"rows  {out}"]))


def _write(made: "ChatRows", out: Path, remedy: str) -> None:
    """What was left out is said. remedy: where there is no row."""
    from ....llm.chat_rows import write_rows

    tell_left_out(made.rejects)
    if not made.rows:
        raise FewnerError("ANNOTATED", "must give a row", "none", remedy)
    write_rows(out, made.rows)


def _maker(
    form: str, conversations: ConversationOptions, code: CodeOptions, shared: dict[str, Any]
) -> Callable[["Sequence[RowSet]"], "ChatRows"]:
    """What makes the rows; FewnerError for options that make no sense, before anything is read."""
    from ....distill.rows.code_rows import CodeRows, code_rows
    from ....distill.rows.conversations import Conversations, conversation_rows
    from ....distill.rows.regularisers import Regularisers

    if form not in (CONVERSATIONS, CODE):
        rule = f"must be {CONVERSATIONS}, {CODE} or {JOURNAL}"
        raise FewnerError("form", rule, form, f"Use {CONVERSATIONS}.")
    own, others = (code, conversations) if form == CODE else (conversations, code)
    refuse_others(form, vars(others))
    chosen = {name: value for name, value in vars(own).items() if value is not None}
    if form == CONVERSATIONS:
        return partial(conversation_rows, how=Conversations(**shared, **chosen))
    names = {one.name for one in fields(Regularisers)}
    changes = Regularisers(**{name: chosen.pop(name) for name in names & chosen.keys()})
    return partial(code_rows, how=CodeRows(changes, **shared, **chosen))


def _read(
    annotated: Sequence[Path], labels: Sequence[str], reading: ReadingOptions
) -> "list[RowSet]":
    from ....distill.rows.row_sets import read_row_set

    if labels and len(labels) != len(annotated):
        rule = f"must be given once for each of ANNOTATED, {len(annotated)} times, or not at all"
        raise FewnerError("labels", rule, f"{len(labels)} times", "Name them in the same order.")
    pairs = zip_longest(annotated, labels)
    return [read_row_set(path, label, **reading.how(path)) for path, label in pairs]


def _statistics(one: "RowSet") -> str:
    from ....discovery.type_statistics import type_statistics

    return f"{shown_in_line(one.name)}: {type_statistics(one.samples).to_text()}"


def _counts(form: str, rows: "Sequence[ChatRow]") -> str:
    if form == CODE:
        types = sum(len(row.meta["classes"]) for row in rows)
        left_out = sum(len(row.meta["left_out"]) for row in rows)
        return f"{len(rows):,} rows with {types:,} types, {left_out:,} more dropped"
    queries = sum(len(row.meta["types"]) for row in rows)
    absent = sum(len(row.meta["absent"]) for row in rows)
    return f"{len(rows):,} rows with {queries:,} queries, {absent:,} of them for absent types"
