"""Data sets that rows are made of, each with types of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ...data import read_samples
from ...data.schema import parse_schema
from ...data.trees.label_records import read_records, texts_in
from ...discovery.negative_types import is_partial
from ...errors import FewnerError, path_given_as
from ...spans.open.texts import names_of
from ...types import LabelSpec, Sample, Schema
from .natural_names import natural_name, natural_names

NO_SCHEMA = Schema(())


@dataclass(frozen=True)
class RowSet:
    """name: of the data set. samples: with any labels. schema: what labels mean; a label of the
    data without an entry has its name alone. paraphrases: of descriptions, by label."""

    name: str
    samples: Sequence[Sample]
    schema: Schema = NO_SCHEMA
    paraphrases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def is_partial(self) -> bool:
        """Whether its texts name types of somebody's choice, so that it is no closed scheme."""
        return any(map(is_partial, self.samples))

    @cached_property
    def counts(self) -> Counter[str]:
        """Mentions by label; labels of the schema without any as well."""
        found = Counter(dict.fromkeys(self.schema.ids, 0))
        found.update(span.label for sample in self.samples for span in sample.targets)
        return found

    @cached_property
    def labels(self) -> dict[str, LabelSpec]:
        """By id: those of the schema in its order, then those of the data alone, sorted."""
        known = {label.id: label for label in self.schema}
        others = sorted(self.counts.keys() - known.keys())
        return {**known, **{label: LabelSpec(label) for label in others}}

    @cached_property
    def called(self) -> dict[str, str]:
        """Natural names by label; no two labels have one."""
        return natural_names(self.labels.values())

    def called_as(self, label: str) -> str:
        """The natural name of any label, of one that no span has too."""
        return self.called.get(label) or natural_name(LabelSpec(label))

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """All that a label may be called, in words."""
        return {
            label: tuple(dict.fromkeys([self.called[label], *names_of(spec)]))
            for label, spec in self.labels.items()
        }


def read_row_set(path: str | Path, labels: str | Path | None = None, **how: Any) -> RowSet:
    """A data set from a folder with `train.jsonl` and, if there is one, `schema.jsonl`, as the
    review of discovered types leaves them; or from a single file of samples.

    labels: names with commas between, a JSONL file of labels, or a tree; in place of that schema. A
        label of a JSONL file may have "paraphrases" of its description.
    how: to read a file of samples, as of read_samples.
    Raises FewnerError for files that are none.
    """
    path = Path(path)
    samples = read_samples(path / "train.jsonl") if path.is_dir() else read_samples(path, **how)
    own = path / "schema.jsonl"
    given = labels if labels is not None else (own if own.is_file() else None)
    if given is None:
        return RowSet(_name(path), samples)
    with path_given_as("labels"):
        return RowSet(_name(path), samples, parse_schema(str(given)), _paraphrases(given))


def check_names(sets: Sequence[RowSet]) -> None:
    """Raise FewnerError for two data sets of one name."""
    for name, count in Counter(one.name for one in sets).items():
        if count > 1:
            rule, remedy = "data sets must have different names", "Rename a file or a folder."
            raise FewnerError("annotated", rule, name, remedy)


def _name(path: Path) -> str:
    """Of a folder, or of a file; the folder speaks for a file that is called as in all of them."""
    is_part = path.stem in ("train", "dev", "test") and path.parent.name
    return path.resolve().parent.name if is_part else path.resolve().name.split(".")[0]


def _paraphrases(labels: str | Path) -> dict[str, tuple[str, ...]]:
    if not str(labels).endswith(".jsonl") or not Path(labels).is_file():
        return {}
    found = {one["id"]: texts_in(one, "paraphrases", where) for one, where in read_records(labels)}
    return {label: texts for label, texts in found.items() if texts}
