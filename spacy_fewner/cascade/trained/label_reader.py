"""Label texts as documents, and the vectors of those already read."""

from collections.abc import Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats1d, Floats2d

from ...encoders.locking import MAKING_READY
from . import architecture

REREAD = 8  # updates


class LabelReader:
    """Reads label texts with a model, each once until the weights change, whatever the threads.

    nlp: whose tokenizer reads them, and whose encoder if the model listens to one.
    """

    def __init__(self, nlp: Language):
        self._nlp = nlp
        self._vectors: dict[str, Floats1d] = {}  # replaced, never changed: others may be reading it
        self._recent: dict[str, Doc] = {}
        self._updates = 0

    def docs_to_train(self, model: Model, texts: Sequence[str]) -> list[Doc]:
        """For an update. Where no gradient goes into reading labels, their vectors in `tensor` are
        up to REREAD updates old: reading them anew takes longer than the update itself."""
        if architecture.learns_from_labels(model):
            return self.docs(model, texts)
        if self._updates % REREAD == 0:
            self._recent.clear()
        self._updates += 1
        new = [text for text in dict.fromkeys(texts) if text not in self._recent]
        docs = self.docs(model, new)
        read = model.get_ref("tok2vec").predict(docs) if docs else []
        for doc, vectors in zip(docs, read, strict=True):
            doc.tensor = vectors
        self._recent.update(zip(new, docs, strict=True))
        return [self._recent[text] for text in texts]

    def docs(self, model: Model, texts: Sequence[str]) -> list[Doc]:
        """Documents of one token or more, with what an encoder upstream writes to them."""
        return self.read(model, [self._doc(text) for text in texts])

    def read(self, model: Model, docs: list[Doc]) -> list[Doc]:
        """The documents, with what an encoder upstream writes to them."""
        for pipe in self._upstream(model) if docs else []:
            # Not pipe.predict: in an update, listeners must keep what they were given.
            pipe.set_annotations(docs, pipe.model.predict(docs))
        return docs

    def _upstream(self, model: Model) -> list[Any]:
        """The encoders that the model listens to, by its listeners: names change."""
        own = {id(node) for node in model.walk()}
        pipes = [pipe for _, pipe in self._nlp.components]
        return [pipe for pipe in pipes if own & set(map(id, getattr(pipe, "listeners", [])))]

    def _doc(self, text: str) -> Doc:
        doc = self._nlp.make_doc(text)
        return doc if len(doc) else Doc(self._nlp.vocab, words=["."])

    def vectors(self, model: Model, texts: Sequence[str]) -> Floats2d:
        """(texts, width). Vectors of other texts are dropped, so that they follow the tree."""
        known = self._vectors
        if known.keys() != set(texts):
            with MAKING_READY:
                known = self._vectors = self._read(model, texts)
        return model.ops.xp.stack([known[text] for text in texts])

    def _read(self, model: Model, texts: Sequence[str]) -> dict[str, Floats1d]:
        known = self._vectors
        new = list(dict.fromkeys(text for text in texts if text not in known))
        vectors = architecture.label_vectors(model, self.docs(model, new)) if new else []
        read = dict(zip(new, vectors, strict=True))
        return {text: read[text] if text in read else known[text] for text in texts}

    def forget(self) -> None:
        """Drop all vectors; to be called whenever weights change."""
        self._vectors = {}

    def start(self) -> None:
        """Drop everything, before a training."""
        self.forget()
        self._recent.clear()
        self._updates = 0

    def __len__(self) -> int:
        """How many texts are known by their vectors."""
        return len(self._vectors)
