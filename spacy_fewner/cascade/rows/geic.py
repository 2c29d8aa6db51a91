"""GEIC, the format of CascadeNER's data: a sentence, its entities in order, their categories.

    {"sentence1": {"sentence": "…", "entity": ["Ann", "Rome"], "category": ["author", "city"]}}

It has no offsets: an entity is looked for in the sentence, and one listed twice is its next
occurrence, not the first again as in the released code. [ours] Files written here also have
"offset": [[start, end], …], characters, by which they are read back exactly.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeAlias

from ...data.classes.labels import check_spans_annotated
from ...data.files import atomic_write
from ...data.formats.json_file import read_json_value
from ...data.trees.labels import path_of
from ...data.trees.paths import key, name
from ...data.trees.tree import LabelTree
from ...errors import FewnerError
from ...grounding.mentions import FEWER, Failure, Grounding, Mention, Purpose, ground
from ...grounding.normal import fold
from ...types import CharSpan, Reject, Sample

STAGE = "geic"
NOT_A_RECORD = "not a GEIC record"
NO_LABEL = "label not in the tree"
SEVERAL = "label may be several of the tree"
BAD_OFFSET = "offset does not hold the entity"


class _Found(NamedTuple):
    """A label's path, or why there is none."""

    path: str | None
    reason: str = ""


_LookUp: TypeAlias = Callable[[str], _Found]


@dataclass(frozen=True)
class GeicFile:
    """samples: what was read. rejects: records turned away, and entities lost from samples kept
    (these have the sample's key, "sentence7", in meta, and "entity")."""

    samples: list[Sample]
    rejects: list[Reject]


def read_geic(
    path: str | Path, tree: LabelTree | None = None, *, purpose: Purpose = "inference"
) -> GeicFile:
    """Read a file of GEIC records.

    tree: where categories are looked up, by name, leaves first; without one they stay names.
    purpose: "training" turns a record away if any of its entities has no place in the sentence or
        the tree; "inference" keeps its others. One listed more often than it occurs is reported
        only.
    Raises FewnerError for a file that is no JSON object of records; a bad record is a Reject.
    """
    look_up = cache(partial(_label, tree=tree))
    samples: list[Sample] = []
    rejects: list[Reject] = []
    for number, record in _parse(Path(path)).items():
        read = _read(record, number, look_up, purpose)
        samples += [] if read.sample is None else [read.sample]
        rejects += read.rejects
    return GeicFile(samples, rejects)


