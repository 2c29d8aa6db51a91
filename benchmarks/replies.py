"""How much of real replies can be read and grounded, by file; everything else has a reason.

FEWNER_DATA=data python benchmarks/replies.py
The replies are gpt-3.5-turbo-1106's, as ProgGen published them, and those of a small local model
to our own stage `generate`: recorded for the embedded data, and for CrossNER AI where
benchmarks/synthesis.py has left its journal.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import srsly

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import live
from benchmarks.datasets import ROOT, read_split
from benchmarks.datasets import to_sample as sample_of
from benchmarks.proggen import asked_in, rows_of
from benchmarks.provenance import foot, provenance, table
from spacy_fewner.data import read_samples
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.grounding.record import to_sample
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.replies.choices import Verdict, read_choices
from spacy_fewner.llm.replies.entries import read_entries
from spacy_fewner.llm.replies.listed import read_listed
from spacy_fewner.synthesis.stage import Stage
from spacy_fewner.synthesis.stages.generate import Generate
from spacy_fewner.types import Reject, Sample, Schema

DATASETS = ("mit_movie", "conll2003", "wiki_gold")
_WRITTEN = ("replies", "texts", "read", "grounded", "why not")
_IDEAS = {"x": "topics and styles", "y": "entities"}  # as ProgGen's files are called
_LISTED = ("replies", "entries asked for", "entries", "read", "with a gloss", "why not")
_ASKED_FOR = re.compile(r"\b(?:List|generate) (\d+) ")
_STAGES = ("replies", "texts", "kept", "why not")
_ORGAN = ROOT / "assets/organ"
_JUDGED = ("replies", "spans asked about", "verdicts", "kept / boundary / type / none", "why not")


def written(rows: list[dict]) -> list[str]:
    """Of replies with texts and lists of mentions; a text with any mention that fails is out."""
    grounded, read, reasons = 0, 0, Counter[str]()
    for row in rows:
        parsed = read_listed(row["completion"])
        read += len(parsed.items)
        reasons.update(problem.reason for problem in parsed.problems)
        for record in parsed.items:
            made = to_sample(record, ordered=True, purpose="training", stage="gpt-3.5")
            grounded += isinstance(made, Sample)
            reasons.update([made.reason] if isinstance(made, Reject) else [])
    total = grounded + reasons.total()
    shown = [f"{len(rows):,}", f"{total:,}", _share(read, total), _share(grounded, total)]
    return [*shown, _shown(reasons)]


def judged(rows: list[dict]) -> list[str]:
    """Of replies with a verdict on each span that was asked about."""
    rulings, reasons = Counter[str](), Counter[str]()
    for row in rows:
        label = row["run"].rpartition("/")[2]
        asked = [question.asked for question in asked_in(row["prompt"], label)]
        for verdict in read_choices(row["completion"], asked):
            if isinstance(verdict, Verdict):
                rulings[verdict.ruling] += 1
            else:
                reasons[verdict.reason] += 1
    total = rulings.total() + reasons.total()
    kinds = " / ".join(f"{rulings[name]:,}" for name in ("kept", "boundary", "type", "none"))
    return [f"{len(rows):,}", f"{total:,}", _share(rulings.total(), total), kinds, _shown(reasons)]


def listed(rows: list[dict]) -> list[str]:
    """Of replies with a list of topics, styles or entities; fewer than asked for were cut short.

    Behind a loop each line counts as an entry that is not read.
    """
    asked, read, glosses, reasons = 0, 0, 0, Counter[str]()
    for row in rows:
        wanted = int(_ASKED_FOR.findall(row["prompt"])[-1])
        parsed = read_entries(row["completion"])
        if len(parsed.items) < wanted and not parsed.problems:
            parsed = read_entries(row["completion"], cut=True)
        asked += wanted
        read += len(parsed.items)
        glosses += sum(bool(entry.gloss) for entry in parsed.items)
        for problem in parsed.problems:
            reasons[problem.reason] += len(problem.source.splitlines())
    total = read + reasons.total()
    shown = [f"{len(rows):,}", f"{asked:,}", f"{total:,}", _share(read, total)]
    return [*shown, f"{glosses:,}", _shown(reasons)]


def _lists() -> Iterator[tuple[str, list[str]]]:
    for kind, called in _IDEAS.items():
        for name in DATASETS:
            yield f"{name}, {called}", listed(rows_of(f"diversify_{kind}_{name}"))


def staged(stage: Stage, gold: Sequence[Sample], schema: Schema, client: Client) -> list[str]:
    """Of our own stage: parsed, grounded, labels of the scheme, no copies of what was shown."""
    kept, reasons = 0, Counter[str]()
    for outcome in stage(gold, schema, client):
        kept += isinstance(outcome, Sample)
        reasons.update([outcome.reason] if isinstance(outcome, Reject) else [])
    total = kept + reasons.total()
    return [str(client.totals.from_journal), str(total), _share(kept, total), _shown(reasons)]


def _stages() -> Iterator[tuple[str, list[str]]]:
    """Replayed: nothing is asked."""
    gold, schema = read_samples(_ORGAN / "train.jsonl"), parse_schema(str(_ORGAN / "schema.jsonl"))
    with Journal(_ORGAN / "journal.replay.jsonl", "replay") as kept:
        yield (
            "the embedded data",
            staged(_organ_stage(), gold, schema, Client(_organ_model(), kept)),
        )
    journal = ROOT / "benchmarks/.journals/crossner_ai.jsonl"
    if journal.is_file():
        gold = [sample_of(sentence) for sentence in read_split("crossner_ai", "train")]
        with Journal(journal, "replay") as kept:
            yield "CrossNER AI", staged(live.STAGE, gold, live.SCHEMA, live.client(kept))


def _project() -> dict[str, Any]:
    return srsly.read_yaml(ROOT / "project.yml")["vars"]


def _organ_model() -> OpenAIModel:
    """With the settings of project.yml, as `_organ_stage`."""
    return OpenAIModel(
        OpenAISettings(
            _project()["llm_model"],
            revision=_project()["llm_revision"],
            key_env=None,
            temperature=0.8,
            max_tokens=400,
            seed=0,
        )
    )


def _organ_stage() -> Generate:
    return Generate(
        _project()["size"],
        per_call=5,
        domain=_project()["llm_domain"],
        n_topics=12,
        n_entities=12,
        reject_limit=0.8,
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"


def _shown(reasons: Counter[str]) -> str:
    return re.sub(r"^$", "–", ", ".join(f"{name} {n:,}" for name, n in reasons.most_common()))


def _page(how: dict[str, str]) -> Iterator[str]:
    yield "# Replies of a real model: how much can be read"
    yield "Texts with a list of mentions each (`llm/replies/listed.py`, then `grounding/`):"
    yield _table(_WRITTEN, ((name, written(rows_of(f"sample_{name}"))) for name in DATASETS))
    yield "Verdicts on spans (`llm/replies/choices.py`):"
    yield _table(_JUDGED, ((name, judged(rows_of(f"correction_{name}"))) for name in DATASETS))
    yield "Lists of ideas (`llm/replies/entries.py`):"
    yield _table(_LISTED, _lists())
    yield f"Our stage `generate` with {live.MODEL}, all its replies (topics and entities too):"
    yield _table(_STAGES, _stages())
    yield foot(how)


def _table(header: Iterable[str], rows: Iterable[tuple[str, list[str]]]) -> str:
    return table(["prompts for", *header], ([name, *cells] for name, cells in rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/replies.md")
    args = parser.parse_args()
    page = "\n\n".join(_page(provenance(args.machine))) + "\n"
    args.out.write_text(page, encoding="utf8")
    print(page)


if __name__ == "__main__":
    main()
