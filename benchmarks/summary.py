"""The result store as a markdown table: mean ± deviation over seeds, averages, our lead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean, stdev
from typing import Any

OURS = "fewner"
FROM_START = "fewner_open"
Scores = dict[str, dict[int, float]]  # data set -> seed -> F1 in percent


def summary(rows: Iterable[dict[str, Any]]) -> str:
    """One table per encoder: a line per system, a column per data set and their average.

    Of each cell only the recipe with most seeds counts, of equals the one measured last. A cell
    with other than the data set's full number of seeds names how many it has; a system gets an
    average once it has every data set.
    """
    by_encoder: dict[str, dict[str, Scores]] = defaultdict(lambda: defaultdict(dict))
    for (encoder, system, dataset), seeds in _latest(rows).items():
        by_encoder[encoder][system][dataset] = seeds
    return "\n\n".join(_table(encoder, systems) for encoder, systems in by_encoder.items())


def _latest(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str], dict[int, float]]:
    by_recipe: dict[tuple[str, str, str], dict[str, dict[int, float]]] = defaultdict(dict)
    for row in rows:
        key = row["key"]
        recipes = by_recipe[key.encoder, key.system, key.dataset]
        # Taken out and put in again, so that the recipe measured last stands last.
        recipes[key.recipe] = {**recipes.pop(key.recipe, {}), key.seed: 100 * row["f1"]}
    return {cell: max(reversed(found.values()), key=len) for cell, found in by_recipe.items()}


def _table(encoder: str, systems: dict[str, Scores]) -> str:
    datasets = sorted({dataset for scores in systems.values() for dataset in scores})
    full = {dataset: _full(systems, dataset) for dataset in datasets}
    header = [f"{encoder}: strict F1", *datasets, "average"]
    lines = [_line(header), _line(["---"] * len(header))]
    for system, scores in systems.items():
        cells = [_cell(list(scores.get(one, {}).values()), full[one]) for one in datasets]
        lines.append(_line([system, *cells, _average_cell(scores, datasets, min(full.values()))]))
    if OURS in systems and systems.keys() - {OURS, FROM_START}:
        lines.append(_line(["ours − best peer", *_leads(systems, datasets)]))
    if {OURS, FROM_START} <= systems.keys():
        lines.append(_line(["open start − from scratch", *_gains(systems, datasets)]))
    return "\n".join(lines)


def _full(systems: dict[str, Scores], dataset: str) -> int:
    """How many seeds the data set was measured with."""
    return max(len(scores.get(dataset, {})) for scores in systems.values())


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(values: list[float], full: int) -> str:
    if not values:
        return "–"
    shown = f"{mean(values):.1f}"
    if len(values) > 1:
        shown += f" ± {stdev(values):.1f}"
    return shown if len(values) == full else f"{shown} ({len(values)} of {full} seeds)"


def _average_cell(scores: Scores, datasets: Sequence[str], full: int) -> str:
    """Deviation of the average over the seeds that every data set has."""
    average = _average(scores, datasets)
    if average is None:
        return "–"
    common = set.intersection(*(set(scores[dataset]) for dataset in datasets))
    by_seed = [mean(scores[dataset][seed] for dataset in datasets) for seed in sorted(common)]
    spread = f" ± {stdev(by_seed):.1f}" if len(by_seed) > 1 else ""
    return f"{average:.1f}{spread}" + ("" if len(common) == full else " (not all seeds)")


def _average(scores: Scores, datasets: Sequence[str]) -> float | None:
    if any(dataset not in scores for dataset in datasets):
        return None
    return mean(mean(scores[dataset].values()) for dataset in datasets)


def _leads(systems: dict[str, Scores], datasets: Sequence[str]) -> list[str]:
    """Our mean minus the best peer's, per data set and for the average."""
    columns: list[list[str]] = [[dataset] for dataset in datasets] + [list(datasets)]
    return [_lead(systems, column) for column in columns]


def _lead(systems: dict[str, Scores], datasets: Sequence[str]) -> str:
    averages = {system: _average(scores, datasets) for system, scores in systems.items()}
    averages.pop(FROM_START, None)
    ours = averages.pop(OURS)
    peers = [average for average in averages.values() if average is not None]
    return "–" if ours is None or not peers else f"{ours - max(peers):+.1f}"


def _gains(systems: dict[str, Scores], datasets: Sequence[str]) -> list[str]:
    """What the open start brings on the seeds that both have, per data set and for the average."""
    gains = [
        _gain(systems[FROM_START].get(one, {}), systems[OURS].get(one, {})) for one in datasets
    ]
    known = [gain for gain in gains if gain is not None]
    average = mean(known) if len(known) == len(gains) else None
    return ["–" if gain is None else f"{gain:+.1f}" for gain in (*gains, average)]


def _gain(ours: dict[int, float], scratch: dict[int, float]) -> float | None:
    common = ours.keys() & scratch.keys()
    return mean(ours[seed] - scratch[seed] for seed in common) if common else None
