"""Data sets to pretrain on, each with its own label scheme, and what is known to be absent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..data import read_samples
from ..data.trees.label_records import label_from, read_records, texts_in
from ..discovery.negative_types import ABSENT, ONLY_THESE
from ..errors import FewnerError
from ..spans.open.texts import names_of
from ..types import CharSpan, LabelSpec, Sample

TYPED = "typed"  # in meta: of each span the rule that found it and the head of its type


@dataclass(frozen=True)
class OpenLabel:
    """What a label may be called and how it may be explained, for training.

    definitions: one or more ways to say what it means; none if nobody said.
    covers: labels of the same scheme whose spans are spans of this one too, and all of them.
    """

    names: tuple[str, ...]
    definitions: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A data set that labels its own types.

    samples: with at least one text with spans.
    labels: by id; a label of the data without an entry has its name alone.
    """

    name: str
    samples: Sequence[Sample]
    labels: Mapping[str, OpenLabel] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each label stands in the samples."""
        return Counter(span.label for sample in self.samples for span in sample.spans)

    @cached_property
    def known(self) -> list[str]:
        """All labels: of spans, of the scheme, and said to be absent somewhere; sorted."""
        absent = {label for sample in self.samples for label in sample.meta.get(ABSENT, ())}
        return sorted({*self.counts, *self.labels, *absent})

    def label(self, label: str) -> OpenLabel:
        return self.labels.get(label) or open_label(LabelSpec(label))

    @cached_property
    def is_partial(self) -> bool:
        """Whether only some spans of its texts are annotated, so that no label is known absent."""
        return any(sample.meta.get(ONLY_THESE) for sample in self.samples)


def open_label(
    spec: LabelSpec, paraphrases: Sequence[str] = (), covers: Sequence[str] = ()
) -> OpenLabel:
    """paraphrases: of the description."""
    definitions = dict.fromkeys(filter(str.strip, [spec.description, *paraphrases]))
    return OpenLabel(tuple(names_of(spec)), tuple(definitions), tuple(covers))


def read_scheme(path: str | Path, more_labels: str | Path | None = None, **how: Any) -> Scheme:
    """A data set from a folder with a file of samples, `train.jsonl`, and of what its labels mean,
    `schema.jsonl`, if there is one; or from a single file of samples.

    more_labels: a file of labels beside that one. In both a label may have "paraphrases" of its
    description, and may say of which other labels it "covers" all spans.
    how: to read a single file of samples, as of read_samples.
    Raises FewnerError for a file without a span, and for a label that covers unknown ones.
    """
    path = Path(path)
    samples = read_samples(path / "train.jsonl") if path.is_dir() else read_samples(path, **how)
    if not any(sample.spans for sample in samples):
        remedy = 'Give texts with spans: {"text": "…", "spans": [{"start", "end", "label"}]}.'
        raise FewnerError("data", "a file to pretrain on must hold spans", str(path), remedy)
    for sample in samples:
        texts_in(sample.meta, ABSENT, f"meta of {sample.place or path}")
    own = path / "schema.jsonl"
    labels = _read_labels(own) if own.is_file() else {}
    if more_labels is not None:
        labels.update(_read_labels(more_labels))
    scheme = Scheme(path.name if path.is_dir() else path.stem, samples, labels)
    return _with_covering(_with_heads(scheme))


def _read_labels(file: str | Path) -> dict[str, OpenLabel]:
    labels: dict[str, OpenLabel] = {}
    for record, where in read_records(file):
        spec = label_from(record, where)
        if spec.id in labels:
            rule, remedy = "labels of a file must have different ids", "Remove or rename one."
            raise FewnerError(where, rule, spec.id, remedy)
        more = (texts_in(record, name, where) for name in ("paraphrases", "covers"))
        labels[spec.id] = open_label(spec, *more)
    return labels


def _with_heads(scheme: Scheme) -> Scheme:
    """Spans of typed text are also what the head of their type says: a rock band is a band."""
    if not scheme.is_partial:
        return scheme
    return replace(scheme, samples=[_headed(sample) for sample in scheme.samples])


def _headed(sample: Sample) -> Sample:
    heads = [one.get("head") for one in sample.meta.get(TYPED, ())]
    if len(heads) != len(sample.spans):
        return sample
    pairs = zip(sample.spans, heads, strict=True)
    more = [CharSpan(span.start, span.end, head) for span, head in pairs if head]
    return replace(sample, spans=tuple(sorted({*sample.spans, *more})))


def _with_covering(scheme: Scheme) -> Scheme:
    """With a span of each covering label wherever one that it covers has one."""
    above: dict[str, list[str]] = {}
    for label, own in scheme.labels.items():
        for covered in own.covers:
            _check_covered(scheme, label, covered)
            above.setdefault(covered, []).append(label)
    if not above:
        return scheme
    return replace(scheme, samples=[_covered(sample, above) for sample in scheme.samples])


def _check_covered(scheme: Scheme, label: str, covered: str) -> None:
    if covered not in scheme.labels and covered not in scheme.counts:
        remedy = "Name labels of the same data set."
        raise FewnerError(f"covers of {label!r}", "must be labels of the data", covered, remedy)


def _covered(sample: Sample, above: Mapping[str, Sequence[str]]) -> Sample:
    more = [
        CharSpan(span.start, span.end, label)
        for span in sample.spans
        for label in _reached(span.label, above)
    ]
    return replace(sample, spans=tuple(sorted({*sample.spans, *more}))) if more else sample


def _reached(label: str, above: Mapping[str, Sequence[str]]) -> set[str]:
    """The labels that cover it, those that cover these, and so on."""
    found: set[str] = set()
    waiting = [*above.get(label, ())]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += above.get(one, ())
    return found


def totals(schemes: Iterable[Scheme]) -> dict[str, Any]:
    """Counts of all, for people: texts, spans, labels."""
    given = list(schemes)
    return {
        "texts": sum(len(scheme.samples) for scheme in given),
        "spans": sum(scheme.counts.total() for scheme in given),
        "labels": len({label for scheme in given for label in scheme.counts}),
        "data_sets": len(given),
    }
