"""What an exported pipeline is worth beside the one that it came from, on texts of the user's."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from ...evaluation.predicting import docs_of, spans_in
from ...evaluation.scores import span_strict
from ...types import Sample
from .agreement import Agreement, agreement, found_in

LEAST_FOUND = 10  # spans or classes, below which nothing is proven
LEAST_SAME = 0.97  # F1 of what both find, where no gold says which is right
LEAST_SAME_AS_GOOD = 0.9  # where gold says that as much is right
MOST_LOST = 0.005  # of strict F1, or of the share of right classes
LEAST_QUALITY = 0.1  # below which gold is of something else than what the pipeline finds


@dataclass(frozen=True)
class Trial:
    """name: as the table calls it. megabytes: of the folder. speed: words per CPU-second. same: see
    `Agreement`. quality: strict F1 of spans, or the share of texts with the right class, the mean
    of both where there are both; None without gold."""

    name: str
    megabytes: float
    speed: float
    same: Agreement
    quality: float | None

    def holds(self, before: "Trial") -> bool:
        """Whether it may stand for the pipeline before."""
        if before.same.found < LEAST_FOUND:
            return False
        if self.quality is None or before.quality is None or before.quality < LEAST_QUALITY:
            return self.same.same >= LEAST_SAME
        is_as_good = self.quality >= before.quality - MOST_LOST
        return is_as_good and self.same.same >= LEAST_SAME_AS_GOOD


def tried(
    name: str, nlp: Language, folder: Path, samples: Sequence[Sample], before: Sequence[Doc] = ()
) -> tuple[Trial, list[Doc]]:
    """before: what the pipeline that it came from gave for the samples; empty for that one."""
    docs_of(nlp, samples[:2])  # what is done once
    started = time.process_time()
    docs = docs_of(nlp, samples)
    seconds = max(time.process_time() - started, 1e-9)
    speed = sum(map(len, docs)) / seconds
    same = agreement(docs, before or docs)
    return Trial(name, _megabytes(folder), speed, same, quality(docs, samples)), docs


def quality(docs: Sequence[Doc], samples: Sequence[Sample]) -> float | None:
    """None where less than half of the texts are annotated with what the pipeline gives."""
    found = [
        one for one in (_of_spans(docs, samples), _of_classes(docs, samples)) if one is not None
    ]
    return sum(found) / len(found) if found else None


def _of_spans(docs: Sequence[Doc], samples: Sequence[Sample]) -> float | None:
    pairs = [(doc, own) for doc, own in zip(docs, samples, strict=True) if own.spans_annotated]
    if 2 * sum(bool(own.spans) for _, own in pairs) < len(samples):
        return None
    keys = {key for doc, _ in pairs for key in doc.spans}
    gold = [own.spans for _, own in pairs]
    scores = [span_strict(gold, spans_in([doc for doc, _ in pairs], key)).micro.f for key in keys]
    return max(scores, default=None)


def _of_classes(docs: Sequence[Doc], samples: Sequence[Sample]) -> float | None:
    pairs = [(doc, own) for doc, own in zip(docs, samples, strict=True) if own.cats and doc.cats]
    if 2 * len(pairs) < len(samples):
        return None
    right = sum(
        _best(doc) in {c for c, score in own.cats.items() if score >= 0.5} for doc, own in pairs
    )
    return right / len(pairs)


def _best(doc: Doc) -> str:
    return next(place[1] for place in found_in(doc) if place[0] == "cats")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
