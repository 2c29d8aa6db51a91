"""What a pipeline says of annotated texts, by characters."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..data import doc_to_sample, samples_to_docs
from ..data.edge_space import trimmed
from ..progress import counted
from ..types import CharSpan, Sample

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_NOTHING = "fewner_none"  # key of doc.spans


def docs_of(nlp: "Language", samples: Sequence[Sample]) -> list["Doc"]:
    """A doc for each text, with its own tokens if it has some, annotated by the pipeline alone."""
    bare = [Sample(one.text, tokens=one.tokens, place=one.place) for one in samples]
    docs, _ = samples_to_docs(bare, nlp, _NOTHING)
    for doc in docs:
        del doc.spans[_NOTHING]
    return list(counted(nlp.pipe(docs), "Predicting", "texts", len(bare)))


def spans_in(docs: Iterable["Doc"], key: str) -> list[Sequence[CharSpan]]:
    """Of each doc, those of doc.spans[key], without white space at their edges."""
    return [trimmed(doc_to_sample(doc, key).spans, doc.text) for doc in docs]


def predict(nlp: "Language", samples: Sequence[Sample], key: str) -> list[Sequence[CharSpan]]:
    """The pipeline's spans of each text."""
    return spans_in(docs_of(nlp, samples), key)
