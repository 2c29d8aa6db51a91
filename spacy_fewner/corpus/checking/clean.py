"""The checks that synthetic text has to pass before anything is trained on it, in their order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...types import Reject, Sample, Schema
from .chain import Check, Exempt, Outcome, nothing
from .class_checks import ClassCheck, OtherClassCheck
from .decontaminate import HeldOutCheck, copy_check
from .density import DensityCheck
from .duplicates import DuplicateCheck
from .extended_gold import ExtendedGold
from .ledger import Ledger
from .sample_checks import FlatCheck, LeftoverCheck, SchemaCheck, SpanCheck, TokenCheck
from .style import Style, StyleCheck

if TYPE_CHECKING:
    from spacy.language import Language

# Between two training texts. Held-out texts are guarded by more; here short texts of one form, with
# other mentions in them, are wanted.
MAX_EDITS = 1


@dataclass
class Cleaned:
    """samples that passed, rejects of stages and checks, and the table of both."""

    samples: list[Sample] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Reject):
            self.rejects.append(outcome)
        else:
            self.samples.append(outcome)

    def only_samples(self, outcomes: Iterable[Outcome]) -> Iterator[Sample]:
        """For the next step; rejects are put aside."""
        for outcome in outcomes:
            if isinstance(outcome, Reject):
                self.rejects.append(outcome)
            else:
                yield outcome


def standard_checks(
    gold: Sequence[Sample],
    schema: Schema,
    nlp: "Language",
    nested: bool,
    held_out: Mapping[str, Sequence[Sample]] | None = None,
    style: bool = True,
) -> list[Check]:
    """For text fresh from a language model.

    Labels and offsets, leftovers of the reply, style and density like gold's, tokens, no copies,
    nothing held out. Gold text with extension spans is no copy: `with_extended` puts it in place of
    what it was made of.
    held_out: name -> samples; name every dev and test set there is.
    style: bring case, punctuation and length to those of gold text (corpus/checking/style.py).
    """
    extended = ExtendedGold(gold)
    styled: list[Check] = [StyleCheck(Style.of(gold), exempt=extended)] if style else []
    labels, spans, *rest = trainable_checks(gold, schema, nlp, nested, held_out, extended)
    return [
        labels,
        spans,
        LeftoverCheck(),
        *styled,
        *rest,
        DensityCheck.of(gold),
        DuplicateCheck(max_edits=MAX_EDITS, exempt=extended),
    ]


def trainable_checks(
    gold: Sequence[Sample],
    schema: Schema,
    nlp: "Language",
    nested: bool,
    held_out: Mapping[str, Sequence[Sample]] | None = None,
    originals: Exempt = nothing,
) -> list[Check]:
    """What must hold of anything that is trained on beside gold: labels, offsets, tokens, overlaps,
    and no copy of gold, but for `originals`, or held-out text."""
    checks: list[Check] = [SchemaCheck(schema), SpanCheck()]
    if not nested:
        checks.append(FlatCheck())
    checks += [TokenCheck(nlp), copy_check(gold, max_edits=0, exempt=originals)]
    return [*checks, HeldOutCheck(held_out)] if held_out else checks


def standard_class_checks(
    gold: Sequence[Sample],
    schema: Schema,
    exclusive: bool,
    held_out: Mapping[str, Sequence[Sample]] | None = None,
    style: bool = True,
) -> list[Check]:
    """As `standard_checks`, for texts that were written for classes; nothing is asked of spans.

    gold: texts with classes, whose style counts. schema: of classes. exclusive: one a text.
    """
    styled: list[Check] = [StyleCheck(Style.of(gold))] if style else []
    classes, *rest = trainable_class_checks(gold, schema, exclusive, held_out)
    near: list[Check] = [OtherClassCheck(gold), DuplicateCheck(max_edits=MAX_EDITS)]
    return [classes, LeftoverCheck(), *styled, *rest, *near]


def trainable_class_checks(
    gold: Sequence[Sample],
    schema: Schema,
    exclusive: bool,
    held_out: Mapping[str, Sequence[Sample]] | None = None,
) -> list[Check]:
    """What must hold of any text with classes that is trained on beside gold: classes of the
    schema, and no copy of gold or of held-out text."""
    checks: list[Check] = [ClassCheck(schema, exclusive), copy_check(gold, max_edits=0)]
    return [*checks, HeldOutCheck(held_out)] if held_out else checks


def clean(
    outcomes: Iterable[Outcome], checks: Sequence[Check], ledger: Ledger
) -> Iterator[Outcome]:
    """Run all through all checks, and count."""
    return ledger.run(outcomes, checks)
