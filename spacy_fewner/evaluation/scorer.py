"""spaCy scorer for spans that overlap, that loses no gold span to tokenization."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import accumulate
from typing import Any, Literal

from spacy.tokens import Doc, Span
from spacy.training import Example

from ..errors import FewnerError
from ..types import CharSpan
from .scores import PRF, span_strict


def make_span_scorer(
    spans_key: str = "sc", attr: Literal["spans", "ents"] = "spans"
) -> Callable[..., dict[str, Any]]:
    """Registered as `spacy-fewner.SpanScorer.v1`: strict scores of `doc.spans[key]` or `doc.ents`.

    spans_key: the span group to score. A `spans_key` in the component's cfg or in
        `nlp.evaluate(..., scorer_cfg={"spans_key": ...})` takes precedence.
    attr: "spans" or "ents".

    The scorer returns the keys of spaCy's own: `spans_{key}_p`, `_r`, `_f` (in [0, 1])
    and `_per_type`, or `ents_p` and so on; None where no document is annotated.
    Documents whose reference lacks the annotation are skipped, as in spaCy.

    Unlike spaCy's (ours): spans are compared by their characters, so that a gold span
    whose edges fall inside a token of the prediction counts as missed and is never dropped.

    Errors: FewnerError if `attr` is neither, or the two texts of an example differ.
    """
    if attr not in ("spans", "ents"):
        raise FewnerError("attr", 'must be "spans" or "ents"', attr, "Use one of the two.")
    # A partial of a module-level function can be pickled, which nlp.pipe(n_process=2) needs.
    return partial(_score_spans, default_key=spans_key, attr=attr)


def _score_spans(
    examples: Iterable[Example],
    *,
    default_key: str,
    attr: str,
    spans_key: str | None = None,
    **_cfg: Any,
) -> dict[str, Any]:
    """`_cfg` takes what else spaCy passes to every scorer (threshold, labels ...)."""
    key = default_key if spans_key is None else spans_key
    gold, predicted = [], []
    for example in examples:
        if _is_annotated(example.reference, attr, key):
            reference_spans = _spans_of(example.reference, attr, key)
            predicted_spans = _spans_of(example.predicted, attr, key)
            gold.append(_locate(example.reference, reference_spans, example))
            predicted.append(_locate(example.predicted, predicted_spans, example))
    scores = span_strict(gold, predicted)
    prefix = "ents" if attr == "ents" else f"spans_{key}"
    if not scores.micro.tp + scores.micro.fp + scores.micro.fn:
        return {f"{prefix}_{name}": None for name in ("p", "r", "f", "per_type")}
    return {
        **{f"{prefix}_{name}": value for name, value in _rates(scores.micro).items()},
        f"{prefix}_per_type": {label: _rates(prf) for label, prf in scores.per_label.items()},
    }


def _rates(prf: PRF) -> dict[str, float]:
    return {"p": prf.p, "r": prf.r, "f": prf.f}


def _is_annotated(doc: Doc, attr: str, key: str) -> bool:
    return doc.has_annotation("ENT_IOB") if attr == "ents" else key in doc.spans


def _spans_of(doc: Doc, attr: str, key: str) -> Iterable[Span]:
    return doc.ents if attr == "ents" else doc.spans.get(key, ())


def _locate(doc: Doc, spans: Iterable[Span], example: Example) -> list[CharSpan]:
    """Spans by character offset: in the text, or where spacing differs, without counting it."""
    reference, predicted = example.reference.text, example.predicted.text
    if reference == predicted:
        return [CharSpan(span.start_char, span.end_char, span.label_) for span in spans]
    if _without_spaces(reference) != _without_spaces(predicted):
        raise FewnerError(
            "examples",
            "reference and prediction must have the same text",
            f"{reference!r} and {predicted!r}",
            "Make the reference from the text that the pipeline annotates.",
        )
    # position[i]: how many characters before i are not spaces
    position = list(accumulate((not char.isspace() for char in doc.text), initial=0))
    return [
        CharSpan(position[span.start_char], position[span.end_char], span.label_) for span in spans
    ]


def _without_spaces(text: str) -> str:
    return "".join(text.split())
