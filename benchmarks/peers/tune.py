"""Choose a peer's recipe by cross-validation on training sentences; no test file is opened.

python -m benchmarks.peers.tune bio --encoder minilm=PATH --grid lr=5e-5,1e-4,2e-4
With --size, of the data of languages.py: trained on so many examples, scored on dev. There the test
file is read for one thing, to leave its texts out of both.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import device
from benchmarks.datasets import Sentence, read_split
from benchmarks.languages_data import tuning
from benchmarks.runner import SYSTEMS, key_of, recipe_of, run_missing
from benchmarks.store import Store

RESULTS = Path(__file__).resolve().parents[1] / "results" / "peers_tuning.jsonl"


def folds(sentences: Sequence[Sentence], count: int) -> list[tuple[list[Sentence], list[Sentence]]]:
    """(train, held out) pairs; each sentence is held out once. The same split at every call."""
    shuffled = random.Random(0).sample(list(sentences), len(sentences))
    parts = [shuffled[i::count] for i in range(count)]
    return [
        ([s for j, part in enumerate(parts) if j != i for s in part], parts[i])
        for i in range(count)
    ]


def splits(args: argparse.Namespace) -> list[tuple[str, tuple[list[Sentence], list[Sentence]]]]:
    """(name, (train, held out)) of each run that a recipe gets."""
    if args.size:
        return [(f"{args.dataset} {args.size}, dev", tuning(args.dataset, args.size, 0))]
    parts = folds(read_split(args.dataset, "train"), args.folds)
    named = [
        (f"{args.dataset}/train fold {i} of {args.folds}", part) for i, part in enumerate(parts, 1)
    ]
    return named[: args.first]


def grid(options: Sequence[str]) -> list[dict[str, Any]]:
    """["lr=1e-4,2e-4", "epochs=30"] -> every combination, values read as JSON."""
    names, values = [], []
    for option in options:
        name, _, listed = option.partition("=")
        names.append(name)
        values.append([_value(text) for text in listed.split(",")])
    return [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*values)]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def table(store: Store) -> str:
    """Markdown: F1 of each recipe tried, best mean first within a system."""
    by_recipe = defaultdict(list)
    for row in store.rows():
        key = row["key"]
        by_recipe[key.system, key.encoder, json.dumps(row["recipe"], sort_keys=True)].append(row)
    lines = [
        "| system | encoder | recipe | F1 by fold | mean F1 | CPU-s a fold |",
        "|---|---|---|---|---|---|",
    ]
    lines += sorted(
        (_table_row(*names, rows) for names, rows in by_recipe.items()),
        key=lambda line: (line.split(" | ")[:2], -float(line.split(" | ")[4])),
    )
    return "\n".join(lines)


def _table_row(system: str, encoder: str, recipe: str, rows: list[dict]) -> str:
    shown = ", ".join(f"{name} {value}" for name, value in json.loads(recipe).items())
    f1 = f"{100 * mean(row['f1'] for row in rows):.1f}"
    cost = f"{mean(row['cpu_seconds'] for row in rows):.0f}"
    by_fold = ", ".join(f"{100 * row['f1']:.1f}" for row in rows)
    return f"| {system} | {encoder} | {shown} | {by_fold} | {f1} | {cost} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("system", choices=[name for name in SYSTEMS if name != "fewner"])
    parser.add_argument("--encoder", required=True, metavar="NAME=PATH")
    parser.add_argument("--dataset", default="crossner_ai")
    parser.add_argument("--grid", nargs="+", default=[], metavar="ARGUMENT=VALUE,VALUE")
    parser.add_argument("--size", help="of languages_data.py, as k=10")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--first", type=int, help="run only the first so many of the folds")
    parser.add_argument("--out", type=Path, default=RESULTS)
    device.add_gpu_option(parser)
    args = parser.parse_args()
    device.use(args.gpu_id)
    store = Store(args.out)
    encoder, _, path = args.encoder.partition("=")
    parts = splits(args)
    for changed in grid(args.grid):
        recipe = {**recipe_of(args.system, encoder), **changed}
        for dataset, split in parts:
            key = key_of(dataset, encoder, args.system, 0, recipe)
            run_missing(store, key, split, path, recipe)
    print(table(store))


if __name__ == "__main__":
    main()
