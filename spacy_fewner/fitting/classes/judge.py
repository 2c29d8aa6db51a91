"""The trained classifier that judges what a language model wrote for classes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...corpus.checking.class_checks import Probabilities
from ...errors import FewnerError
from ...types import Sample

if TYPE_CHECKING:
    from spacy.language import Language


def class_judge(nlp: "Language", classes: Iterable[str]) -> Probabilities:
    """Probabilities by the pipeline's `fewner_textcat`; FewnerError if it has none, or one that
    knows none of the classes. To be called before anything is paid for."""
    from ...textcat.component import textcat_of

    known, wanted = textcat_of(nlp, argument="model").labels, sorted(classes)
    if set(known).isdisjoint(wanted):
        rule, found = f"must know some of the classes {', '.join(wanted)}", ", ".join(known)
        remedy = "Give the pipeline that `train` or `fit` made of the examples."
        raise FewnerError("model", rule, found or "a pipe without classes", remedy)

    def probabilities(samples: Sequence[Sample]) -> list[Mapping[str, float]]:
        docs = nlp.pipe(sample.text for sample in samples)
        return [{label: doc.cats.get(label, 0.0) for label in known} for doc in docs]

    return probabilities
