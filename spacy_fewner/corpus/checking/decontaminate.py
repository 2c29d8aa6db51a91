"""Nothing of a test or dev set, and no copies of the demonstrations.

data/auditing/near.py says what is nearly the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...data.auditing.leakage import KnownTexts
from ...data.auditing.near import MAX_EDITS
from ...types import Sample
from .chain import Exempt, Outcome, examine_each, nothing, reject


@dataclass(frozen=True)
class HeldOutCheck:
    """Rejects what is the same, or nearly, as a text of any named set ("in a held-out set").

    held_out: name -> all of its samples; name every test and dev set there is.
    max_edits: words that may differ. It is far stricter than a search for copies: in a set of short
        texts, all that share a template with a test text go.
    exempt: samples to keep whatever they repeat.
    """

    held_out: Mapping[str, Sequence[Sample]]
    max_edits: int = MAX_EDITS
    reason: str = "in a held-out set"
    name: str = "held-out"
    exempt: Exempt = nothing

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        known = {
            name: KnownTexts((sample.text for sample in samples), self.max_edits)
            for name, samples in self.held_out.items()
        }

        def examine(sample: Sample) -> Outcome:
            if self.exempt(sample):
                return sample
            for name, texts in known.items():
                leak = texts.find(sample.text)
                if leak:
                    nearly = "" if leak.exact else "nearly "
                    twin = self.held_out[name][leak.other].text[:60]
                    detail = f"{nearly}{name} example {leak.other + 1}: {twin!r}"
                    return reject(sample, self.reason, detail, self.name)
            return sample

        return examine_each(outcomes, examine)


def copy_check(
    demonstrations: Sequence[Sample], max_edits: int = MAX_EDITS, exempt: Exempt = nothing
) -> HeldOutCheck:
    """Rejects what repeats an example that the prompt showed ("copy of a demonstration")."""
    known = {"demonstrations": demonstrations}
    return HeldOutCheck(known, max_edits, "copy of a demonstration", "copies", exempt)
