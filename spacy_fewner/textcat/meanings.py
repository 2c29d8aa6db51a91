"""What classes mean, as vectors of the encoder that reads the texts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d

from ..cascade.trained.label_reader import LabelReader
from ..spans.open.texts import defined, names_of
from ..types import PATH_SEPARATOR, LabelSpec, Schema
from .head import model as parts
from .siblings import above


def read_meanings(model: Model, reader: LabelReader, labels: Schema) -> None:
    """Tell the head what its classes mean, as the encoder reads it now."""
    texts = texts_of_labels(labels)
    docs = iter(reader.docs(model, [text for own in texts for text in own]))
    rows = [[next(docs) for _ in own] for own in texts]
    parts.head_of(model).set_meanings(mean_vectors(model, rows))


def texts_of_labels(labels: Iterable[LabelSpec]) -> list[list[str]]:
    """Of each label the texts whose vectors, on average, are its own: what it means, or as long as
    nobody said, what it is called."""
    specs = list(labels)
    known = {spec.id for spec in specs}
    return [_texts(_whole(spec, known)) for spec in specs]


def _texts(spec: LabelSpec) -> list[str]:
    names = names_of(spec)
    return defined(", ".join(names), [spec.description]) or names


def _whole(spec: LabelSpec, known: set[str]) -> LabelSpec:
    """A slash in the name of a class that lies below no other is part of the name."""
    if above(spec.id, known) is not None:
        return spec
    return replace(spec, id=spec.id.replace(PATH_SEPARATOR, " "))


def mean_vectors(model: Model, docs: Sequence[Sequence[Doc]]) -> Floats2d:
    """(labels, width), each of length 1. docs: of each label its texts, as the encoder takes
    them."""
    flat = [doc for own in docs for doc in own]
    read = _unit(model.ops.xp, parts.text_vectors(model, flat))
    means, at = [], 0
    for own in docs:
        means.append(read[at : at + len(own)].mean(axis=0))
        at += len(own)
    return _unit(model.ops.xp, model.ops.xp.stack(means))


def _unit(xp: Any, vectors: Floats2d) -> Floats2d:
    lengths = xp.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / xp.maximum(lengths, 1e-12)
