"""Time and memory of the banded span head against the full grid, and one very long document.

OMP_NUM_THREADS=1 python benchmarks/head.py
Prints tables and whether the goals are reached; writes them to --out, .md and .json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT
from benchmarks.head_cell import FORMS, MODES, SIZES, WIDTH, Cell, measured_apart, run_apart
from benchmarks.provenance import foot, provenance, table, verdict

LENGTHS = (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
LONGEST = {("banded", "inference"): 16384, ("banded", "training step"): 1024}
LONGEST_FULL = 512
MOST_MB = 8000
DOCUMENT = 50_000  # tokens
DOCUMENT_MB = 2048
LINEAR = 1.25  # times 16: from 1,024 to 16,384 tokens
FASTER = 10.0  # at 128 tokens

Measured = dict[Cell, dict[str, float]]


def cells() -> Iterator[Cell]:
    """All cells that fit in memory, those that are compared next to each other."""
    for sizes in SIZES:
        for mode in MODES:
            for length in LENGTHS:
                for form in FORMS:
                    cell = Cell(sizes, form, length, mode)
                    if length <= LONGEST.get((form, mode), LONGEST_FULL) and fits(cell):
                        yield cell


def fits(cell: Cell) -> bool:
    return cell.form == "banded" or full_mb(cell) <= MOST_MB


def full_mb(cell: Cell) -> float:
    """About what a full grid takes: weights (L, heads, L, L) and cells (L, L, D~), some times."""
    sizes, trains = SIZES[cell.sizes], cell.mode != "inference"
    # Torch's fused kernel has no dropout, and so forms the weights in training.
    weights = 0 if cell.form != "full" and not trains else cell.length**3 * sizes["attention_heads"]
    kept = (5, 25) if trains else (3, 6)
    return 4e-6 * (kept[0] * weights + kept[1] * cell.length**2 * sizes["cell"])


def measure_all() -> Measured:
    measured: Measured = {}
    for cell in cells():
        measured[cell] = measured_apart(cell)
        print(cell, measured[cell], file=sys.stderr, flush=True)
    return measured


def time_table(measured: Measured, sizes: str, mode: str) -> str:
    """A line per length: CPU-ms and MB of each form, and how many times the band is faster."""
    header = [
        "tokens",
        *(f"{form}, ms / MB" for form in FORMS),
        *(f"x {form}" for form in FORMS[1:]),
    ]
    return table(header, _lines(measured, sizes, mode))


def _lines(measured: Measured, sizes: str, mode: str) -> Iterator[list[str]]:
    for length in LENGTHS:
        row = [Cell(sizes, form, length, mode) for form in FORMS]
        if row[0] in measured:
            shown = [_shown(cell, measured) for cell in row]
            yield [f"{length:,}", *shown, *(_ratio(cell, measured) for cell in row[1:])]


def _shown(cell: Cell, measured: Measured) -> str:
    if cell in measured:
        return f"{1000 * measured[cell]['seconds']:,.1f} / {measured[cell]['mb']:,.0f}"
    if cell.length <= LONGEST_FULL:
        return f"needs about {full_mb(cell) / 1000:.0f} GB"
    return "–"


def faster(cell: Cell, measured: Measured) -> float:
    """How many times the time of the band the form takes."""
    band = Cell(cell.sizes, "banded", cell.length, cell.mode)
    return measured[cell]["seconds"] / measured[band]["seconds"]


def _ratio(cell: Cell, measured: Measured) -> str:
    return f"{faster(cell, measured):.1f}" if cell in measured else "–"


def goals(measured: Measured, document: dict[str, Any]) -> Iterator[str]:
    for sizes in SIZES:
        short, long = (Cell(sizes, "banded", n, "inference") for n in (1024, 16384))
        growth = measured[long]["seconds"] / measured[short]["seconds"]
        name = f"{sizes} sizes, time at 16,384 tokens over time at 1,024, at most {16 * LINEAR:.0f}"
        yield verdict(name, f"{growth:.1f}", growth <= 16 * LINEAR)
        for mode in MODES:
            for form in FORMS[1:]:
                ratio = faster(Cell(sizes, form, 128, mode), measured)
                name = f"{sizes} sizes, {mode}, {FASTER:.0f}x faster at 128 tokens than {form}"
                yield verdict(name, f"{ratio:.1f}x", ratio >= FASTER)
    name = f"{document['tokens']:,} tokens annotated whole, peak memory under {DOCUMENT_MB:,} MB"
    peak = document["peak_mb"]
    yield verdict(name, f"{peak:,.0f} MB, {document['seconds']:.1f} CPU-s", peak < DOCUMENT_MB)


def page(measured: Measured, document: dict[str, Any], how: dict[str, str]) -> str:
    tables = [
        f"## {sizes} sizes, {mode}\n\n{time_table(measured, sizes, mode)}"
        for sizes in SIZES
        for mode in MODES
    ]
    return "\n\n".join([_intro(document), "## Goals", "\n".join(goals(measured, document)), *tables,
                        "## How it was measured", foot(how)]) + "\n"  # fmt: skip


def _intro(document: dict[str, Any]) -> str:
    widths = "; ".join(f"{name}: {SIZES[name]}" for name in SIZES)
    return f"""# The span head: band against full grid

Spans of at most W = {WIDTH} tokens, 14 labels, one document of random token vectors of width 384.
Sizes: {widths}. "full" is the L x L grid of the paper, vectorized, with the attention's
weights in memory as in KnowFREE's code; "full, fused attention" is the same through torch's kernel
(benchmarks/naive_grid.py; both equal the band on its cells, tests/benchmarks/test_head.py). CPU-ms:
fastest of up to nine passes by time.process_time. MB: what the passes added to the peak (ru_maxrss)
of a process of their own. Cells that would need more than {MOST_MB / 1000:.0f} GB are not run.

The long document: assets/organ's unlabelled texts one after the other, {document["tokens"]:,}
tokens, through nlp(text) of `fewner` on HashEmbedCNN with W = {document["width"]} and
{document["labels"]} labels (benchmarks/long_document.py). Its peak is that of the whole process
with spaCy and torch, {document["peak_before_mb"]:,.0f} MB before the document."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/head")
    parser.add_argument("--machine", default="", help="the machine in words")
    args = parser.parse_args()
    document = run_apart("benchmarks.long_document", str(DOCUMENT))
    measured = measure_all()
    how = provenance(args.machine)
    rows = [{**vars(cell), **found} for cell, found in measured.items()]
    content = json.dumps({"cells": rows, "document": document, "how": how}, indent=1)
    args.out.with_suffix(".json").write_text(content + "\n", encoding="utf8")
    text = page(measured, document, how)
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
