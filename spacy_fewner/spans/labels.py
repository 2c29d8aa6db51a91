"""The part of `fewner` that holds its labels: what gold counts as, new labels, their names."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Model

from ..errors import FewnerError
from ..types import ENTITY, PATH_SEPARATOR
from . import architecture, targets
from .find import encoders_before


class LabelOwner:
    """Mixed into a component; labels are in cfg["labels"], in the order of the model's output."""

    name: str
    vocab: Vocab
    model: Model
    cfg: dict[str, Any]
    spans_key: Any
    type_blind: Any
    extension_prefix: Any
    set_output: Any

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        return list(self.labels)

    @property
    def hide_labels(self) -> list[bool]:
        """(labels,) which are extension labels: trained, never predicted."""
        return [self._is_extension(label) for label in self.labels]

    def _is_extension(self, label: str) -> bool:
        prefix = self.extension_prefix
        return bool(prefix) and label.startswith(prefix)

    def _learnt(self, label: str) -> str:
        """What a gold label counts as."""
        blind = self.type_blind and not self._is_extension(label)
        return ENTITY if blind else label

    def _predicted(self, label: str) -> str | None:
        return None if self._is_extension(label) else self._learnt(label)

    def add_label(self, label: str, *, nlp: Language | None = None) -> int:
        """Add a label; on a trained model the head grows by it. Returns 1 if it is new, else 0.

        Where the head has label vectors, that of the new label is its name as the encoder reads it
        now. nlp: the pipeline, if the encoder is a pipe of its own that this one listens to;
        without it the vector starts at random then, as the label's other weights do.
        """
        if not isinstance(label, str) or not label.strip():
            raise FewnerError("label", "must be a non-empty string", label, "Give it a name.")
        label = self._learnt(label)
        if label in self.labels:
            return 0
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        if self.model.has_dim("nO"):
            self.cfg["label_weights"].append(1.0)
            self.set_output(len(self.labels))
            self._read_last(label, nlp)
        return 1

    def _read_last(self, label: str, nlp: Language | None) -> None:
        """Give the last label of the head what is known of it before any training."""
        names = self._label_names([label])
        self._listen(nlp, names)
        architecture.read_last_labels(self.model, names)

    def _labels_of(self, examples: Iterable[Example]) -> list[str]:
        return sorted(map(self._learnt, targets.gold_labels(examples, self.spans_key)))

    def _require_trainable_labels(self) -> None:
        if all(self.hide_labels):
            raise FewnerError(
                f"{self.name}.labels",
                f"training needs at least one label to predict in doc.spans[{self.spans_key!r}]",
                list(self.labels),
                "Check spans_key against your data, or pass labels.",
            )

    def _label_names(self, labels: Sequence[str]) -> list[Doc]:
        """What labels are called, in words: "person/field_athlete" is "field athlete"."""
        names = [label.rsplit(PATH_SEPARATOR, 1)[-1] for label in labels]
        words = [re.sub(r"[\W_]+", " ", name).lower().split() for name in names]
        return [
            Doc(self.vocab, words=own or [name]) for own, name in zip(words, names, strict=True)
        ]

    def _listen(self, nlp: Language | None, docs: list[Doc]) -> None:
        """Give documents the vectors of an encoder earlier in the pipeline that we listen to."""
        for pipe in encoders_before(nlp, self):
            pipe.set_annotations(docs, pipe.predict(docs))
