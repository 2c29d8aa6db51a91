"""`stage`: one stage of synthesis alone, over a file of samples."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import FewnerError
from ..options import shared as options
from ..options.distinct_files import check_written
from ..options.llm import LlmOptions, spent
from ..options.names import called
from ..options.option_groups import unbundled
from ..options.reading import ReadingOptions
from ..options.saving import tell_losses
from ..options.say import say

if TYPE_CHECKING:
    from ...corpus.checking.clean import Cleaned
    from ...synthesis.stage import Stage

REGISTERED = {
    "generate": "spacy-fewner.Generate.v1",
    "retrieve": "spacy-fewner.Retrieve.v1",
    "generate_texts": "spacy-fewner.GenerateTexts.v1",
    "retrieve_texts": "spacy-fewner.RetrieveTexts.v1",
    "extend": "spacy-fewner.Extend.v1",
    "merge": "spacy-fewner.Merge.v1",
    "tag": "spacy-fewner.Tag.v1",
    "key_phrases": "spacy-fewner.KeyPhrases.v1",
    "explain": "spacy-fewner.Explain.v1",
    "correct": "spacy-fewner.Correct.v1",
    "annotate": "spacy-fewner.Annotate.v1",
    "passages": "spacy-fewner.Passages.v1",
    "open_types": "spacy-fewner.OpenTypes.v1",
    "induce": "spacy-fewner.Induce.v1",
    "mark": "spacy-fewner.MarkEntities.v1",
    "ask_types": "spacy-fewner.AskTypes.v1",
    "ask_code": "spacy-fewner.AskCode.v1",
}


@unbundled
def stage(
    name: Annotated[
        str,
        typer.Argument(
            metavar="STAGE",
            help=f"One of {', '.join(REGISTERED)}; or a .cfg file with a block [stage], for "
            "stages that need an index, an embedder or a pipeline.",
            show_default=False,
        ),
    ],
    samples: options.Examples,
    out: options.OutFile,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Setting of the stage, its value as JSON or as plain text: --set per_call=5.",
            show_default=False,
        ),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(
            help="spaCy language code of the texts, for stages that ask in it or name it: their "
            "setting language.",
            show_default="en, or as the .cfg file says",
        ),
    ] = None,
    labels: options.Labels = None,
    spans_key: options.SpansKey = "sc",
    quiet: options.Quiet = False,
    *,
    language_model: LlmOptions,
    reading: ReadingOptions,
) -> None:
    """Run one stage of synthesis over EXAMPLES, and no checks but its own.

    Whatever else belongs to an example is kept. Rejects go to OUT's name with .rejects.jsonl, each
    with its reason. `synthesize` runs several stages and every check.
    """
    from ...corpus.synthesis_files import write_kept
    from ...data.schema import parse_schema
    from ...synthesis.stage import schema_for

    check_written(out, language_model.journal, samples, labels)
    reading.check_columns(samples)
    with called(language="--lang") if lang else nullcontext():
        run = resolved(name, dict(map(_pair, setting or [])), lang)
    given = reading.samples(samples, spans_key=spans_key)
    schema = parse_schema(labels) if labels else schema_for(run, given)
    rejects = out.with_suffix(".rejects.jsonl")
    with language_model.client(out.with_suffix(".journal.jsonl")) as client:
        client.check_key()
        cleaned = outcomes_of(run, run(given, schema, client), rejects)
    write_kept(cleaned, out, rejects, spans_key)
    tell_losses(cleaned.samples, out)
    if not quiet:
        written = f"{len(cleaned.samples)} samples written to {out}"
        say("\n".join([cleaned.ledger.to_text(), "", spent(client.totals), written]))


def resolved(name: str, settings: dict[str, Any], lang: str | None = None) -> "Stage":
    """The stage of a name, or of a config's block [stage], with settings in place of its own.

    lang: becomes its setting "language"; FewnerError if it has none, or is told another.
    """
    from confection import ConfigValidationError
    from spacy import registry

    block = {"@misc": REGISTERED[name]} if name in REGISTERED else _block(name)
    if lang is not None:
        settings = {**settings, "language": _language(name, block, settings, lang)}
    try:
        found = registry.resolve({"stage": {**block, **settings}})["stage"]
    except ConfigValidationError as err:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in err.errors)
        remedy = "See the stage's docstring; one that needs objects takes a .cfg file."
        raise FewnerError(f"stage {name}", "must get settings it has", problems, remedy) from err
    if not callable(found):
        remedy = 'Write [stage] with @misc = "spacy-fewner.Explain.v1".'
        raise FewnerError(f"stage {name}", "must be a stage", found, remedy)
    return found


def _language(name: str, block: dict[str, Any], settings: dict[str, Any], lang: str) -> str:
    from inspect import signature

    from spacy import registry

    if settings.get("language", lang) != lang:
        rule, remedy = "must not contradict --set language=", "Leave one of both out."
        raise FewnerError("--lang", rule, f"{lang}, and {settings['language']}", remedy)
    made = block.get("@misc", "")
    known = registry.has("misc", made)
    if known and "language" not in signature(registry.get("misc", made)).parameters:
        rule = "is for stages that ask in the language of the texts, or name it"
        raise FewnerError("--lang", rule, name, "Leave it out.")
    return lang


def _block(name: str) -> dict[str, Any]:
    from thinc.api import Config

    remedy = f"Name one of {', '.join(REGISTERED)}, or a .cfg file with a block [stage]."
    if not Path(name).is_file():
        raise FewnerError("STAGE", "must be known, or a file", name, remedy)
    try:
        block = Config().from_disk(name).get("stage")
    except ValueError as err:
        raise FewnerError(name, "must be a config", str(err).strip(), remedy) from err
    if not isinstance(block, dict):
        raise FewnerError(name, "must have a block [stage]", "none", remedy)
    return block


def _pair(setting: str) -> tuple[str, Any]:
    import srsly

    name, found, value = setting.partition("=")
    if not (name and found):
        raise FewnerError("--set", "must be NAME=VALUE", setting, "For instance --set per_call=5.")
    try:
        return name, srsly.json_loads(value)
    except ValueError:
        return name, value


def outcomes_of(run: "Stage", outcomes: Any, rejects: Path) -> "Cleaned":
    """What came of the stage, counted; of one that ends early the rejects are written."""
    from ...corpus.checking.clean import Cleaned
    from ...corpus.synthesis_files import write_rejects

    cleaned = Cleaned()
    try:
        for outcome in cleaned.ledger.count(run.name, outcomes):
            cleaned.take(outcome)
    except FewnerError:
        if cleaned.rejects:
            write_rejects(cleaned.rejects, rejects)
        raise
    return cleaned
