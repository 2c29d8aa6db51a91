"""The page results/languages.md: F1, seconds, and how both came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from statistics import mean, stdev
from typing import Any

from benchmarks.languages_data import DATASETS
from benchmarks.provenance import foot, table

SYSTEMS = ["bio", "spacy_ner", "fewner_text"]  # the cheap ones first
# KnowFREE-FS, as its paper has them; of other conditions, see the page.
PUBLISHED = {
    "weibo k=5": "35.6",
    "weibo k=10": "48.5",
    "weibo 250": "74.8",
    "stockmark_ner 250": "73.8",
}
TITLE = "# Chinese and Japanese: strict span micro-F1 on characters"
HOW = """\
In percent, mean ± standard deviation over the seeds; in brackets how many, where they are not
three. Tokens are the characters as published; a span is right when both ends and its label are.
`k=5`, `k=10`: sentences drawn greedily until each label has so many spans (of Weibo's `GPE.NOM`
all 8, it has no more); `250`: so many sentences drawn at random. In each seed all systems train on
the same sentences, of the published train without texts that stand in dev or test.

`fewner_text` is given texts and cuts them itself (`--tokens auto`), as a user would have it; the
peers are given the characters. A span of it that does not begin and end with a token is wrong.

All systems train on the same encoder, **multilingual-e5-small, dequantised from 4 bit weights**:
the original weights would score otherwise. No system has a dev set. The recipes of the peers
were chosen on Weibo dev at k=10 (`peers/README.md`); nothing was chosen on a test set. Test sets:
Weibo (270), Stockmark (535) and UD Chinese GSD (500) whole; of MSR the first 300 sentences under
150 characters. `msr_cws` is word segmentation: each character lies in one span, and all are called
`WORD`. It is made of what was published as the test file of MSR, split anew. `udc_pos` is words
with their part of speech: both are right together or not at all.

The column KnowFREE-FS has published figures, **of other conditions**: another encoder, other draws
of the examples, labels extended by a language model, and for Stockmark another split. They say
what such data allow, not which system is better."""
SECONDS = "## CPU seconds of one run: training and prediction of the test set, one thread"


def page(rows: Iterable[dict[str, Any]], how: dict[str, str]) -> str:
    """Rows of the store as markdown. how: of `provenance`."""
    found = _counted(rows)
    parts = [
        TITLE,
        HOW,
        table(["strict F1", *SYSTEMS, "KnowFREE-FS"], _lines(found, _f1, PUBLISHED)),
        SECONDS,
        table(["seconds", *SYSTEMS], _lines(found, _seconds)),
        _recipes(found),
        foot(how),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


Found = dict[tuple[str, str], list[dict[str, Any]]]  # (data, system) -> a row a seed


def _counted(rows: Iterable[dict[str, Any]]) -> Found:
    """Of each cell the recipe with most seeds, of equals the one measured last."""
    by_recipe: dict[tuple[str, str], dict[str, dict[int, dict[str, Any]]]] = defaultdict(dict)
    for row in rows:
        key = row["key"]
        recipes = by_recipe[key.dataset, key.system]
        # Taken out and put in again, so that the recipe measured last stands last.
        recipes[key.recipe] = {**recipes.pop(key.recipe, {}), key.seed: row}
    return {
        cell: list(max(reversed(recipes.values()), key=len).values())
        for cell, recipes in by_recipe.items()
    }


def _lines(
    found: Found,
    shown: Callable[[list[dict[str, Any]]], str],
    beside: dict[str, str] | None = None,
) -> Iterator[list[str]]:
    """A line per data set and size. beside: what stands in a last column."""
    for dataset, about in DATASETS.items():
        for size in about.sizes:
            data = f"{dataset} {size}"
            cells = [shown(found.get((data, system), [])) for system in SYSTEMS]
            last = [] if beside is None else [beside.get(data, "–")]
            yield [data, *cells, *last]


def _f1(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "–"
    values = [100 * row["f1"] for row in rows]
    spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
    return f"{mean(values):.1f}{spread}" + (f" ({len(values)})" if len(values) != 3 else "")


def _seconds(rows: list[dict[str, Any]]) -> str:
    return f"{mean(row['cpu_seconds'] for row in rows):.0f}" if rows else "–"


def _recipes(found: Found) -> str:
    """What each system was told, once for each way."""
    ways = {(system, _told(row["recipe"])) for (_, system), rows in found.items() for row in rows}
    return "\n".join(f"- {system}: {told}" for system, told in sorted(ways))


def _told(recipe: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(recipe.items()))
