"""Extension spans for texts that passed all checks: nothing is paid for what is rejected."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import FewnerError
from ..llm.client import Client
from ..synthesis.stage import Stage
from ..types import Sample, Schema
from .checking.chain import Outcome
from .checking.clean import Cleaned
from .checking.extended_gold import ExtendedGold
from .checking.sample_checks import TokenCheck
from .synthesize import Stopped

if TYPE_CHECKING:
    from spacy.language import Language


def with_new_extended(
    cleaned: Cleaned,
    gold: Sequence[Sample],
    stages: Callable[[Sequence[Sample]], Sequence[Stage]],
    schema: Schema,
    client: Client | None,
    nlp: "Language",
) -> Cleaned:
    """What was made, its new texts with extension spans (KnowFREE extends synthetic text too).

    stages: extended gold -> what extends a text, and gives its types the names that they have in
        gold.
    A text that could not be extended stays as it was, and counts for no extension label; the reject
    says why. Raises Stopped when a stage cannot go on.
    """
    is_gold = ExtendedGold(gold)
    new = [one for one in cleaned.samples if not is_gold(one)]
    try:
        forms = _extended(
            cleaned, new, stages([*filter(is_gold, cleaned.samples)]), schema, client, nlp
        )
    except FewnerError as err:
        raise Stopped(err, cleaned) from err
    samples = [one if is_gold(one) else forms.get(one.text, one) for one in cleaned.samples]
    return Cleaned(samples, cleaned.rejects, cleaned.ledger)


def _extended(
    cleaned: Cleaned,
    new: Sequence[Sample],
    stages: Sequence[Stage],
    schema: Schema,
    client: Client | None,
    nlp: "Language",
) -> dict[str, Sample]:
    """By their text, which no two have. Rejects and rows go to `cleaned`."""
    made: Sequence[Outcome] = new
    flow = iter(made)
    for stage in stages:
        outcomes = stage(cleaned.only_samples(flow), schema, client)
        flow = cleaned.ledger.count(f"new texts: {stage.name}", outcomes)
    # What was written as a word need not be a token.
    flow = cleaned.ledger.run(flow, [TokenCheck(nlp, name="new texts: tokens")])
    return {one.text: one for one in cleaned.only_samples(flow)}
