"""What benchmarks/loop.py measured, as the last part of results/synthesis.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.provenance import table
from benchmarks.store import Store
from benchmarks.summary import summary

HEADING = "\n## The loop: extension spans and explanations\n"

ABOUT = """
Qwen2.5-Coder-1.5B-Instruct (4 bit) extends each example (`Extend`, `Merge`) and explains its
entities (`Explain`; each sentence is a text, annotated by a first model of the same gold, whose
threshold is picked on held-out parts, then checked). Strict F1 on at most 800 test sentences, mean
± deviation over seeds of training on the same examples; threshold fixed at 0.2, explanations at
weight 0.4.

Weibo is asked about in Chinese, of Qwen2.5-Coder-0.5B-Instruct (4 bit), with multilingual-e5-small
dequantised from 4 bit as the encoder. **words**: the model cuts texts into words, which become
extension spans. **entities, not merged**: extension spans with their types as the model named them.
**gold, no attention** and **gold, convolution**: without synthetic text, what a span learns of its
neighbours taken away, or by a convolution. The examples are one draw, and the deviation over draws
is four to five points (languages.md), so only large differences say something. Read by eye: many
of its extension types are none (actions, whole clauses), beside names, places and dates that are
right.
Merging found one group that held most types, which is refused: so nothing is merged. Of 28 texts
the model cut 3 without changing them. Its explanations repeat codes such as PER.NOM, which are all
they are told of a label's name, and say little that is true; half are left out.
"""


def section(store: Store) -> str:
    rows = list(store.rows())
    if not rows:
        return ""
    head = ("data set", "examples", "extended", "sentences written", "used", "why not")
    parts = [ABOUT.strip(), summary(rows), table(head, _written(rows)), _foot(rows[-1])]
    return HEADING + "\n" + "\n\n".join(parts) + "\n"


def _written(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    """A line a data set, of the newest cell with both."""
    newest = {row["key"].dataset: row for row in rows if row["key"].system == "both"}
    for name, row in newest.items():
        steps = {step["step"]: step for step in row["ledger"]}
        reasons = [
            f"{reason} {count}" for step in steps.values() for reason, count in _of(step).items()
        ]
        yield [
            name,
            str(row["gold"]),
            str(row["extended"]),
            str(steps["explain"]["in"]),
            str(row["explanations"]),
            ", ".join(reasons),
        ]


def _of(step: dict[str, Any]) -> dict[str, int]:
    return {} if step["step"].startswith("extend") else step["reasons"]


def _foot(row: dict[str, Any]) -> str:
    made_by = " ".join(f"{name} {version}" for name, version in row["versions"].items())
    return f"- command: python benchmarks/loop.py --encoder minilm=PATH\n- versions: {made_by}"
