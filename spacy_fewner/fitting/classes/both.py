"""What a language model writes for examples with spans, with classes, or with both."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...corpus.checking.class_checks import Probabilities
from ...corpus.checking.clean import Cleaned
from ...corpus.checking.ledger import Ledger
from ...corpus.synthesize import Stopped
from ...data.tokens.pipeline import Tokens
from ...errors import FewnerError
from ...llm.client import Client
from ...types import Sample, Schema
from ..first_model import FirstModel
from ..synthesis_loop import SynthesisSettings, synthetic_examples
from .kinds import Apart
from .synthesis import synthetic_texts


def synthetic_of_both(
    apart: Apart,
    client: Client | None,
    settings: SynthesisSettings,
    *,
    lang: str,
    tokens: Tokens = "auto",
    nested: bool,
    held_out: Mapping[str, Sequence[Sample]],
    exclusive: bool | None = None,
    first: FirstModel | None = None,
    judge: Probabilities | None = None,
) -> Cleaned:
    """`synthetic_examples` of the texts with spans, then `synthetic_texts` of those with classes;
    see there. Samples, rejects and the rows of the ledger come one after the other.

    Raises FewnerError for settings about entities where no text has any, and what the two raise.
    """
    _check_entities(apart, settings)
    parts: list[Callable[[], Cleaned]] = []
    told: Any = {"held_out": held_out}
    if apart.spans or not apart.classes:
        schema = apart.span_schema or Schema.from_samples(apart.spans)
        how: Any = {**told, "lang": lang, "tokens": tokens, "nested": nested, "first": first}
        parts.append(lambda: synthetic_examples(apart.spans, schema, client, settings, **how))
    if apart.classes:
        one_each: Any = {**told, "lang": lang, "exclusive": exclusive, "judge": judge}
        parts.append(
            lambda: synthetic_texts(apart.classes, apart.class_schema, client, settings, **one_each)
        )
    done = Cleaned()
    for part in parts:
        try:
            done = joined(done, part())
        except Stopped as err:
            raise Stopped(err.cause, joined(done, err.cleaned)) from err
    return done


def joined(one: Cleaned, other: Cleaned) -> Cleaned:
    """Both, one after the other."""
    ledger = Ledger()
    ledger.rows = [*one.ledger.rows, *other.ledger.rows]
    return Cleaned([*one.samples, *other.samples], [*one.rejects, *other.rejects], ledger)


def _check_entities(apart: Apart, settings: SynthesisSettings) -> None:
    for name in ("explain", "extend"):
        if getattr(settings, name) and not apart.spans:
            rule, remedy = "is about entities, of which the examples have none", "Leave it out."
            raise FewnerError(name, rule, "set", remedy)
