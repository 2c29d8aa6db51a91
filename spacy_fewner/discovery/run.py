"""From documents to annotations of any type: which stages, and what came of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ..corpus.checking.clean import Cleaned
from ..corpus.synthesis_files import check_kept, write_rejects
from ..data.files import together
from ..data.formats.jsonl import write_jsonl
from ..data.passages import PASSAGE
from ..llm.client import Client
from ..synthesis.checks import check, one_of
from ..synthesis.stage import REJECT_LIMIT, Outcome, Stage
from ..synthesis.stages.induce import Induce
from ..synthesis.stages.open_types import OpenTypes
from ..synthesis.stages.passages import Passages, drawn
from ..types import Schema
from .documents import STAGE

By: TypeAlias = Literal["guidelines", "types", "definitions"]

ANNOTATIONS, REJECTS, JOURNAL = "annotations.jsonl", "rejects.jsonl", "journal.jsonl"


@dataclass(frozen=True)
class Discovery:
    """How documents are asked about.

    by: "guidelines" for types with definitions and fields, four calls a document (`Induce`);
        "types" or "definitions" for the type of each entity and concept, a call a passage
        (`OpenTypes`).
    language: of the documents, as spaCy has it. most: so many documents or, with "types" and
        "definitions", passages are drawn; None for all. seed: of the draw.
    max_chars: of a part of a document, with "guidelines". max_tokens: of a passage.
    demonstrations: whether prompts of "types" and "definitions" show two examples.
    reject_limit: a stage ends when a larger share of at least 50 is rejected.
    """

    by: By = "guidelines"
    language: str = "en"
    most: int | None = None
    seed: int = 0
    max_chars: int = 6000
    max_tokens: int = PASSAGE
    demonstrations: bool = True
    reject_limit: float = REJECT_LIMIT

    def __post_init__(self) -> None:
        one_of(self, "by", get_args(By))
        rule = "must be 1 or more"
        check("most", self.most is None or self.most >= 1, rule, self.most)
        self.stages()

    def stages(self) -> list[Stage]:
        limit, language = self.reject_limit, self.language
        if self.by == "guidelines":
            return [Induce(language=language, max_chars=self.max_chars, reject_limit=limit)]
        types = OpenTypes(
            self.by,
            language=language,
            demonstrations=self.demonstrations,
            max_tokens=self.max_tokens,
            reject_limit=limit,
        )
        return [Passages(self.max_tokens, self.most, self.seed), types]


def discover(documents: Iterable[Outcome], how: Discovery, client: Client) -> Cleaned:
    """Annotated documents or passages, and the rejects of every step: in = out + rejects.

    documents: of `read_documents`, or samples. The labels are what each reply calls its types:
    `discover_types` makes one scheme of them.
    """
    found = Cleaned()
    if how.by == "guidelines":
        documents = drawn(documents, how.most, how.seed)
    made: Iterable[Outcome] = found.ledger.count(STAGE, documents)
    for stage in how.stages():
        outcomes = stage(found.only_samples(made), Schema(()), client)
        made = found.ledger.count(stage.name, outcomes)
    for outcome in made:
        found.take(outcome)
    return found


def write_discovered(found: Cleaned, folder: str | Path) -> None:
    """`annotations.jsonl` and `rejects.jsonl`; FewnerError if nothing was kept."""
    folder = Path(folder)
    with together():
        write_rejects(found.rejects, folder / REJECTS)
        if found.samples:
            write_jsonl(found.samples, folder / ANNOTATIONS)
    check_kept(found, folder / REJECTS, "documents")
