"""The cascade against one flat model with all fine labels, level by level.

FEWNER_DATA=data python benchmarks/cascade.py --encoder minilm=PATH
Finished cells are kept in --out and not run again; the page of all of them is written beside --out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import cascade_systems as systems
from benchmarks import device
from benchmarks.accuracy import named_path
from benchmarks.cascade_data import NAMES, Task, load
from benchmarks.cascade_page import page
from benchmarks.datasets import ROOT
from benchmarks.provenance import provenance
from benchmarks.store import Key, Store, recipe_hash, versions

RESULTS = ROOT / "benchmarks/results/cascade.jsonl"
TEST_SIZE = 1500  # sentences of Few-NERD's 5,000; all 180 of AnythingNER
SYSTEMS: dict[str, Callable[[Task, str, int], dict[str, Any]]] = {
    "flat": systems.flat,
    "cascade": systems.cascade,
    "cascade, one encoder": lambda *cell: systems.cascade(*cell, shared=True),
    "in context": lambda *cell: systems.context(*cell, reads_context=True),
    "alone": lambda *cell: systems.context(*cell, reads_context=False),
    "zero-shot": systems.zero_shot,
    "open labels": systems.open_labels,
}


def measure(system: str, task: Task, path: str, seed: int) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    cpu = time.process_time()
    found = SYSTEMS[system](task, path, seed)
    return {
        **found,
        "train_texts": len(task.train),
        "train_spans": sum(len(sample.spans) for sample in task.train),
        "test_texts": len(task.test),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "device": device.name(),
        "versions": versions(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--datasets", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    device.add_gpu_option(parser)
    args = parser.parse_args()
    device.use(args.gpu_id)
    store, (encoder, path) = Store(args.out), args.encoder
    for seed in args.seeds:
        for dataset in args.datasets:
            task = load(dataset, seed, TEST_SIZE)
            for system in args.systems:
                recipe = {**systems.recipe_of(system), "test_size": TEST_SIZE}
                key = Key(dataset, encoder, system, seed, recipe_hash(recipe))
                if key not in store:
                    store.append(key, {"recipe": recipe, **measure(system, task, path, seed)})
                    print("done", key, flush=True)
    text = page(store.rows(), provenance(args.machine))
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
