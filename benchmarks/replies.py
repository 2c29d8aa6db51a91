"""How much of real replies can be read and grounded, by file; everything else has a reason.

FEWNER_DATA=data python benchmarks/replies.py
The replies are gpt-3.5-turbo-1106's, as ProgGen published them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT
from benchmarks.proggen import asked_in, rows_of
from benchmarks.provenance import foot, provenance, table
from spacy_fewner.grounding.record import to_sample
from spacy_fewner.llm.replies.choices import Verdict, read_choices
from spacy_fewner.llm.replies.listed import read_listed
from spacy_fewner.types import Reject, Sample

DATASETS = ("mit_movie", "conll2003", "wiki_gold")
_WRITTEN = ("replies", "texts", "read", "grounded", "why not")
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
