"""Which layer of a DocBin holds its annotation: a span group, or `doc.ents`.

Of a whole file, since one document without spans says nothing. What is annotated in another layer
is never taken for "no spans" in silence.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...errors import FewnerError, warn

if TYPE_CHECKING:
    from spacy.tokens import Doc

ENTS = "ents"


def choose_layer(docs: Sequence["Doc"], spans_key: str) -> str | None:
    """spans_key, or None for `doc.ents` where no document has a group of that name."""
    if any(spans_key in doc.spans for doc in docs):
        return spans_key
    return None if spans_key == ENTS or any(doc.ents for doc in docs) else spans_key


def check_layers(docs: Sequence["Doc"], layer: str | None, spans_key: str, where: str) -> None:
    """Raise FewnerError if another layer has spans, and only where the chosen one has none: then
    the annotation is split between them, or the key is the wrong one.

    A layer that stands beside the chosen one in some document is further annotation, and left
    alone. Warns of documents whose entities might have been meant too, and of groups not read.
    """
    for other in _others(docs, layer):
        alone = [doc for doc in docs if _size(doc, other) and not _size(doc, layer)]
        if alone and not any(_size(doc, other) and _size(doc, layer) for doc in docs):
            raise _elsewhere(docs, alone, layer, other, where)
    said = _unread(docs, layer, spans_key)
    if said:
        warn(f"{where}: {said}")


def _others(docs: Sequence["Doc"], layer: str | None) -> Iterator[str | None]:
    if layer is not None:
        yield None
    yield from sorted({key for doc in docs for key in doc.spans if key != layer})


def _size(doc: "Doc", layer: str | None) -> int:
    return len(doc.ents) if layer is None else len(doc.spans.get(layer, ()))


def _elsewhere(
    docs: Sequence["Doc"], alone: Sequence["Doc"], layer: str | None, other: str | None, where: str
) -> FewnerError:
    spans = sum(_size(doc, other) for doc in alone)
    key = ENTS if other is None else other
    if any(_size(doc, layer) for doc in docs):
        remedy = "Put all under one key, or leave out the documents that are not annotated."
    else:
        remedy = f"Choose their key: --spans-key {key}; in Python or a config, spans_key."
    return FewnerError(
        where,
        f"spans must be in {_name(layer)}",
        f"{len(docs)} docs, {len(alone)} with {spans} spans in {_name(other)} only",
        remedy,
    )


def _unread(docs: Sequence["Doc"], layer: str | None, spans_key: str) -> str:
    if layer is not None:
        unread = sum(bool(doc.ents) and layer not in doc.spans for doc in docs)
        rest = (
            f"of {len(docs)} docs have doc.ents and no {_name(layer)}; read as texts without spans"
        )
        return f"{unread} {rest}" if unread else ""
    sizes = {_name(key): sum(_size(doc, key) for doc in docs) for key in _others(docs, None)}
    left = ", ".join(f"{name} ({size} spans)" for name, size in sizes.items() if size)
    if spans_key == ENTS or not left:
        return ""
    return f"no doc has {_name(spans_key)}: doc.ents are read, and not {left}"


def _name(layer: str | None) -> str:
    return "doc.ents" if layer is None else f"doc.spans[{layer!r}]"
