"""Texts that came before, exactly or nearly (data/auditing/near.py says what nearly is)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...data.auditing.leakage import KnownTexts
from ...data.auditing.near import MAX_EDITS
from ...types import Reject, Sample
from .chain import Exempt, Outcome, nothing, reject


@dataclass(frozen=True)
class DuplicateCheck:
    """Keeps the first of texts that are the same or nearly.

    known: texts that came before all, such as the gold ones.
    max_edits: words in which two texts may differ and still be the same; 0 for none. Two keeps
        one of "films by Ann Lee" and "films by Bob Ray": lower it where texts are short and much
        alike, and only their mentions differ.
    exempt: samples to keep whatever they repeat.
    """

    known: Sequence[Sample] = ()
    max_edits: int = MAX_EDITS
    name: str = "duplicates"
    exempt: Exempt = nothing

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        texts = KnownTexts((sample.text for sample in self.known), self.max_edits)
        first = [f"known text {number + 1}" for number in range(len(self.known))]
        for outcome in outcomes:
            if isinstance(outcome, Reject) or self.exempt(outcome):
                yield outcome
                continue
            leak = texts.find(outcome.text)
            if leak:
                reason = "duplicate" if leak.exact else "near duplicate"
                yield reject(outcome, reason, f"of {first[leak.other]}", self.name)
            else:
                first.append(repr(outcome.text[:60]))
                texts.add(outcome.text)
                yield outcome
