"""Extraction of a language model: what share of spans it finds in one round, in three, in five."""

from collections.abc import Iterable, Sequence

from ...cascade.asked.mark import MarkEntities
from ...errors import check_number
from ...evaluation.scores import PRF
from ...llm.client import Client
from ...types import Reject, Sample, Schema


def found_in_rounds(
    samples: Sequence[Sample],
    schema: Schema,
    client: Client,
    how: MarkEntities,
    rounds: Iterable[int] = (1, 3, 5),
) -> dict[int, PRF]:
    """Precision and recall of places, whatever their labels, by the number of rounds; of a text
    that no round could be read of, all spans are missed.

    how: whose own rounds are not looked at. The model must draw (temperature above 0), or all
    rounds say the same. A longer run asks again only for the rounds that it has more.
    Source: CascadeNER, three rounds and their union.
    """
    from dataclasses import replace

    found = {}
    for number in rounds:
        check_number("rounds", number, least=1, whole=True)
        stage = replace(how, rounds=number, reject_limit=1.0)
        outcomes = stage(samples, schema, client)
        found[number] = sum(map(_compared, samples, outcomes), PRF())
    return found


def _compared(sample: Sample, outcome: Sample | Reject) -> PRF:
    gold = {(span.start, span.end) for span in sample.targets}
    said = set()
    if isinstance(outcome, Sample):
        said = {(span.start, span.end) for span in outcome.targets}
    right = len(gold & said)
    return PRF(right, len(said) - right, len(gold) - right)
