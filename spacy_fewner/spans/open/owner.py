"""The part of `fewner` that takes labels by what they mean, without examples of them."""

from collections.abc import Mapping
from typing import Any

from spacy.language import Language
from thinc.api import Model

from ...data.trees.label_records import label_from
from ...encoders.locking import MAKING_READY
from ...errors import FewnerError
from ...types import LabelSpec, Schema
from .given import LabelsLike, as_records, as_schema

WIDTH = 12  # tokens of the widest span, where nobody and no examples say otherwise


def model_for(model: Model, start: str) -> Model:
    """The model given if it has an encoder that a start fits, or none is wanted; else the start's
    own, not yet initialized."""
    if not start or _has_adapter(model):
        return model
    from spacy.util import registry

    from .start import read_about

    config = {"model": model_config(read_about(start))}
    return registry.resolve(config)["model"]


def _has_adapter(model: Model) -> bool:
    kinds = ("LoraHFShim", "EncoderShim")  # of torch and exported, neither of which is loaded here
    return any(type(shim).__name__ in kinds for node in model.walk() for shim in node.shims)


def model_config(start: Any) -> dict[str, Any]:
    """The config of a `SpanGrid.v1` on the encoder that a start adapts."""
    taken = ("hidden", "cell", "biaffine_heads", "attention_heads", "reach", "dropout")
    return {
        "@architectures": "spacy-fewner.SpanGrid.v1",
        **{name: start.sizes[name] for name in taken},
        "context": start.context,
        "label_vectors": True,
        "token_loss": 1.0,
        "tok2vec": encoder_config(start, "reduce_max.v1"),
    }


def encoder_config(start: Any, pooling: str) -> dict[str, Any]:
    """The config of the encoder that a start adapts. pooling: from word pieces to a token."""
    return {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": start.base["name"],
        "revision": start.base["revision"],
        "rank": start.lora["rank"],
        "alpha": start.lora["alpha"],
        "dropout": 0.05,
        "pooling": {"@layers": pooling},
    }


class OpenLabels:
    """Mixed into a component, before what stores its settings and what holds its labels.

    What labels mean is in cfg["meanings"], records by label.
    """

    name: str
    vocab: Any
    model: Model
    cfg: dict[str, Any]
    start: Any
    labels: tuple[str, ...]
    of_start = False  # whether the model is the start's own, in place of the config's

    def _start_labels(self, labels: Schema | None) -> None:
        """labels: those of the config."""
        self.cfg["meanings"] = {}
        self._from_config = labels is not None
        for label in labels or ():
            self._note(label)
            self.add_label(label.id)  # type: ignore[attr-defined]

    @property
    def _least_width(self) -> int:
        """Tokens that the widest span has at least: what is found by its meaning alone may be wider
        than any example."""
        return WIDTH if self.of_start else 1

    @property
    def is_open(self) -> bool:
        """Whether labels are read by what they mean: a start, or a head that came from one."""
        return bool(self.start)

    def set_labels(self, labels: LabelsLike) -> None:
        """Find these labels and no others, from now on.

        labels: names, a mapping from a name to what it means, records of {"id", "description",
            "synonyms"}, or a file of labels. Those that are known and mean what they meant keep
            what training has taught of them; the others are read anew. Not while other threads
            predict with it, and a training goes on with a new optimizer.
        Raises FewnerError for labels that are none, and for a component without a start.
        """
        schema = as_schema("labels", labels)
        self._require_open()
        before = {label: self._meaning(label) for label in self.labels}
        kept = {label.id for label in schema if before.get(label.id) == label}
        self.cfg["meanings"] = {}
        for label in schema:
            self._note(label)
            self.vocab.strings.add(label.id)
        old, self.cfg["labels"] = list(self.labels), list(schema.ids)
        self.cfg["label_weights"] = [1.0] * len(schema)
        if self.model.has_dim("nO"):
            from .start import rewrite

            columns = [old.index(label.id) if label.id in kept else None for label in schema]
            rewrite(self.model, list(schema), columns)

    def _note(self, label: LabelSpec) -> None:
        if label.description or label.synonyms:
            self.cfg["meanings"][label.id] = as_records(Schema((label,)))[0]

    def _meaning(self, label: str) -> LabelSpec:
        known = self.cfg.get("meanings", {}).get(label)
        return label_from(known, label) if known else LabelSpec(label)

    @property
    def meanings(self) -> Schema:
        """The labels, each with what it means as far as somebody said."""
        return Schema(tuple(map(self._meaning, self.labels)))

    def _require_open(self) -> None:
        if not self.is_open:
            raise FewnerError(
                self.name,
                "must have a start to take labels by what they mean",
                "a component without one",
                'Make it with config={"labels": […]}, or train it with start = "open".',
            )

    def make_ready(self) -> None:
        """Load encoder and start, if that was not done yet; the first prediction does it else."""
        with MAKING_READY:
            if not self.model.has_dim("nO"):
                self.model.initialize()
                self.cfg["label_weights"] = [1.0] * len(self.labels)
                self._begin_open(self.cfg["max_width"] or WIDTH)

    def _begin_open(self, width: int) -> None:
        from .start import begin_from, read_start

        meanings = [self._meaning(label) for label in self.labels]
        begin_from(self.model, read_start(self.start), meanings, width)

    def _read_last(self, label: str, nlp: Language | None) -> None:
        if self.is_open:
            self._reread(label)
        else:
            super()._read_last(label, nlp)  # type: ignore[misc]

    def _reread(self, label: str) -> None:
        """Write the weights of one label anew, from what it means."""
        from .start import rewrite

        columns = [None if one == label else at for at, one in enumerate(self.labels)]
        rewrite(self.model, [self._meaning(one) for one in self.labels], columns)

    def add_label(
        self,
        label: str,
        *,
        nlp: Language | None = None,
        description: str = "",
        synonyms: tuple[str, ...] = (),
    ) -> int:
        """See `LabelOwner`. description, synonyms: what it means, for a component with a start; a
        known label that means something else now is read anew."""
        if not description and not synonyms:
            return super().add_label(label, nlp=nlp)  # type: ignore[misc]
        self._require_open()
        record = {"id": label, "description": description, "synonyms": list(synonyms)}
        (meaning,) = as_schema("label", [record])
        is_new = label not in self.labels
        if is_new or self._meaning(label) != meaning:
            self._note(meaning)
            if not is_new and self.model.has_dim("nO"):
                self._reread(label)
        return super().add_label(label, nlp=nlp) if is_new else 0  # type: ignore[misc]

    def _more_in_config(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._from_config:
            found["labels"] = as_records(self.meanings)
        if self.of_start:
            from .start import read_about

            found["model"] = model_config(read_about(self.start))
        return found

    def _restored(self, overrides: Mapping[str, Any]) -> None:
        super()._restored(overrides)  # type: ignore[misc]
        if overrides.get("labels") and self.is_open:
            self.set_labels(overrides["labels"])

    def to_disk(self, path: Any, **kwargs: Any) -> None:
        self._require_written()
        super().to_disk(path, **kwargs)  # type: ignore[misc]

    def to_bytes(self, **kwargs: Any) -> bytes:
        self._require_written()
        return super().to_bytes(**kwargs)  # type: ignore[misc]

    def _require_written(self) -> None:
        if self.is_open and self.labels and self._from_config:
            self.make_ready()
