"""What a pipeline finds of labels it was given no example of, in one table."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import FewnerError
from ..shown import shown_in_line
from ..types import CharSpan, LabelSpec, Sample, Schema, is_extension
from .all_scorers import AllScores, all_scores
from .label_parts import ALL, CATCH_ALLS, OTHERS, SEEN, UNSEEN, label_parts
from .other_names import GIVEN, SYNONYMS, Way, ways
from .predicting import predict

if TYPE_CHECKING:
    from spacy.language import Language

    from ..spans.component import SpanLabeller

RENAMED = "with a synonym"  # the labels that "synonyms as names" renames, where it is not all
_SHOWN = 5  # catch-alls named
_SCORERS = ("partial", "string set", "string multiset")


@dataclass(frozen=True)
class Row:
    """way: how labels were asked for. part: which labels were scored. labels: their ids."""

    way: str
    part: str
    labels: tuple[str, ...]
    scores: AllScores

    @property
    def record(self) -> dict[str, Any]:
        """As JSON."""
        rates = {
            name: {"p": one.micro.p, "r": one.micro.r, "f": one.micro.f}
            for name, one in self.scores.by_scorer().items()
        }
        labels, spans = list(self.labels), self.scores.strict.micro.support
        return {"way": self.way, "part": self.part, "labels": labels, "spans": spans, **rates}


@dataclass(frozen=True)
class ZeroShotTable:
    """texts: how many were scored."""

    rows: tuple[Row, ...]
    texts: int

    @property
    def records(self) -> list[dict[str, Any]]:
        return [row.record for row in self.rows]

    def to_text(self) -> str:
        """For people: percent, a line a row."""
        several = len({row.way for row in self.rows}) > 1
        names = [f"{row.way}: {row.part}" if several else row.part for row in self.rows]
        width = max(map(len, names))
        head = f"{'':<{width}}  labels  spans      P      R      F  {'  '.join(_SCORERS)}"
        lines = [_line(f"{name:<{width}}", row) for name, row in zip(names, self.rows, strict=True)]
        return "\n".join([head, *lines, *self._notes()])

    def _notes(self) -> Iterator[str]:
        scorers = (
            "P, R, F: strict; partial: an overlap is half; string set, multiset: of each type,"
        )
        yield f"{self.texts} texts; in %. {scorers} as UniversalNER and GoLLIE score"
        parts = {row.part: row.labels for row in self.rows if row.way == GIVEN}
        if CATCH_ALLS in parts:
            shown = ", ".join(map(shown_in_line, parts[CATCH_ALLS][:_SHOWN]))
            yield f"catch-alls: {shown}{', …' if len(parts[CATCH_ALLS]) > _SHOWN else ''}"
        if SEEN in parts or UNSEEN in parts:
            seen, unseen = (len(parts.get(part, ())) for part in (SEEN, UNSEEN))
            yield f"{seen} of {seen + unseen} labels have a name that was seen in training"


def _line(name: str, row: Row) -> str:
    strict, *others = (one.micro for one in row.scores.by_scorer().values())
    rates = "  ".join(f"{100 * one:5.1f}" for one in (strict.p, strict.r, strict.f))
    others_f = "  ".join(
        f"{100 * one.f:{len(scorer)}.1f}" for one, scorer in zip(others, _SCORERS, strict=True)
    )
    return f"{name}  {len(row.labels):6}  {strict.support:5.0f}  {rates}  {others_f}"


def zero_shot_table(
    nlp: "Language",
    samples: Sequence[Sample],
    *,
    key: str = "sc",
    predicted: Sequence[Sequence[CharSpan]] | None = None,
    schema: Schema | None = None,
    leave_out: Collection[str] | None = None,
    seen: Iterable[str] | None = None,
    renamed: bool = False,
    seed: int = 0,
) -> ZeroShotTable:
    """Scores by four scorers, with and without catch-alls, of seen and unseen names apart, and of
    the same labels under other names.

    samples: with gold spans. key: of doc.spans that the pipeline writes. predicted: its spans, if
        they are known. schema: what the labels mean; None for what the pipeline itself knows.
    leave_out, seen: see `label_parts`; seen None for the names that the pipeline's own start was
        trained on, if it has one.
    renamed: also ask under other names (`ways`), with the seed; only where `fewner` takes labels by
        what they mean. Afterwards the pipeline is as it was.
    Raises FewnerError for that, and for labels to leave out that are none.
    """
    found = predict(nlp, samples, key) if predicted is None else predicted
    others = list(_others(nlp, samples, key, seed)) if renamed else []
    known = schema or _known(nlp, key)
    parts = label_parts(_labels(known, samples, found), leave_out, _seen(nlp, key, seen))
    for way, _ in others:
        if 0 < len(way.changed) < len(way.label_of):
            parts[RENAMED] = way.changed
    gold, texts = [sample.targets for sample in samples], [sample.text for sample in samples]
    rows = [
        Row(way.name, part, labels, all_scores(gold, spans, texts, labels))
        for way, spans in [(Way(GIVEN, known, {}), found), *others]
        for part, labels in parts.items()
        if _is_shown(way, part)
    ]
    return ZeroShotTable(tuple(rows), len(samples))


def _is_shown(way: Way, part: str) -> bool:
    """Parts say little under names that are wrong."""
    return way.name == GIVEN or part in (ALL, OTHERS) or (way.name, part) == (SYNONYMS, RENAMED)


def _others(
    nlp: "Language", samples: Sequence[Sample], key: str, seed: int
) -> Iterator[tuple[Way, list[list[CharSpan]]]]:
    """What is found under other names."""
    fewner = _open_one(nlp, key)
    if fewner is None:
        rule = "needs a fewner that takes labels by what they mean"
        remedy = "Leave it out, or give a pipeline that `zero-shot --save` wrote."
        raise FewnerError("renamed", rule, ", ".join(nlp.pipe_names) or "no component", remedy)
    with _restored(fewner):
        for way in ways(fewner.meanings, seed)[1:]:
            fewner.set_labels(way.schema)
            yield way, [way.meant(spans) for spans in predict(nlp, samples, key)]


@contextmanager
def _restored(fewner: "SpanLabeller") -> Iterator[None]:
    before = fewner.to_bytes()
    try:
        yield
    finally:
        fewner.from_bytes(before)


def _open_one(nlp: "Language", key: str) -> "SpanLabeller | None":
    """The component that writes there, if it takes labels by what they mean."""
    from ..spans.component import SpanLabeller
    from ..spans.find import components_of

    found = components_of(nlp, SpanLabeller).values()
    return next((one for one in found if one.spans_key == key and one.is_open), None)


def _known(nlp: "Language", key: str) -> Schema:
    fewner = _open_one(nlp, key)
    return fewner.meanings if fewner else Schema(())


def _labels(
    schema: Schema, samples: Sequence[Sample], found: Sequence[Sequence[CharSpan]]
) -> list[LabelSpec]:
    """Those asked for, and all that occur."""
    occur = {one.label for sample in samples for one in sample.targets}
    occur |= {one.label for spans in found for one in spans}
    more = sorted(label for label in occur - set(schema.ids) if not is_extension(label))
    return [*schema, *map(LabelSpec, more)]


def _seen(nlp: "Language", key: str, seen: Iterable[str] | None) -> Iterable[str] | None:
    fewner = _open_one(nlp, key)
    if seen is not None or fewner is None:
        return seen
    from ..spans.open.start import read_about

    return read_about(fewner.start).about.get("names")
