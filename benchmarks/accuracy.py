"""Strict span F1 of the span model and its peers, side by side on the same encoders.

python benchmarks/accuracy.py --encoders minilm=PATH mpnet=PATH
Finished cells are kept in --out and not run again; the tables of all of them are printed at the end
and written beside --out.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import device
from benchmarks.datasets import FIVE_SHOT, NAMES, ROOT, load
from benchmarks.provenance import foot, provenance
from benchmarks.runner import SYSTEMS, key_of, recipe_of, run_missing
from benchmarks.store import Store
from benchmarks.summary import summary


def cells(args: argparse.Namespace) -> Iterator[tuple[str, str, str, str, int]]:
    """(encoder, path, system, dataset, seed): every system's first seed before any second."""
    for encoder, path in args.encoders:
        for seed in args.seeds:
            for system in args.systems:
                for dataset in args.datasets:
                    yield encoder, path, system, dataset, seed


def run_all(args: argparse.Namespace, store: Store) -> int:
    """Run what is missing, one cell after another; how many cells failed.

    A cell that fails is reported and left missing, so that one broken peer does not stop the rest.
    """
    failures = 0
    for encoder, path, system, dataset, seed in cells(args):
        try:
            recipe = recipe_of(system, encoder)
            key = key_of(dataset, encoder, system, seed, recipe)
            run_missing(store, key, load(dataset, seed), path, recipe)
        except Exception:
            traceback.print_exc()
            print(f"FAILED {dataset} {encoder} {system} seed {seed}", flush=True)
            failures += 1
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--encoders", nargs="+", type=named_path, required=True, metavar="NAME=PATH"
    )
    parser.add_argument("--datasets", nargs="+", choices=NAMES + FIVE_SHOT, default=NAMES)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/accuracy.jsonl")
    device.add_gpu_option(parser)
    args = parser.parse_args()
    device.use(args.gpu_id)
    store = Store(args.out)
    failures = run_all(args, store)
    page = _page(store, provenance(args.machine))
    args.out.with_suffix(".md").write_text(page, encoding="utf8")
    print(page)
    sys.exit(1 if failures else 0)


def _page(store: Store, how: dict[str, str]) -> str:
    """Devices by encoder, since cells may come from several machines."""
    rows = list(store.rows())
    where = sorted({(row["key"].encoder, row.get("device", "cpu")) for row in rows})
    lines = [
        "# Accuracy: strict span micro-F1 on the test sets",
        "In percent, mean ± deviation over seeds. Nothing was chosen on a test set: how the peers' "
        "recipes were chosen stands in `peers/README.md`, how ours in `docs/recipe.md`. No system "
        "has a dev set; ours keeps spans from a probability of 0.2. Ours trains in bfloat16, the "
        "peers in float32. `accuracy.jsonl` has every run, with its device, versions and seconds, "
        "and runs of recipes dropped since.",
        summary(row for row in rows if row["key"].dataset in NAMES),
        _five_shot(rows),
        "Devices: " + "; ".join(f"{encoder} on {place}" for encoder, place in where) + ". "
        "A cell that was measured on two counts as it was measured last.",
        foot(how),
    ]
    return "\n\n".join(filter(None, lines)) + "\n"


def _five_shot(rows: list[dict[str, Any]]) -> str:
    """A part of the page for five examples a label, once something of it was measured."""
    found = [row for row in rows if row["key"].dataset in FIVE_SHOT]
    if not found:
        return ""
    says = (
        "WNUT-17: the ten published samples of 30 sentences, seed i is sample i. MIT Movie: drawn "
        "greedily, as with ten."
    )
    return "\n\n".join(["## Five examples a label", says, summary(found)])


def named_path(text: str) -> tuple[str, str]:
    """minilm=models/minilm -> ("minilm", "models/minilm")."""
    name, found, path = text.partition("=")
    if not (name and found and path):
        raise argparse.ArgumentTypeError(f"expected NAME=PATH, got {text!r}")
    return name, path


if __name__ == "__main__":
    main()
