"""From gold examples, through chains of stages and all checks, to synthetic examples."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..llm.client import Client
from ..synthesis.stage import Stage
from ..types import Reject, Sample, Schema
from .chain import Check, Outcome
from .clean import Cleaned, clean, standard_checks

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class Synthesis:
    """What to run, and what its outcome is checked against.

    chains: name -> stages; the first gets the gold samples, each other what the one before it made.
    held_out: name -> samples; name every dev and test set there is.
    style: bring texts to the style of gold (corpus/style.py).
    further: checks after the standard ones, such as AgreementCheck.
    """

    chains: Mapping[str, Sequence[Stage]]
    held_out: Mapping[str, Sequence[Sample]] = field(default_factory=dict)
    style: bool = True
    further: Sequence[Check] = ()


def synthesize(
    gold: Sequence[Sample],
    schema: Schema,
    client: Client | None,
    synthesis: Synthesis,
    nlp: "Language",
    nested: bool,
) -> Cleaned:
    """Run all chains; what they make goes through one and the same checks.

    In = out + rejects, for each stage and check: see the ledger. Raises FewnerError when a stage
    cannot go on; the replies that were paid for are in the client's journal.
    """
    checks = standard_checks(gold, schema, nlp, nested, synthesis.held_out, synthesis.style)
    cleaned = Cleaned()

    def made() -> Iterator[Outcome]:
        for name, stages in synthesis.chains.items():
            yield from _run(name, stages, gold, schema, client, cleaned)

    for outcome in clean(made(), [*checks, *synthesis.further], cleaned.ledger):
        (cleaned.rejects if isinstance(outcome, Reject) else cleaned.samples).append(outcome)  # type: ignore[arg-type]
    return cleaned


def _run(
    chain: str,
    stages: Sequence[Stage],
    gold: Sequence[Sample],
    schema: Schema,
    client: Client | None,
    cleaned: Cleaned,
) -> Iterator[Outcome]:
    """What the last stage makes, behind the rejects of those before it."""
    made: Iterable[Outcome] = gold
    for stage in stages:
        outcomes = stage(_kept(made, cleaned.rejects), schema, client)
        step = stage.name if stage.name == chain else f"{chain}: {stage.name}"
        made = cleaned.ledger.count(step, outcomes)
    yield from made


def _kept(outcomes: Iterable[Outcome], rejects: list[Reject]) -> Iterator[Sample]:
    """Samples only; rejects are put aside."""
    for outcome in outcomes:
        if isinstance(outcome, Reject):
            rejects.append(outcome)
        else:
            yield outcome
