"""Accuracy of text classification from 5 and 10 examples a class, ours and others'.

FEWNER_DATA=data python benchmarks/textcat.py --encoder minilm=PATH [--datasets trec ...]
    [--systems fewner ...] [--shots 5 10] [--seeds 3] [--part dev]
Finished cells are kept in --out and not run again; the page beside it is written anew. The part
"dev" is for choosing recipes, and goes to a file of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT
from benchmarks.store import Key, Store, recipe_hash, versions
from benchmarks.textcat_data import NAMES, SHOTS, shots
from benchmarks.textcat_page import page
from benchmarks.textcat_systems import SYSTEMS, WITHOUT_EXAMPLES

OUT = ROOT / "benchmarks/results/textcat.jsonl"


def main() -> None:
    told = _told()
    out = told.out if told.part == "test" else told.out.with_name(f"textcat_{told.part}.jsonl")
    store = Store(out)
    encoder, path = told.encoder
    for seed in range(told.seeds):
        for system in told.systems:
            for k in told.shots:
                for name in told.datasets:
                    _measure(store, system, (name, k, seed), encoder, path, told.part)
    if told.part == "test":
        page(store, out.with_suffix(".md"))


def _measure(
    store: Store, system: str, cell: tuple[str, int, int], encoder: str, path: str, part: str
) -> None:
    run, recipe = SYSTEMS[system]
    if system in WITHOUT_EXAMPLES and cell[1:] != (SHOTS[0], 0):
        return
    name, k, seed = cell
    key = Key(f"{name} k={k}", encoder, system, seed, recipe_hash(recipe))
    if key in store:
        return
    task = shots(name, k, seed, part)
    cpu = time.process_time()
    accuracy = task.accuracy(run(task, path, **recipe))
    row: dict[str, Any] = {
        "recipe": recipe,
        "accuracy": accuracy,
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "train_texts": len(task.train),
        "held_out_texts": len(task.held_out),
        "versions": versions(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    store.append(key, row)
    print(f"{100 * accuracy:.1f} {system}: {name} k={k} seed {seed}", flush=True)


def _told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--datasets", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--shots", nargs="+", type=int, choices=SHOTS, default=SHOTS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args()


if __name__ == "__main__":
    main()
