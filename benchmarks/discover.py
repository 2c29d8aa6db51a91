"""What a small local model finds in documents and passages without labels, and how much holds.

FEWNER_DATA=data python benchmarks/discover.py --encoder PATH
Replies stay in a journal: what it has is not asked again. What is missing is asked of the server at
FEWNER_LLM_URL.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import live
from benchmarks.datasets import ROOT, data_folder
from benchmarks.discover_page import page
from benchmarks.discover_texts import documents, passages
from benchmarks.provenance import provenance
from spacy_fewner.discovery.found_types import Types
from spacy_fewner.discovery.merging.discover_types import discover_types
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.synthesis.retrieval.embed import Embed, sentence_embedder
from spacy_fewner.synthesis.stage import Stage
from spacy_fewner.synthesis.stages.induce import Induce
from spacy_fewner.synthesis.stages.open_types import OpenTypes
from spacy_fewner.types import Reject, Sample, Schema

JOURNAL = ROOT / "benchmarks/.journals/discover.jsonl"
SETTINGS = replace(
    live.SETTINGS, temperature=0.7, top_p=0.95, max_tokens=700, timeout=1800.0, attempts=2
)
PASSAGES, FEWER = 200, 50


@dataclass(frozen=True)
class Found:
    """What a stage made of texts. calls: to the model. types: merged, by how."""

    says: str
    given: Sequence[Sample]
    made: Sequence[Sample | Reject]
    calls: int
    types: dict[str, Types] = field(default_factory=dict)

    @property
    def kept(self) -> list[Sample]:
        return [one for one in self.made if isinstance(one, Sample)]

    @property
    def rejects(self) -> list[Reject]:
        return [one for one in self.made if isinstance(one, Reject)]

    @property
    def grounded(self) -> tuple[int, int]:
        """Of (label, surface) pairs that the replies tell of a text: in it, and not in it."""
        inside = sum(
            len({(span.label, span.surface(one.text).casefold()) for span in one.spans})
            for one in self.kept
        )
        return inside, sum(len(one.meta.get("ungrounded", ())) for one in self.kept)

    @property
    def labels(self) -> Counter[str]:
        return Counter(span.label for one in self.kept for span in one.spans)


def run(says: str, stage: Stage, given: Sequence[Sample], client: Client) -> Found:
    before = _calls(client)
    made = list(stage(given, Schema(()), client))
    print(says, len(made), flush=True)
    return Found(says, given, made, _calls(client) - before)


def merged(found: Found, embed: Embed, client: Client) -> Found:
    """With its types merged, without the model and with it."""
    types = {
        "by names and embeddings alone": discover_types(found.kept, embed),
        "with groups that the model makes": discover_types(found.kept, embed, client),
    }
    return replace(found, types=types)


def measured(data: Path, embed: Embed, client: Client) -> list[Found]:
    texts = passages(data, PASSAGES)
    names = run("types", OpenTypes(reject_limit=1.0), texts, client)
    guidelines = run("guidelines", Induce(reject_limit=1.0), documents(data), client)
    defined = OpenTypes("definitions", reject_limit=1.0)
    bare = OpenTypes(demonstrations=False, reject_limit=1.0)
    return [
        merged(guidelines, embed, client),
        merged(names, embed, client),
        replace(names, says=f"types, first {FEWER}", **_first(names, FEWER)),
        run(f"definitions, first {FEWER}", defined, texts[:FEWER], client),
        run(f"types, first {FEWER}, no demonstrations", bare, texts[:FEWER], client),
    ]


def _first(found: Found, most: int) -> dict[str, Any]:
    """The part of a run that is about its first texts."""
    return {"given": found.given[:most], "made": found.made[:most], "calls": most}


def _calls(client: Client) -> int:
    return client.totals.requests + client.totals.from_journal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", required=True, help="Of the merging of types.")
    parser.add_argument("--journal", type=Path, default=JOURNAL)
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/discover.md")
    args = parser.parse_args()
    args.journal.parent.mkdir(parents=True, exist_ok=True)
    with Journal(args.journal, "resume") as kept:
        client = Client(OpenAIModel(SETTINGS), kept)
        found = measured(data_folder(), sentence_embedder(args.encoder), client)
    text = page(found, live.MODEL, SETTINGS, provenance(args.machine))
    args.out.write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
