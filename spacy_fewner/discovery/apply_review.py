"""A review file carried out: the annotations follow, and are written in all their forms."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..data.formats.jsonl import read_jsonl
from ..data.trees import paths
from ..errors import FewnerError
from ..shown import cut, shown_in_line
from ..types import Sample, Schema
from .collect import collect
from .review.entries import Review
from .review.export import with_examples, write_exports
from .review.follow import follow
from .review.places import Places
from .review.read import read_review
from .review.settle import settle
from .type_labels import field_of, is_discovered
from .write_review import RESOLVED, REVIEW

_LONGEST = 80  # characters of a label that are shown


@dataclass(frozen=True)
class Reviewed:
    """Annotations that follow a review.

    samples, schema: see `follow`; the schema has examples.
    renamed, merged: label -> the new one. dropped: labels that the review drops. deleted: labels of
        the annotations that no entry has. lost: mentions of both kinds.
    """

    samples: list[Sample]
    schema: Schema
    renamed: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    lost: int = 0

    @property
    def mentions(self) -> Counter[str]:
        """By label."""
        spans = (span for sample in self.samples for span in sample.spans)
        return Counter(span.label for span in spans if is_discovered(span.label))

    def to_text(self) -> str:
        """A few lines for people."""
        types = [one for one in self.schema if not field_of(one.id)]
        count = f"{len(types)} types and {len(self.schema) - len(types)} fields"
        lines = [f"{count}, {self.mentions.total()} mentions in {len(self.samples)} texts"]
        changes = [
            [f"renamed  {_shown(old)} -> {_shown(new)}" for old, new in self.renamed.items()],
            [f"merged   {_shown(old)} -> {_shown(new)}" for old, new in self.merged.items()],
            [f"dropped  {_shown(label)}" for label in self.dropped],
            [f"deleted  {_shown(label)} (no entry has this label)" for label in self.deleted],
        ]
        lines += [line for change in changes for part in cut(change) for line in part]
        if self.dropped or self.deleted:
            lost = "1 mention" if self.lost == 1 else f"{self.lost} mentions"
            lines.append(f"{lost} went with what was dropped or deleted")
        return "\n".join(lines)


def review_samples(samples: Iterable[Sample], review: Review) -> Reviewed:
    """Samples as `discover_types` gives them, with the labels of a review.

    Raises FewnerError for a review that cannot be carried out (see `settle`), and for one with a
    label that the samples lack.
    """
    given = list(samples)
    found = collect(given)
    _check_known(review, found)
    settled = settle(review)
    followed = follow(given, settled)
    deleted = tuple(label for label in found if label not in settled.labels)
    lost = sum(len(one.places) for one in found.values() if not settled.labels.get(one.label))
    schema = with_examples(settled.schema, followed)
    return Reviewed(
        followed, schema, settled.renamed, settled.merged, settled.dropped, deleted, lost
    )


def apply_review(folder: str | Path, review: str | Path | None = None) -> Reviewed:
    """Carry out the review of a folder that `write_review` wrote; the files there are those of
    `write_exports`. It can be done again after further edits.

    review: another file than the folder's `review.yaml`.
    """
    folder = Path(folder)
    resolved = folder / RESOLVED
    if not resolved.is_file():
        remedy = "Run `discover` first, and name the folder that it wrote."
        raise FewnerError("folder", f"must hold {RESOLVED}", str(folder), remedy)
    read = read_review(review if review is not None else folder / REVIEW)
    reviewed = review_samples(read_jsonl(resolved), read)
    write_exports(folder, reviewed.samples, reviewed.schema)
    return reviewed


def _shown(label: str) -> str:
    """On one line, and no longer than one."""
    line = shown_in_line(label)
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _check_known(review: Review, known: Iterable[str]) -> None:
    labels = dict.fromkeys(known)
    for place in Places(review):
        for label in place.entry.labels:
            if label not in labels:
                raise _unknown(place.entry.where, label, list(labels))


def _unknown(where: str, label: str, labels: Sequence[str]) -> FewnerError:
    near = paths.closest(label, labels)
    hint = f" It may be {' or '.join(map(repr, near))}." if near else ""
    remedy = f"To rename a type write another `name`; leave `labels` as they were.{hint}"
    return FewnerError(where, "labels must be those of the annotations", label, remedy)
