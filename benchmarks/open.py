"""What the open start finds with no example: strict span F1 with names, definitions, wrong ones.

FEWNER_DATA=data python benchmarks/open.py [--start open] [--sets crossner_ai ...]
Names are those of the data sets in words; definitions are the guidelines of SLIMER (Apache-2.0),
where it has some. The threshold is the start's own, chosen on dev sets. A label counts as seen if
the pretraining data had one of its name. Results go to results/open.json and open.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT, Sentence, data_folder, read_split, to_sample
from benchmarks.provenance import foot, provenance, table

SETS = ("crossner_ai", "crossner_literature", "crossner_politics", "mit_movie", "wnut17")
AVERAGED = SETS[:4]
GUIDELINES = {
    "crossner_ai": "slimer_crossNER_ai",
    "crossner_literature": "slimer_crossNER_literature",
    "crossner_politics": "slimer_crossNER_politics",
    "mit_movie": "slimer_MIT_movie",
}
# Names that are no words, as a user would write them.
WORDS = {
    "programlang": "programming language",
    "politicalparty": "political party",
    "literarygenre": "literary genre",
    "misc": "miscellaneous",
    "RATINGS_AVERAGE": "average ratings",
}
WAYS = ("names", "definitions", "wrong definitions")


def name_of(label: str) -> str:
    return WORDS.get(label, label.replace("_", " ").replace("-", " ").lower())


def definitions(dataset: str) -> dict[str, str]:
    """By name in words; empty where there are none."""
    if dataset not in GUIDELINES:
        return {}
    file = data_folder() / "guidelines" / f"{GUIDELINES[dataset]}.json"
    found = json.loads(file.read_text("utf8"))
    entries = {
        name: json.loads(one) if isinstance(one, str) else one for name, one in found.items()
    }
    return {
        entry.get("real_name", name).lower(): entry.get("definition") or entry.get("Definition", "")
        for name, entry in entries.items()
    }


def labels_for(dataset: str, labels: list[str], way: str) -> dict[str, str]:
    """Name in words -> definition; wrong ones are those of the next label."""
    names, known = [name_of(label) for label in labels], definitions(dataset)
    if way == "names" or not known:
        return dict.fromkeys(names, "")
    said = [known.get(name, "") for name in names]
    return dict(zip(names, said if way == "definitions" else [*said[1:], said[0]], strict=True))


def measure(dataset: str, start: str, limit: int | None) -> dict[str, Any]:
    from spacy_fewner.spans.open.start import read_about

    test = read_split(dataset, "test")[:limit]
    labels = sorted({span.label for one in test for span in one.spans})
    seen = set(read_about(start).about.get("names", ()))
    row: dict[str, Any] = {"sentences": len(test), "labels": len(labels)}
    row["seen"] = sorted(label for label in labels if name_of(label) in seen)
    for way in WAYS if dataset in GUIDELINES else WAYS[:1]:
        row[way] = _scores(test, labels, labels_for(dataset, labels, way), start, set(row["seen"]))
    return row


def _scores(
    test: list[Sentence],
    labels: list[str],
    given: Mapping[str, str],
    start: str,
    seen: set[str],
) -> dict[str, float]:
    import spacy

    from spacy_fewner.evaluation.scores import span_strict
    from spacy_fewner.evaluation.thresholds import Thresholds
    from spacy_fewner.fitting.measuring.validation import HeldOut, predict_candidates
    from spacy_fewner.types import CharSpan

    nlp = spacy.blank("en")
    component = nlp.add_pipe("fewner", config={"labels": dict(given), "start": start})
    samples = [to_sample(one) for one in test]
    back = dict(zip(given, labels, strict=True))
    begun = time.process_time()
    found = [
        [CharSpan(s.start, s.end, back[s.label], s.score) for s in spans]
        for spans in predict_candidates(nlp, samples)
    ]
    seconds = time.process_time() - begun
    held_out = HeldOut(0, 0, 0, samples, found)
    predicted = held_out.predicted(Thresholds(component.threshold, {}), nested=False)
    scores = span_strict(held_out.gold, predicted, labels)
    parts = {"seen": seen, "unseen": set(labels) - seen}
    by_part = {
        part: span_strict(held_out.gold, predicted, sorted(own)).micro.f
        for part, own in parts.items()
        if own
    }
    whole = scores.micro
    return {"f": whole.f, "p": whole.p, "r": whole.r, **by_part, "cpu_seconds": round(seconds, 1)}


def page(found: Mapping[str, Any], how: dict[str, str]) -> str:
    lines = []
    for dataset, row in found.items():
        for way in WAYS:
            if way in row:
                one = row[way]
                cells = [_percent(one.get(k)) for k in ("f", "p", "r", "seen", "unseen")]
                size = f"{row['labels']} ({len(row['seen'])})"
                lines.append([dataset, size, way, *cells, str(one["cpu_seconds"])])
    header = [
        "data set",
        "labels (seen)",
        "asked by",
        "F1",
        "P",
        "R",
        "F1 seen",
        "F1 unseen",
        "CPU-s",
    ]
    averages = [
        f"Average of CrossNER AI, Literature, Politics and MIT Movie, {way}: "
        f"{100 * sum(found[one][way]['f'] for one in AVERAGED) / len(AVERAGED):.1f}."
        for way in WAYS
        if all(one in found and way in found[one] for one in AVERAGED)
    ]
    return (
        "\n\n".join(
            [
                "# No example at all: the open start on test sets",
                "Strict span F1 in percent, all labels together, flat, one start, whole test sets; "
                "the threshold is the start's own, chosen on dev sets. Seen: labels whose name "
                "stood in the pretraining data (of other texts).",
                table(header, lines),
                *averages,
                foot(how),
            ]
        )
        + "\n"
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--start", default="open")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--limit", type=int, default=None, help="Sentences of each set.")
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/open.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = {}
    for dataset in args.sets:
        found[dataset] = measure(dataset, args.start, args.limit)
        row = found[dataset]
        shown = {way: round(100 * row[way]["f"], 1) for way in WAYS if way in row}
        print(dataset, shown, flush=True)
    args.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
    args.out.with_suffix(".md").write_text(page(found, provenance(args.machine)), encoding="utf8")


if __name__ == "__main__":
    main()
