"""What a pipeline says of the classes of texts, before it is decided."""

from collections.abc import Sequence

import numpy as np
from spacy.language import Language

from ...data import samples_to_docs
from ...spans.find import encoders_before
from ...textcat.component import TextClassifier, textcat_of
from ...types import Sample

_BATCH = 64


def predict_logits(nlp: Language, samples: Sequence[Sample]) -> np.ndarray:
    """(texts, classes), in the order of the component's labels."""
    classifier = textcat_of(nlp)
    parts = [
        _logits(nlp, classifier, samples[at : at + _BATCH]) for at in range(0, len(samples), _BATCH)
    ]
    return np.concatenate([np.zeros((0, len(classifier.labels)), dtype="float32"), *parts])


def _logits(nlp: Language, classifier: TextClassifier, samples: Sequence[Sample]) -> np.ndarray:
    docs, _ = samples_to_docs(samples, nlp)
    for pipe in encoders_before(nlp, classifier):
        docs = list(pipe.pipe(docs))
    return classifier.logits(docs)
