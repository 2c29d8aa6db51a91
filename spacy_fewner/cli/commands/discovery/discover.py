"""`discover`: types and annotations out of documents that nobody has labelled."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ....errors import FewnerError
from ....progress import progress_shown
from ...options import shared as options
from ...options.llm import DiscoveryLlmOptions, spent
from ...options.names import called
from ...options.option_groups import unbundled
from ...options.reading import ReadingOptions
from ...options.say import say
from ...options.writing import Embedder, RejectLimit

if TYPE_CHECKING:
    from ....corpus.checking.clean import Cleaned
    from ....discovery.found_types import Types

Documents = Annotated[
    Path,
    typer.Argument(
        metavar="DOCUMENTS",
        help='Folder of text files, one text file, .jsonl with {"text": …} in each line, or any '
        "other file of examples.",
        show_default=False,
    ),
]
OutFolder = Annotated[
    Path,
    typer.Argument(metavar="OUT", help="Folder for what is found.", show_default=False),
]
By = Annotated[
    Literal["guidelines", "types", "definitions"],
    typer.Option(
        help="guidelines: types with definitions and fields, four calls a document; types: the "
        "type of each entity and concept, a call a passage; definitions: the same, with a sentence "
        "that defines the type in place of its name."
    ),
]
Most = Annotated[
    int | None,
    typer.Option(
        help="Documents, or passages with --by types or definitions, to draw by chance.",
        show_default="all",
    ),
]
MaxChars = Annotated[
    int,
    typer.Option(
        help="Characters of a document asked about at once; a longer one is split at sections. A "
        "quarter of it in tokens, and four replies, have to fit into the model's context."
    ),
]
MaxPassage = Annotated[int, typer.Option(help="Words of a passage.")]
Demonstrations = Annotated[
    bool,
    typer.Option(
        "--demonstrations/--no-demonstrations",
        help="Show two answered passages in the prompts of types and definitions.",
    ),
]
ReplaceReview = Annotated[
    bool, typer.Option("--overwrite", help="Replace a review file that differs.")
]


@unbundled
def discover(
    documents: Documents,
    out: OutFolder,
    by: By = "guidelines",
    most: Most = None,
    max_chars: MaxChars = 6000,
    max_passage: MaxPassage = 256,
    demonstrations: Demonstrations = True,
    embedder: Embedder = "auto",
    reject_limit: RejectLimit = 0.5,
    overwrite: ReplaceReview = False,
    lang: options.Lang = "en",
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
    *,
    language_model: DiscoveryLlmOptions,
    reading: ReadingOptions,
) -> None:
    """Find out what types are in DOCUMENTS; annotate them.

    A language model proposes types and marks what is of them; what is not in the text is left out.
    OUT gets the annotations, the rejects with their reasons, the replies (a later run asks only for
    what is missing), and review.yaml: types with their definitions, to be renamed, merged or
    dropped by you. Then: review OUT.
    """
    from ....data.files import together
    from ....discovery.documents import is_documents, read_documents
    from ....discovery.run import JOURNAL, Discovery, write_discovered
    from ....discovery.run import discover as discovered
    from ....discovery.write_review import write_review
    from ....fitting.synthesis_loop import embedder as embedder_named

    with called(
        path="DOCUMENTS", documents="DOCUMENTS", language="--lang", max_tokens="--max-passage"
    ):
        how = Discovery(by, lang, most, seed, max_chars, max_passage, demonstrations, reject_limit)
        told = reading.how(documents)
        reading.check_columns(*([] if is_documents(documents, told["format"]) else [documents]))
        given = read_documents(documents, **told)
    _make(out)
    with language_model.client(out / JOURNAL) as client, progress_shown(not quiet):
        client.check_key()
        found = discovered(given, how, client)
        # Where nothing was kept the rejects are still written, before that is said.
        with called(folder="OUT"), together() if found.samples else nullcontext():
            write_discovered(found, out)
            vectors, made = embedder_named(embedder), found.samples
            types = write_review(out, made, vectors, client, overwrite=overwrite, language=lang)
    if not quiet:
        say(_report(found, types, spent(client.totals), out))


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        rule, remedy = "must be a folder that can be written", "Choose another place."
        raise FewnerError("OUT", rule, f"{out}: {err}", remedy) from err


def _report(found: "Cleaned", types: "Types", cost: str, out: Path) -> str:
    from ....discovery.type_statistics import type_statistics
    from ....discovery.write_review import REVIEW

    return "\n".join(
        [
            found.ledger.to_text(),
            "",
            type_statistics(found.samples).to_text(),
            types.to_text(),
            cost,
            f"Edit {out / REVIEW} as you like, then: spacy-fewner review {out}",
        ]
    )
