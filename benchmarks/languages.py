"""Strict span F1 on Chinese and Japanese characters: the span model and two peers, one encoder.

FEWNER_DATA=data python benchmarks/languages.py --encoder me5-small=PATH [--datasets weibo ...]
    [--sizes k=5 ...] [--systems bio ...] [--seeds 0 ...]
Finished cells are kept in --out and not run again; the page beside it is written anew after each.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import device
from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT
from benchmarks.languages_data import DATASETS, SIZES, load
from benchmarks.languages_page import SYSTEMS, page
from benchmarks.provenance import provenance
from benchmarks.runner import key_of, recipe_of, run_missing
from benchmarks.store import Store

OUT = ROOT / "benchmarks/results/languages.jsonl"
LANGUAGES = {"stockmark_ner": "ja"}  # of ours; else "zh"
EPOCHS = {"250": 10}  # of ours: as many updates as few sentences get in 30 passes
PEER_EPOCHS = {"250": 30}  # at most: more than four times the updates that k=10 gets in 60


class Cell(NamedTuple):
    """One training: a data set, how much of it, a system and a seed."""

    dataset: str
    size: str
    system: str
    seed: int

    @property
    def data(self) -> str:
        """As stored: "weibo k=5"."""
        return f"{self.dataset} {self.size}"


def recipe(system: str, encoder: str, dataset: str, size: str) -> dict[str, Any]:
    """What a system is trained with: the peers as tuned for the encoder, ours as set here."""
    found = recipe_of(system, encoder)
    if system == "fewner_text":
        own = {"lang": LANGUAGES.get(dataset, "zh")}
        return {**found, **own, "epochs": EPOCHS.get(size, found["epochs"])}
    return {**found, "epochs": min(found["epochs"], PEER_EPOCHS.get(size, found["epochs"]))}


def cells(told: argparse.Namespace) -> Iterator[Cell]:
    """Every first seed before any second, and few examples before many."""
    for seed in told.seeds:
        for size in SIZES:
            for dataset in told.datasets:
                if size in told.sizes and size in DATASETS[dataset].sizes:
                    for system in told.systems:
                        yield Cell(dataset, size, system, seed)


def run(cell: Cell, encoder: tuple[str, str], store: Store) -> None:
    """Measure one cell, unless it is in the store. encoder: its name and its path."""
    name, path = encoder
    chosen = recipe(cell.system, name, cell.dataset, cell.size)
    key = key_of(cell.data, name, cell.system, cell.seed, chosen)
    run_missing(store, key, load(cell.dataset, cell.size, cell.seed), path, chosen)


def main() -> None:
    told = _told()
    device.use(told.gpu_id)
    store = Store(told.out)
    how = provenance(told.machine)
    failures = 0
    for cell in cells(told):
        try:
            run(cell, told.encoder, store)
        except Exception:  # one broken system does not stop the rest
            traceback.print_exc()
            print(f"FAILED {cell}", flush=True)
            failures += 1
        told.out.with_suffix(".md").write_text(page(store.rows(), how), encoding="utf8")
    print(page(store.rows(), how))
    sys.exit(1 if failures else 0)


def _told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--datasets", nargs="+", choices=DATASETS, default=list(DATASETS))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=SIZES)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=OUT)
    device.add_gpu_option(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
