"""GEIC with dynamic categories: the questions that a text's entities were turned into.

    {"sentence1": {"sentence": "…", "entity": ["Ann", "Ann"], "category": ["person", "unknown"],
      "options": [["person", "place"], ["chemist", "unknown"]], "below": ["", "person"],
      "offset": [[0, 3], [0, 3]]}}

An entity stands there once for each level it is asked about. Categories are the answers, as they
are called in this very question.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ...data.files import atomic_write
from ...data.trees.tree import LabelTree
from ...errors import FewnerError
from ...types import Sample
from . import dynamic
from .dynamic import Dynamic


def write_dynamic_geic(
    samples: Iterable[Sample],
    path: str | Path,
    tree: LabelTree,
    how: Dynamic | None = None,
    seed: int = 0,
) -> None:
    """Write the questions of `classifier_rows` with the same arguments; a sentence without any has
    empty lists. Raises FewnerError for labels outside the tree."""
    samples = list(samples)
    records = [_empty(sample) for sample in samples]
    for row in dynamic.rows(samples, tree, how, seed):
        record, choice = records[row.sample], row.choice
        record["entity"].append(row.span.surface(samples[row.sample].text))
        record["category"].append(choice.options[choice.answer])
        record["options"].append(list(choice.options))
        record["below"].append(row.parent or "")
        record["offset"].append([row.span.start, row.span.end])
    atomic_write(Path(path), _encoded(records))


def _empty(sample: Sample) -> dict[str, Any]:
    fields = ("entity", "category", "options", "below", "offset")
    return {"sentence": sample.text, **{field: [] for field in fields}}


def _encoded(records: Sequence[dict[str, Any]]) -> bytes:
    named = {f"sentence{number}": record for number, record in enumerate(records, start=1)}
    try:
        return (json.dumps(named, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    except UnicodeEncodeError as err:
        rule, remedy = "must be well-formed Unicode", "Remove lone surrogates."
        raise FewnerError("samples", rule, str(err), remedy) from err
