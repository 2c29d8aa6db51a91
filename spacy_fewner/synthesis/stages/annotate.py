"""Annotation of new text by a model that is already trained (KnowFREE's loop)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, replace
from itertools import tee
from typing import TYPE_CHECKING, Any, TypeAlias

from ...data.docs import SPANS_KEY, doc_to_sample
from ...errors import FewnerError
from ...llm.client import Client
from ...types import Reject, Sample, Schema, is_extension
from ..annotated_texts import UNKNOWN_LABEL
from ..checks import check, share
from ..provenance import inherited, sample_id
from ..stage import Outcome

if TYPE_CHECKING:
    from spacy.tokens import Doc

# Any stands for Doc: configs check annotations at run time, when spaCy must not be loaded yet.
Annotator: TypeAlias = Callable[[Iterable[str]], Iterator[Any]]
"""Texts -> Docs, one each, in order: `nlp.pipe`."""


@dataclass(frozen=True)
class Annotate:
    """Puts a model's spans in the place of a sample's own target spans; `ext/` spans stay.

    annotator: one Doc a text, in order, such as `nlp.pipe` of a pipeline with `fewner`.
    spans_key: where it leaves its spans, with scores in `attrs["scores"]`.
    min_score: spans scored lower are left out; those without a score stay.

    No LLM is asked. A sample with a label that the schema lacks is rejected. Source: KnowFREE,
    KnowFREE.
    """

    annotator: Annotator
    _: KW_ONLY
    spans_key: str = SPANS_KEY
    min_score: float = 0.0
    name: str = "annotate"

    def __post_init__(self) -> None:
        rule, remedy = "must be callable", "Give nlp.pipe of a trained pipeline."
        check("annotator", callable(self.annotator), rule, self.annotator, remedy)
        share(self, "min_score")

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None = None
    ) -> Iterator[Outcome]:
        """Raises FewnerError when the annotator loses a text, adds one or changes one."""
        given, texts = tee(samples)
        docs = iter(self.annotator(sample.text for sample in texts))
        for sample in given:
            doc = next(docs, None)
            if doc is None or doc.text != sample.text:
                raise _not_its_doc(sample, doc)
            yield self._annotated(sample, doc, schema)

    def _annotated(self, sample: Sample, doc: "Doc", schema: Schema) -> Outcome:
        found = doc_to_sample(doc, self.spans_key).spans
        own = [s for s in found if s.score is None or s.score >= self.min_score]
        meta = {**inherited(sample), "stage": self.name, "calls": []}
        meta["parents"] = [sample_id(sample)]
        strange = next((span.label for span in own if span.label not in schema), None)
        if strange is not None:
            return Reject(UNKNOWN_LABEL, repr(strange), self.name, sample.text, meta)
        kept = [span for span in sample.spans if is_extension(span.label)]
        return replace(sample, spans=(*own, *kept), meta=meta)


def _not_its_doc(sample: Sample, doc: "Doc | None") -> FewnerError:
    return FewnerError(
        "annotator",
        "must give one Doc a text, in order, of that text",
        f"{sample.text[:60]!r} came back as {'nothing' if doc is None else repr(doc.text[:60])}",
        "Give nlp.pipe of a pipeline that leaves texts as they are.",
    )
