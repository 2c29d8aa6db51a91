"""Checks of single samples: labels, offsets, tokens, overlaps, leftovers of the reply's form."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from ...data.docs import Alignment, sample_to_doc
from ...errors import FewnerError
from ...types import CharSpan, Sample, Schema, is_extension
from .chain import Outcome, examine_each, reject

if TYPE_CHECKING:
    from spacy.language import Language

_LEFTOVER = re.compile(
    r"[\[\]{}<>|]{2}|\*\*|```|</?\w[\w-]*>|\[[^\]]{1,80}\]|^\W*(?:text|entities|named entities|"
    r"sentence|query|文本|实体|命名实体)\W{0,2}[:\uff1a]|\\[nt\"]|\ufffd|"
    r"; ?(?:topic: |seems .{1,80} at first, but is )|[;\uff1b] ?(?:(?:主题|提到)\uff1a|乍看像“)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class SchemaCheck:
    """Labels are those of the schema: its ids, or else, in any case, names and synonyms of one.
    Extensions pass.

    Never the most similar label: what is not declared is rejected ("unknown label"), or, with
    unknown="drop", its spans are dropped.
    """

    schema: Schema
    unknown: Literal["reject", "drop"] = "reject"
    name: str = "labels"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        spans = []
        for span in sample.spans:
            label = self.id_of(span.label)
            if label is not None:
                spans.append(replace(span, label=label))
            elif self.unknown == "reject":
                return reject(sample, "unknown label", span.label, self.name)
        return replace(sample, spans=tuple(dict.fromkeys(spans)))

    def id_of(self, label: str) -> str | None:
        """The id that a label stands for, an extension for itself; None for one not declared."""
        if is_extension(label) or label in self.schema:
            return label
        return self._ids.get(_key(label))

    @cached_property
    def _ids(self) -> dict[str, str]:
        """Ids win over names, names over synonyms. A name that labels of a tree share stands for
        none of them; a synonym that two claim is an error."""
        names: dict[str, set[str]] = defaultdict(set)
        for label in self.schema:
            names[_key(label.name)].add(label.id)
        claimed: dict[str, str] = {}
        for label in self.schema:
            for word in map(_key, label.synonyms):
                if claimed.setdefault(word, label.id) != label.id:
                    raise FewnerError(
                        "schema",
                        "no two labels may have the same name or synonym",
                        f"{word!r} of {claimed[word]} and {label.id}",
                        "Rename one, or take the synonym off one of them.",
                    )
        shared = {name for name, ids in names.items() if len(ids) > 1}
        named = {name: ids.pop() for name, ids in names.items() if name not in shared}
        ids = {word: label for word, label in claimed.items() if word not in shared}
        ids |= named | {_key(label.id): label.id for label in self.schema}
        return ids


def _key(label: str) -> str:
    return " ".join(re.sub(r"[\s_-]+", " ", label).casefold().split())


@dataclass(frozen=True)
class SpanCheck:
    """Spans lie in the text, are not empty, have no space at an edge and no twin."""

    name: str = "spans"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        if not sample.text.strip():
            return reject(sample, "no text", repr(sample.text[:20]), self.name)
        for span in sample.spans:
            surface = span.surface(sample.text)
            shown = f"{span.label} from {span.start} to {span.end}: {surface!r}"
            if not 0 <= span.start < span.end <= len(sample.text):
                return reject(sample, "span outside the text", shown, self.name)
            if surface != surface.strip():
                return reject(sample, "space at a span's edge", shown, self.name)
        return replace(sample, spans=tuple(dict.fromkeys(sample.spans)))


@dataclass(frozen=True)
class TokenCheck:
    """Spans begin and end at tokens: the sample's own, or those of the pipeline.

    alignment: "strict" rejects a sample with a span that does not, "expand" and "contract" move
        its edges. Needs samples that passed SpanCheck. Extensions that fit no token are left out.
    """

    nlp: "Language"
    alignment: Alignment = "strict"
    name: str = "tokens"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        _, misaligned = sample_to_doc(sample, self.nlp, "sc", self.alignment)
        moved: dict[CharSpan, CharSpan | None] = {}
        for missed in misaligned:
            if missed.placed is None and not is_extension(missed.span.label):
                detail = f"{missed.surface!r} in {missed.tokens!r}"
                return reject(sample, "edge inside a token", detail, self.name)
            moved[missed.span] = missed.placed
        placed = (moved.get(span, span) for span in sample.spans)
        return replace(sample, spans=tuple(dict.fromkeys(span for span in placed if span)))


@dataclass(frozen=True)
class FlatCheck:
    """Spans do not overlap. overlap: "reject" such samples, or keep the "longest" spans, of equal
    ones the first by label. Extensions may overlap anything: they are never predicted."""

    overlap: Literal["reject", "longest"] = "reject"
    name: str = "flat"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        kept: list[CharSpan] = []
        for span in sorted(sample.targets, key=lambda s: (s.start - s.end, s)):
            if all(span.end <= other.start or other.end <= span.start for other in kept):
                kept.append(span)
            elif self.overlap == "reject":
                detail = f"{span.label} {span.surface(sample.text)!r} overlaps another"
                return reject(sample, "overlapping spans", detail, self.name)
        extensions = set(sample.spans).difference(sample.targets)
        return replace(sample, spans=tuple(sorted([*kept, *extensions])))


def is_nested(samples: Sequence[Sample]) -> bool:
    """Whether any two spans share a character, extensions aside."""
    return any(
        earlier.end > later.start
        for sample in samples
        for earlier, later in pairwise(sorted(sample.targets))
    )


@dataclass(frozen=True)
class LeftoverCheck:
    """The text is free of what belongs to a reply's form or a template: brackets around a mention
    or a placeholder, tags, fences, `Text:` at a line's start, escapes, lines of the plan."""

    name: str = "leftovers"

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        found = _LEFTOVER.search(sample.text)
        if found:
            return reject(sample, "leftover of the reply's form", repr(found[0]), self.name)
        return sample
