"""What a review gives: annotated texts, the scheme, a tree, and spaCy's label data."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...data.files import atomic_write, together
from ...data.formats.jsonl import write_jsonl
from ...data.schema import write_labels
from ...data.trees.file import write_tree
from ...data.trees.tree import LabelTree
from ...types import Sample, Schema
from ..collect import in_line
from ..negative_types import ONLY_THESE
from ..type_labels import field_of, is_catch_all

TRAIN, SCHEMA, TREE, LABELS = "train.jsonl", "schema.jsonl", "tree.yaml", "labels.json"
_EXAMPLES = 5


def with_examples(schema: Schema, samples: Sequence[Sample]) -> Schema:
    """The scheme with the most frequent mentions of each label."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        for span in sample.spans:
            counts[span.label][in_line(span.surface(sample.text))] += 1
    return Schema(tuple(replace(one, examples=_most(counts[one.id])) for one in schema))


def _most(counts: Counter[str]) -> tuple[str, ...]:
    order = sorted(counts, key=lambda one: (-counts[one], one))
    return tuple(one for one in order if one)[:_EXAMPLES]


def write_exports(folder: Path, samples: Sequence[Sample], schema: Schema) -> None:
    """All four files, or none.

    `train.jsonl` has the meta "only_these" on each sample: a document was annotated for its own
    types only, so what is not annotated in it may well be a mention of another document's type.
    `pretrain` learns then from annotated places alone. `schema.jsonl` has definitions, synonyms and
    up to five examples, `tree.yaml` the same with fields below their types, and `labels.json` is
    spaCy's label data for `fewner`.
    """
    tree = LabelTree(schema, _catch_alls(schema), str(folder / TREE))
    labels = json.dumps(list(schema.ids), ensure_ascii=False, indent=1) + "\n"
    with together():
        write_jsonl([_partial(sample) for sample in samples], folder / TRAIN)
        write_labels(schema, folder / SCHEMA)
        write_tree(tree, folder / TREE)
        atomic_write(folder / LABELS, labels.encode("utf-8"))


def _partial(sample: Sample) -> Sample:
    return replace(sample, meta={**sample.meta, ONLY_THESE: True})


def _catch_alls(schema: Schema) -> frozenset[str]:
    """A tree may have one below a label, here one among the types: the first."""
    found = [one.id for one in schema if not field_of(one.id) and is_catch_all(one.id)]
    return frozenset(found[:1])
