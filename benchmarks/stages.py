"""How much of a small model's replies each stage can read and ground, by stage.

FEWNER_DATA=data python benchmarks/stages.py --encoder PATH
The stages run over training texts of CrossNER AI. Replies stay in a journal: what it has is not
asked again. What is missing is asked of the server at FEWNER_LLM_URL.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import live
from benchmarks.datasets import ROOT, read_split, to_sample
from benchmarks.provenance import foot, provenance, table
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.synthesis.retrieval.embed import sentence_embedder
from spacy_fewner.synthesis.stage import Stage
from spacy_fewner.synthesis.stages.correct import Correct
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.synthesis.stages.merge import Merge
from spacy_fewner.types import Reject, Sample

JOURNAL = ROOT / "benchmarks/.journals/stages.jsonl"
SETTINGS = replace(live.SETTINGS, temperature=0.2, max_tokens=700, timeout=1800.0)
COLUMNS = ("stage", "asked about", "calls", "outcomes", "kept", "why not")


@dataclass(frozen=True)
class Row:
    """A stage run over samples; made: what came of it."""

    says: str
    given: Sequence[Sample]
    calls: int
    made: Sequence[Sample | Reject]

    @property
    def kept(self) -> list[Sample]:
        return [one for one in self.made if isinstance(one, Sample)]

    def cells(self) -> list[str]:
        reasons = Counter(one.reason for one in self.made if isinstance(one, Reject))
        why = ", ".join(f"{reason} {n}" for reason, n in reasons.most_common()) or "–"
        total = len(self.made)
        share = f"{len(self.kept) / total:.1%}" if total else "–"
        return [self.says, str(len(self.given)), str(self.calls), str(total), share, why]


def extended(gold: Sequence[Sample], client: Client, encoder: str) -> Iterator[Row]:
    """Entities of any type, and their types merged."""
    entities = _run("extend: entities", Extend(reject_limit=1.0), gold, client)
    yield entities
    lenient = Extend(strict=False, reject_limit=1.0)
    yield _run("… leaving out what is not in the text", lenient, gold, client)
    merge = Merge(sentence_embedder(encoder), reject_limit=1.0)
    yield _run("merge", merge, entities.kept, client)


def others(gold: Sequence[Sample], client: Client) -> Iterator[Row]:
    """Fewer texts, since these replies are longer or need several calls."""
    bare = [replace(sample, spans=()) for sample in gold]
    explain = Explain(live.STAGE.domain, reject_limit=1.0)
    yield _run("correct", Correct(reject_limit=1.0), gold[:20], client)
    yield _run("explain: entities", explain, gold[:10], client)
    yield _run("explain: key phrases", explain, bare[10:20], client)
    yield _run("extend: words", Extend(("words",), reject_limit=1.0), bare[:10], client)
    yield _run("extend: words, tags", Extend(("tags",), reject_limit=1.0), bare[:10], client)


def _run(says: str, stage: Stage, given: Sequence[Sample], client: Client) -> Row:
    before = _calls(client)
    made = list(stage(given, live.SCHEMA, client))
    print(says, len(made), flush=True)
    return Row(says, given, _calls(client) - before, made)


def _calls(client: Client) -> int:
    return client.totals.requests + client.totals.from_journal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", required=True, help="Of the radius test of merging.")
    parser.add_argument("--journal", type=Path, default=JOURNAL)
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/stages.md")
    args = parser.parse_args()
    gold = [to_sample(sentence) for sentence in read_split("crossner_ai", "train")]
    with Journal(args.journal, "resume") as kept:
        client = Client(OpenAIModel(SETTINGS), kept)
        rows = [*extended(gold, client, args.encoder), *others(gold, client)]
    page = _page(rows, provenance(args.machine))
    args.out.write_text(page, encoding="utf8")
    print(page)


def _page(rows: Sequence[Row], how: dict[str, str]) -> str:
    types = {span.label for sample in rows[0].kept for span in sample.spans}
    merged = {span.label for sample in rows[2].kept for span in sample.spans}
    lines = [
        "# Stages with a small model: how much of its replies can be read and grounded",
        f"{live.MODEL}, temperature {SETTINGS.temperature}, over training texts of CrossNER AI. An "
        "outcome is a text that comes back annotated, or a new text, or a reject; `strict` stages "
        "reject a text with one mention that is not in it.",
        table(COLUMNS, [row.cells() for row in rows]),
        f"Labels of the extended texts, targets included: {len(types)} before merging, "
        f"{len(merged)} after.",
        foot(how),
    ]
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
