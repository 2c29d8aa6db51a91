"""`open-llm`: annotate texts with a language model that is asked for types."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ....errors import FewnerError
from ...options import shared as options
from ...options.distinct_files import check_written
from ...options.llm import LlmOptions, MaxTokens, Temperature, spent
from ...options.names import called
from ...options.option_groups import unbundled
from ...options.reading import ReadingOptions
from ...options.saving import tell_losses
from ...options.say import say
from ..stage import outcomes_of
from ..zero_shot import OpenLabels, Texts

if TYPE_CHECKING:
    from ....synthesis.stage import Stage


@dataclass(frozen=True)
class AskingLlmOptions(LlmOptions):
    """Greedy, with short answers (UniversalNER)."""

    temperature: Temperature = 0.0
    max_tokens: MaxTokens = 256


@unbundled
def open_llm(
    texts: Texts,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="File of annotated text, .jsonl.", show_default=False),
    ],
    labels: OpenLabels,
    queries: Annotated[
        Literal["each", "all", "code"],
        typer.Option(
            help="Ask for each label in turn, or for all at once; code: for all at once in "
            "Python, with their definitions, as `rows --form code` has it."
        ),
    ] = "each",
    query: Annotated[
        Literal["name", "definition"],
        typer.Option(
            help="What labels are called in questions; a label without a definition is "
            "called by its name."
        ),
    ] = "name",
    fields: Annotated[
        bool,
        typer.Option(
            "--fields",
            help="With --queries code: labels below another, as ORGAN/maker, are its fields.",
        ),
    ] = False,
    data_set: Annotated[
        str,
        typer.Option(
            help="Name to say before each text, for a model tuned on rows that begin with one.",
            show_default=False,
        ),
    ] = "",
    max_passage: Annotated[
        int | None,
        typer.Option(
            help="Tokens of a passage; longer texts are asked about in several.",
            show_default="256; 1024 with --queries code",
        ),
    ] = None,
    flat: Annotated[
        bool, typer.Option("--flat", help="Of spans that overlap, only the longest.")
    ] = False,
    reject_limit: Annotated[
        float, typer.Option(help="Stop when a larger share of the texts has no usable answer.")
    ] = 0.3,
    spans_key: options.SpansKey = "sc",
    quiet: options.Quiet = False,
    *,
    language_model: AskingLlmOptions,
    reading: ReadingOptions,
) -> None:
    """Ask a language model for spans of your labels in TEXTS.

    The questions are those of `rows`, so that a model tuned on such rows by `distill` knows them:
    --llm FOLDER. What it names is found in the text, or left out. Texts
    without a usable answer go to OUT's name with .rejects.jsonl.
    """
    from ....corpus.synthesis_files import write_kept
    from ....data.schema import parse_schema

    check_written(out, language_model.journal, texts, labels)
    reading.check_texts(texts)
    told = options.given(max_tokens=max_passage)
    told |= {"flat": flat, "reject_limit": reject_limit}
    with called(max_tokens="--max-passage"):
        how = _stage(queries, query, data_set, fields, told)
    schema, given = parse_schema(labels), reading.unlabelled(texts)
    rejects = out.with_suffix(".rejects.jsonl")
    with language_model.client(out.with_suffix(".journal.jsonl")) as client:
        client.check_key()
        cleaned = outcomes_of(how, how(given, schema, client), rejects)
    write_kept(cleaned, out, rejects, spans_key)
    tell_losses(cleaned.samples, out)
    if not quiet:
        spans = sum(len(sample.spans) for sample in cleaned.samples)
        written = f"{spans} spans in {len(cleaned.samples)} texts  {out}"
        say("\n".join([cleaned.ledger.to_text(), "", spent(client.totals), written]))


def _stage(
    queries: Literal["each", "all", "code"],
    query: Literal["name", "definition"],
    data_set: str,
    fields: bool,
    told: dict[str, Any],
) -> "Stage":
    """told: settings that both have. Raises FewnerError for those that one does not have."""
    from ....distill.answers.ask_code import AskCode
    from ....distill.answers.ask_types import AskTypes

    is_code = queries == "code"
    for option, is_given in (
        ("--query", is_code and query != "name"),
        ("--data-set", is_code and bool(data_set)),
        ("--fields", fields and not is_code),
    ):
        if is_given:
            rule = f"does not go with --queries {queries}"
            raise FewnerError(option, rule, "both", "Leave out one of them.")
    if queries == "code":
        return AskCode(fields, **told)
    return AskTypes(queries, query, data_set=data_set, **told)
