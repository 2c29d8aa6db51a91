"""The spans that the classifier is given: candidates of a pipeline, or gold of examples."""

import logging
from collections.abc import Iterable, Sequence

import numpy as np
from spacy.tokens import Doc, Span
from spacy.training import Example

from ..errors import FewnerError
from ..spans import targets
from ..types import is_extension

logger = logging.getLogger(__name__)

ENTS = "ents"


def has_candidates(doc: Doc, key: str) -> bool:
    """Whether any component wrote them, be it an empty group."""
    return doc.has_annotation("ENT_IOB") if key == ENTS else key in doc.spans


def candidates(doc: Doc, key: str) -> np.ndarray:
    """(S, 2) first and last (exclusive) token of each candidate once, in order, outer before inner.

    key: of doc.spans, or "ents" for doc.ents. Labels do not matter; empty spans and spans of
    white space alone are left out.
    """
    spans = doc.ents if key == ENTS else doc.spans.get(key, ())
    found = {(span.start, -span.end) for span in spans if span.text.strip()}
    table = np.asarray(sorted(found), dtype="int64").reshape(-1, 2)
    return table * [1, -1]


def found(docs: Sequence[Doc], key: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """`candidates` and `certainties` of each document."""
    spans = [candidates(doc, key) for doc in docs]
    return spans, [certainties(doc, key, own) for doc, own in zip(docs, spans, strict=True)]


class MissingWarning:
    """Warns, once, of documents with tokens under whose key no component wrote candidates.

    owner: name of the component. remedy: what can be done about it.
    """

    def __init__(self, owner: str, remedy: str):
        self._owner, self._remedy, self._given = owner, remedy, False

    def __call__(self, docs: Iterable[Doc], key: str) -> None:
        if self._given or all(has_candidates(doc, key) for doc in docs if len(doc)):
            return
        self._given = True
        logger.warning(
            "%s: no component before it wrote %s, so there is nothing to classify. %s",
            self._owner, "doc.ents" if key == ENTS else f"doc.spans[{key!r}]", self._remedy,
        )  # fmt: skip


def certainties(doc: Doc, key: str, spans: np.ndarray) -> np.ndarray:
    """(S,) the score with which each candidate was found, the best of several; 1 if it has none.

    spans: as `candidates` gives them.
    """
    group = doc.spans.get(key, ()) if key != ENTS else ()
    best: dict[tuple[int, int], float] = {}
    for span, score in zip(group, scores_in(group), strict=False):
        if 0 <= score <= 1:
            at = span.start, span.end
            best[at] = max(best.get(at, 0.0), float(score))
    return np.asarray([best.get((start, end), 1.0) for start, end in spans.tolist()])


def scores_in(group: Sequence[Span]) -> list[float]:
    """One a span of a group of doc.spans; none where there are none, or somebody changed the spans
    and left the scores."""
    scores = getattr(group, "attrs", {}).get("scores", ())
    return list(scores) if len(scores) == len(group) else []


def gold_spans(examples: Iterable[Example], spans_key: str) -> list[list[Span]]:
    """Of each example, on the tokens of its predicted doc; labels that only help training and
    spans that fit no tokens are left out."""
    aligned = [targets.aligned_gold(example, spans_key)[0] for example in examples]
    return [[s for s in spans if len(s) and not is_extension(s.label_)] for spans in aligned]


def gold_labels(examples: Iterable[Example], spans_key: str) -> list[str]:
    """Sorted, each once, of spans that fit no tokens too."""
    found = targets.gold_labels(examples, spans_key)
    return sorted(label for label in found if not is_extension(label))


def check_inside(docs: Sequence[Doc], spans: Sequence[np.ndarray]) -> None:
    """Raise FewnerError for a span, (S, 2), that is empty or leaves its document."""
    for number, (doc, table) in enumerate(zip(docs, spans, strict=True)):
        starts, ends = np.asarray(table, dtype="int64").reshape(-1, 2).T
        bad = np.flatnonzero((starts < 0) | (ends <= starts) | (ends > len(doc)))
        if len(bad):
            raise FewnerError(
                f"spans[{number}]",
                f"first and last (exclusive) token must lie in the document's {len(doc)} tokens",
                (int(starts[bad[0]]), int(ends[bad[0]])),
                "Give (start, end) with 0 <= start < end.",
            )


def bounds(spans: Sequence[Span]) -> np.ndarray:
    """(S, 2) first and last (exclusive) token of each."""
    table = [(span.start, span.end) for span in spans]
    return np.asarray(table, dtype="int64").reshape(-1, 2)


def stack(spans: Sequence[np.ndarray]) -> np.ndarray:
    """(S, 2) of each document -> (sum of S, 3) with the document's number before."""
    owners = np.repeat(np.arange(len(spans)), [len(table) for table in spans])
    table = np.concatenate([np.zeros((0, 2), dtype="int64"), *spans])
    return np.column_stack([owners, table])


def alone(docs: Sequence[Doc], spans: np.ndarray) -> tuple[list[Doc], np.ndarray]:
    """Each span as a document of its own, and where in those they are: the whole of each.

    spans: (S, 3), as returned.
    """
    cut = [_cut(docs[doc], start, end) for doc, start, end in spans.tolist()]
    sizes = np.asarray([len(doc) for doc in cut], dtype="int64")
    return cut, np.column_stack([np.arange(len(cut)), np.zeros_like(sizes), sizes])


def _cut(doc: Doc, start: int, end: int) -> Doc:
    tokens = doc[start:end]
    return Doc(
        doc.vocab,
        words=[token.text for token in tokens],
        spaces=[bool(token.whitespace_) for token in tokens],
    )