def write_geic(samples: Iterable[Sample], path: str | Path, tree: LabelTree | None = None) -> None:
    """Write spans in the order of the text; labels of a tree by name, where only one leaf has it.

    Documents' labels, weights and other meta have no place in the format and are left out, and a
    span given twice is written once; a record that was read keeps its other fields and its key.
    Raises FewnerError for what could not be read, and for a text that was not annotated for spans.
    """
    samples = list(samples)
    check_spans_annotated(samples, "GEIC")
    names, look_up = _Names(tree), cache(partial(_label, tree=tree))
    records: dict[str, Any] = {}
    checked: list[tuple[Sample, str]] = []
    for number, sample in enumerate(samples, start=1):
        source = sample.source if isinstance(sample.source, GeicRecord) else GeicRecord("", {})
        at = source.key if source.key not in ("", *records) else _free(f"sentence{number}", records)
        records[at] = {**source.record, **_record(sample, names)}
        checked.append((sample, at))
    try:
        text = (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    except UnicodeEncodeError as err:
        raise FewnerError(
            "samples", "must be well-formed Unicode", str(err), "Remove lone surrogates."
        ) from err
    for index, (sample, at) in enumerate(checked):
        _check_readable(sample, _read(records[at], at, look_up, "training"), index)
    atomic_write(Path(path), text)


@dataclass(frozen=True, slots=True, eq=False)
class GeicRecord:
    """The record that a sample was read from, and its key."""

    formats: ClassVar = ("geic",)
    key: str
    record: dict[str, Any]

    def extras(self) -> Counter[str]:
        """Fields that are no part of the format."""
        return Counter(self.record.keys() - {"sentence", "entity", "category", "offset"})


def _free(wanted: str, taken: Mapping[str, Any]) -> str:
    """The first of wanted, wantedb, wantedbb … that is not taken."""
    return wanted if wanted not in taken else _free(f"{wanted}b", taken)


def _check_readable(sample: Sample, read: "_Read", index: int) -> None:
    same = read.sample is not None and set(read.sample.spans) == set(sample.spans)
    if not same or read.rejects:
        found = "; ".join(f"{one.reason}: {one.detail}" for one in read.rejects[:2])
        raise FewnerError(
            f"samples[{index}]",
            "must be read again from GEIC as written",
            found or f"spans {sorted(sample.spans)!r}",
            "Mend its labels or offsets, or write .jsonl.",
        )


@dataclass(frozen=True)
class _Read:
    sample: Sample | None
    rejects: Sequence[Reject]


class _Names:
    """A label's category, remembered."""

    def __init__(self, tree: LabelTree | None):
        self._tree = tree
        self._known: dict[str, str] = {}

    def of(self, label: str) -> str:
        if self._tree is None or label not in self._tree:
            return label
        if label not in self._known:
            try:
                same = path_of(name(label), self._tree) == label
            except FewnerError:
                same = False
            self._known[label] = name(label) if same else label
        return self._known[label]


def _record(sample: Sample, names: _Names) -> dict[str, Any]:
    once = dict.fromkeys(sample.spans)
    spans = sorted(once, key=lambda span: (span.start, -span.end, span.label))
    return {
        "sentence": sample.text,
        "entity": [span.surface(sample.text) for span in spans],
        "category": [names.of(span.label) for span in spans],
        "offset": [[span.start, span.end] for span in spans],
    }


def _parse(path: Path) -> dict[str, Any]:
    remedy = 'Write {"sentence1": {"sentence": "…", "entity": […], "category": […]}}.'
    found = read_json_value(path, "must be a JSON object without a key twice", remedy)
    if not isinstance(found, dict) or not found:
        raise FewnerError(str(path), "must be a JSON object of records", found, remedy)
    return found


def _read(record: Any, number: str, look_up: _LookUp, purpose: Purpose) -> _Read:
    problem = _problem(record)
    if problem:
        return _Read(None, [Reject(NOT_A_RECORD, problem, STAGE, meta={"id": number})])
    text = record["sentence"]
    spans, failures = _spans(record, look_up)
    rejects = [
        Reject(
            failure.reason,
            f"{failure.mention.surface!r} ({failure.mention.label})",
            STAGE,
            text,
            {"id": number, "entity": failure.mention.surface},
        )
        for failure in failures
    ]
    fatal = [reject for reject in rejects if reject.reason != FEWER]
    if fatal and purpose == "training":
        return _Read(None, fatal[:1])
    return _Read(
        Sample(text, tuple(spans), meta={"id": number}, source=GeicRecord(number, record)), rejects
    )


def _problem(record: Any) -> str:
    if not isinstance(record, dict) or not isinstance(record.get("sentence"), str):
        return "no 'sentence'"
    if not record["sentence"].strip():
        return "an empty sentence"
    for word in ("entity", "category"):
        texts = record.get(word)
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            return f"'{word}' is no list of texts"
    if len(record["entity"]) != len(record["category"]):
        return f"{len(record['entity'])} entities, {len(record['category'])} categories"
    try:
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return "half of a surrogate pair"
    return ""


def _spans(record: dict[str, Any], look_up: _LookUp) -> tuple[list[CharSpan], list[Failure]]:
    text, offsets = record["sentence"], record.get("offset")
    found = [look_up(category) for category in record["category"]]
    labels = [one.path for one in found]
    listed = [Mention(*pair) for pair in zip(record["entity"], record["category"], strict=True)]
    failures = [
        Failure(mention, one.reason)
        for mention, one in zip(listed, found, strict=True)
        if one.path is None
    ]
    if offsets is not None:
        return _at_offsets(text, listed, labels, offsets, failures)
    # All are placed, also those without a label: each takes its occurrence from the next.
    named = [label or "" for label in labels]
    mentions = [
        Mention(mention.surface, label) for mention, label in zip(listed, named, strict=True)
    ]
    grounding = ground(text, mentions, ordered=True, purpose="inference")
    failures += [failure for failure in grounding.failures if failure.mention.label]
    failures += _spare(text, listed, grounding) if FEWER in grounding.flags else []
    return [span for span in grounding.spans if span.label], failures


def _spare(text: str, listed: Sequence[Mention], grounding: Grounding) -> list[Failure]:
    """The mentions of a surface beyond its occurrences; the others of it are placed."""
    left = Counter(fold(span.surface(text)) for span in grounding.spans)
    spare = []
    for mention in listed:
        surface = fold(mention.surface)
        if surface in left:
            left[surface] -= 1
            spare += [Failure(mention, FEWER)] if left[surface] < 0 else []
    return spare


def _at_offsets(
    text: str,
    listed: Sequence[Mention],
    labels: Sequence[str | None],
    offsets: Any,
    failures: list[Failure],
) -> tuple[list[CharSpan], list[Failure]]:
    known = offsets if isinstance(offsets, list) else []
    spans = []
    for place, (mention, label) in enumerate(zip(listed, labels, strict=True)):
        at = known[place] if place < len(known) else None
        if not isinstance(at, list) or not _holds(text, at, mention.surface):
            failures.append(Failure(mention, BAD_OFFSET))
        elif label is not None:
            spans.append(CharSpan(at[0], at[1], label))
    return list(dict.fromkeys(spans)), failures


def _holds(text: str, at: list[Any], surface: str) -> bool:
    if len(at) != 2 or not all(type(one) is int for one in at):
        return False
    return 0 <= at[0] < at[1] <= len(text) and text[at[0] : at[1]] == surface


def _label(category: str, tree: LabelTree | None) -> _Found:
    if tree is None:
        return _Found(category) if key(category) else _Found(None, NO_LABEL)
    try:
        return _Found(path_of(category, tree))
    except FewnerError:
        return _Found(None, SEVERAL if tree.find(category) else NO_LABEL)
