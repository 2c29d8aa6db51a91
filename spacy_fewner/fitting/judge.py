"""The trained pipeline that annotates and judges what a language model wrote."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import FewnerError

if TYPE_CHECKING:
    from spacy.language import Language

    from ..spans.component import SpanLabeller

_REMEDY = "Give the pipeline that `train` or `fit` made of the examples."


def judge_of(
    nlp: "Language", labels: Iterable[str], spans_key: str | None = None
) -> "SpanLabeller":
    """Its `fewner`, by whatever name; FewnerError if it has none that can judge these labels.

    labels: those that the language model annotates. spans_key: of several, that which writes there.
    To be called before anything is paid for.
    """
    from ..spans.component import labeller_of

    judge = labeller_of(nlp, spans_key, argument="model", choose="--spans-key KEY")
    known, wanted = judge.labels, sorted(labels)
    if judge.type_blind:
        found = f"{judge.name}, which finds spans of any type, as in a cascade"
        raise FewnerError("model", "must tell the labels apart", found, _REMEDY)
    if not judge.model.has_dim("nO"):
        raise FewnerError("model", "must be trained", f"{judge.name}, which is not", _REMEDY)
    if set(known).isdisjoint(wanted):
        rule = f"must know some of the labels {', '.join(wanted)}"
        raise FewnerError("model", rule, f"{judge.name} with {', '.join(known)}", _REMEDY)
    return judge
