"""Extraction by a language model in one, three and five rounds: what recall and precision do.

FEWNER_DATA=data python benchmarks/rounds.py --url http://127.0.0.1:8080/v1 --model NAME
Texts of Few-NERD's test part; three of its training texts are shown as demonstrations. The rounds
of a smaller k are the first of a larger one, so all replies are asked for once and kept in
--journal, from which a second run takes them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from statistics import mean
from typing import Any
from unittest import mock

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.bootstrap import deviations, gain, resampled
from benchmarks.cascade_data import Task, load
from benchmarks.datasets import ROOT
from benchmarks.provenance import foot, provenance, table
from spacy_fewner.cascade.asked import mark as mark_module
from spacy_fewner.cascade.asked.fusion import fuse
from spacy_fewner.cascade.asked.mark import DEMONSTRATED, MarkEntities
from spacy_fewner.cascade.asked.marker import mark
from spacy_fewner.evaluation.scores import PRF, span_strict
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.types import ENTITY, CharSpan, Reject, Sample

RESULTS = ROOT / "benchmarks/results/rounds.json"
ROUNDS = (1, 3, 5)
VOTES = (1, 2)
SHOWN = 3


def measure(task: Task, texts: int, client: Client) -> list[dict[str, Any]]:
    """One row for each k and each number of votes needed.

    A text without a usable round counts as one in which nothing was found.
    """
    chosen = random.Random(0).sample(task.test, texts)
    shown = _demonstrations(task.train)
    rows, single = [], None
    for votes, rounds in _settings():
        stage = MarkEntities(rounds, votes, demonstrations=shown, reject_limit=1.0)
        bare = [replace(sample, spans=()) for sample in chosen]
        outcomes = list(stage(bare, task.tree.schema, client))
        counts = [_scored(*pair) for pair in zip(chosen, outcomes, strict=True)]
        draws = resampled(counts)
        single = single or draws
        reasons = Counter(one.reason for one in outcomes if isinstance(one, Reject))
        rows.append(
            {
                "rounds": rounds,
                "min_votes": votes,
                **_rates(counts),
                "deviation": _rounded(deviations(draws)),
                "gain": [round(value, 4) for value in gain(draws, single)],
                "rejected": dict(reasons),
            }
        )
    return rows


def over_choices(task: Task, texts: int, client: Client) -> list[dict[str, Any]]:
    """One row for each k: the rates of every choice of k among the most rounds, one vote needed.

    Which round comes first is chance, and one round alone may be a lucky one.
    """
    chosen = random.Random(0).sample(task.test, texts)
    by_text = _rounds_of(task, chosen, client)
    rows = []
    for k in ROUNDS:
        choices = list(combinations(range(max(ROUNDS)), k))
        rates = [_rates(_fused(chosen, by_text, choice)) for choice in choices]
        rows.append({"rounds": k, **{rate: [one[rate] for one in rates] for rate in "prf"}})
    return rows


def _rounds_of(
    task: Task, samples: Sequence[Sample], client: Client
) -> list[list[Sequence[CharSpan]]]:
    """The spans of each usable round of each text, as they come to be fused."""
    found: list[list[Sequence[CharSpan]]] = []

    def kept(rounds: Sequence[Sequence[CharSpan]], **how: Any) -> list[CharSpan]:
        found.append(list(rounds))
        return fuse(rounds, **how)

    shown = _demonstrations(task.train)
    stage = MarkEntities(max(ROUNDS), demonstrations=shown, reject_limit=1.0)
    with mock.patch.object(mark_module, "fuse", kept):
        bare = [replace(sample, spans=()) for sample in samples]
        outcomes = list(stage(bare, task.tree.schema, client))
    if len(found) < len(outcomes):
        raise SystemExit("a text has no usable round: choose another model, or other texts")
    return found


def _fused(
    chosen: Sequence[Sample],
    by_text: Sequence[Sequence[Sequence[CharSpan]]],
    choice: Sequence[int],
) -> list[PRF]:
    found = [fuse([rounds[at] for at in choice if at < len(rounds)]) for rounds in by_text]
    return [
        span_strict([_blind(sample.spans)], [_blind(spans)]).micro
        for sample, spans in zip(chosen, found, strict=True)
    ]


def _settings() -> Iterable[tuple[int, int]]:
    """Votes needed and rounds, one of each first: others are compared with it."""
    return ((votes, rounds) for votes in VOTES for rounds in ROUNDS if votes <= rounds)


def _scored(gold: Sample, outcome: Sample | Reject) -> PRF:
    found = () if isinstance(outcome, Reject) else outcome.spans
    return span_strict([_blind(gold.spans)], [_blind(found)]).micro


def _rates(counts: Sequence[PRF]) -> dict[str, float]:
    total = sum(counts, PRF())
    return _rounded({"p": total.p, "r": total.r, "f": total.f})


def _rounded(rates: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in rates.items()}


def _demonstrations(train: Sequence[Sample]) -> tuple[str, ...]:
    """The first training texts with two or three spans, marked."""
    fitting = [sample for sample in train if 2 <= len(sample.spans) <= 3][:SHOWN]
    return tuple(mark(sample.text, sample.spans, DEMONSTRATED) for sample in fitting)


def _blind(spans: Sequence[CharSpan]) -> list[CharSpan]:
    return [replace(span, label=ENTITY) for span in spans]


def page(
    model: str,
    texts: int,
    rows: list[dict[str, Any]],
    averaged: list[dict[str, Any]],
    how: dict[str, str],
) -> str:
    header = ["rounds", "votes needed", "precision", "recall", "F1", "F1 over one round"]
    parts = [
        "# Rounds of extraction by a language model",
        table([*header, "texts without a usable round"], map(_line, rows)),
        f"{model}, temperature 0.7, {texts} texts of Few-NERD's test part, {SHOWN} demonstrations. "
        "Strict spans of any type, in percent, ± the standard deviation of a bootstrap over texts "
        "(not over the model's draws: each round was asked once). Of overlapping spans the longest "
        "wins.",
        f"Over every choice of so many of the {max(ROUNDS)} rounds, one vote needed, mean (lowest "
        "to highest):",
        table(["rounds", "choices", "precision", "recall", "F1"], map(_choices_line, averaged)),
        foot(how),
    ]
    return "\n\n".join(parts) + "\n"


def _line(row: dict[str, Any]) -> list[str]:
    rates = (_percent(row[rate], row["deviation"][rate]) for rate in ("p", "r", "f"))
    more = "–" if row["rounds"] == 1 else _percent(*row["gain"])
    votes, unusable = str(row["min_votes"]), str(sum(row["rejected"].values()))
    return [str(row["rounds"]), votes, *rates, more, unusable]


def _choices_line(row: dict[str, Any]) -> list[str]:
    shown = (
        f"{100 * mean(row[rate]):.1f} ({100 * min(row[rate]):.1f} to {100 * max(row[rate]):.1f})"
        for rate in "prf"
    )
    return [str(row["rounds"]), str(len(row["p"])), *shown]


def _percent(value: float, deviation: float) -> str:
    return f"{100 * value:.1f} ± {100 * deviation:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--journal", type=Path, default=ROOT / "benchmarks/.journals/rounds.jsonl")
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    settings = OpenAISettings(
        args.model,
        base_url=args.url,
        key_env=None,
        temperature=0.7,
        max_tokens=200,
        seed=0,
        concurrency=1,
        timeout=1800.0,  # one core may have others to answer first
    )
    args.journal.parent.mkdir(parents=True, exist_ok=True)
    with Journal(args.journal, "resume") as journal:
        client = Client(OpenAIModel(settings), journal)
        task = load("fewnerd", 0, None)
        rows = measure(task, args.texts, client)
        averaged = over_choices(task, args.texts, client)
    how = provenance(args.machine)
    found = {"model": args.model, "texts": args.texts, "rows": rows, "choices": averaged, **how}
    args.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
    text = page(args.model, args.texts, rows, averaged, how)
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
