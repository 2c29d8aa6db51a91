"""From gold examples, through chains of stages and all checks, to synthetic examples."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from ..data.given import as_samples
from ..errors import FewnerError
from ..llm.client import Client
from ..synthesis.stage import Stage
from ..types import Sample, Schema
from .checking.chain import Check, Outcome
from .checking.clean import Cleaned, clean, standard_checks, standard_class_checks

if TYPE_CHECKING:
    from spacy.language import Language


class Stopped(FewnerError):
    """Synthesis ended early, and why; `cleaned`: what had come until then, rejects above all."""

    def __init__(self, cause: FewnerError, cleaned: Cleaned):
        remedy = cause.remedy
        if any(row.seen for row in cleaned.ledger.rows):
            remedy += f"\nUntil then:\n{cleaned.ledger.to_text()}"
        super().__init__(cause.argument, cause.rule, cause.value, remedy)
        self.cause, self.cleaned = cause, cleaned

    def __reduce__(self):
        return type(self), (self.cause, self.cleaned)


@dataclass(frozen=True)
class Synthesis:
    """What to run, and what its outcome is checked against.

    chains: name -> stages; the first gets the gold samples, each other what the one before it made.
    held_out: name -> samples; name every dev and test set there is.
    style: bring texts to the style of gold (corpus/checking/style.py).
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

    In = out + rejects, for each stage and check: see the ledger. Raises Stopped when a stage or a
    check cannot go on; the replies that were paid for are in the client's journal.
    """
    gold = as_samples(gold, "gold")
    checks = standard_checks(gold, schema, nlp, nested, _others(synthesis), synthesis.style)
    return _run(gold, schema, client, synthesis, checks)


def synthesize_texts(
    gold: Sequence[Sample],
    schema: Schema,
    client: Client | None,
    synthesis: Synthesis,
    exclusive: bool,
) -> Cleaned:
    """As `synthesize`, for texts that are written for classes.

    gold: texts with classes. schema: of classes. exclusive: one a text.
    """
    gold = as_samples(gold, "gold")
    checks = standard_class_checks(gold, schema, exclusive, _others(synthesis), synthesis.style)
    return _run(gold, schema, client, synthesis, checks)


def _others(synthesis: Synthesis) -> dict[str, list[Sample]]:
    return {name: as_samples(other, name) for name, other in synthesis.held_out.items()}


def _run(
    gold: Sequence[Sample],
    schema: Schema,
    client: Client | None,
    synthesis: Synthesis,
    checks: Sequence[Check],
) -> Cleaned:
    cleaned = Cleaned()
    try:
        # Rows of stages come before those of checks, so all chains are set up before any runs.
        made = [
            _set_up(name, stages, gold, schema, client, cleaned)
            for name, stages in synthesis.chains.items()
        ]
        checks = [*checks, *synthesis.further]
        for outcome in clean(chain.from_iterable(made), checks, cleaned.ledger):
            cleaned.take(outcome)
    except FewnerError as err:
        raise Stopped(err, cleaned) from err
    return cleaned


def _set_up(
    name: str,
    stages: Sequence[Stage],
    gold: Sequence[Sample],
    schema: Schema,
    client: Client | None,
    cleaned: Cleaned,
) -> Iterable[Outcome]:
    """What the last stage is going to make; rejects of those before it are put aside."""
    made: Iterable[Outcome] = gold
    for stage in stages:
        outcomes = stage(cleaned.only_samples(made), schema, client)
        step = stage.name if stage.name == name else f"{name}: {stage.name}"
        made = cleaned.ledger.count(step, outcomes)
    return made
