"""spaCy's DocBin (.spacy) in and out; what is not changed comes out as it went in."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError
from ...types import Sample
from ..alignment import refuse_lost
from ..classes.names import clean_cats, warn_of_trimmed
from ..docs import SPANS_KEY, Alignment, Misaligned, layer_to_sample, sample_to_doc
from ..files import atomic_write, read_bytes
from ..given import as_samples
from ..tokens.pipeline import blank_pipeline
from .docbin_layers import check_layers, choose_layer
from .same import FIELDS, check_same
from .sources.docbin_rows import DocRow, append, docs_of, empty_bin, rows_of
from .sources.edited_doc import edit

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, DocBin


def read_docbin(path: str | Path, spans_key: str | None = SPANS_KEY) -> list[Sample]:
    """Read `doc.spans[spans_key]`, or `doc.ents` if no doc has that key or it is "ents"; no spans
    if it is None.

    Raises FewnerError if the file is no DocBin or empty, or if docs without spans there have some
    elsewhere (they would be lost in silence).
    """
    where = str(path)
    stored, docs = _unpacked(read_bytes(Path(path)), where)
    if not docs:
        raise FewnerError(where, "must hold examples", "a DocBin of no docs", "Add some docs.")
    layer = None if spans_key is None else choose_layer(docs, spans_key)
    if spans_key is not None:
        check_layers(docs, layer, spans_key, where)
    rows = rows_of(stored, spans_key, layer)
    read = [
        replace(layer_to_sample(doc, layer), source=row)
        for doc, row in zip(docs, rows, strict=True)
    ]
    warn_of_trimmed(where, (name for sample in read for name in sample.cats))
    read = [
        replace(sample, cats=clean_cats(sample.cats, f"{where} doc {number} cats"))
        for number, sample in enumerate(read, start=1)
    ]
    return [replace(sample, spans=()) for sample in read] if spans_key is None else read


def write_docbin(
    samples: Iterable[Sample],
    path: str | Path,
    spans_key: str = SPANS_KEY,
    *,
    nlp: "Language | None" = None,
    alignment: Alignment = "strict",
) -> None:
    """Write spans with their scores, cats, meta and weight.

    A sample that was read from a DocBin is the doc it was, with what has changed since.
    nlp: tokenizes the samples that have no tokens; a multi-language tokenizer if None.
    Raises FewnerError if a span does not fit the tokens and alignment finds it no place, and for
    what would not be read again as it is.
    """
    samples, nlp = as_samples(samples, "samples", spans_key), nlp or blank_pipeline()
    stored, misaligned = _stored(samples, spans_key, nlp, alignment)
    refuse_lost(misaligned, samples, nlp)
    content = stored.to_bytes()
    _check(samples, content, spans_key, moved={missed.index for missed in misaligned})
    atomic_write(Path(path), content)


def _unpacked(content: bytes, where: str) -> "tuple[DocBin, list[Doc]]":
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        stored = DocBin().from_bytes(content)
        return stored, list(stored.get_docs(Vocab()))
    except Exception as err:  # zlib, msgpack, numpy and spaCy each raise their own
        raise FewnerError(
            where,
            "must be a DocBin",
            f"{type(err).__name__}: {err}",
            "Write it with DocBin.to_disk, or name the file's format.",
        ) from err


def _stored(
    samples: Sequence[Sample], spans_key: str, nlp: "Language", alignment: Alignment
) -> "tuple[DocBin, list[Misaligned]]":
    rows = [sample.source for sample in samples if isinstance(sample.source, DocRow)]
    stored, docs = empty_bin(rows), docs_of(rows)
    misaligned: list[Misaligned] = []
    for index, sample in enumerate(samples):
        row = sample.source if isinstance(sample.source, DocRow) else None
        edited = edit(next(docs), sample, row, spans_key, alignment, index) if row else None
        if edited is None:
            doc, missed = sample_to_doc(sample, nlp, spans_key, alignment, index=index)
        else:
            doc, missed = edited.doc, edited.misaligned
        misaligned += missed
        if row and edited and not edited.changed and row.attrs == stored.attrs:
            append(stored, row)
        else:
            _add(stored, doc, sample.place or f"samples[{index}]")
    return stored, misaligned


def _add(stored: "DocBin", doc: "Doc", where: str) -> None:
    try:
        stored.add(doc)
        json.dumps(doc.cats, ensure_ascii=False).encode("utf-8")  # packed with those of all docs
    except (TypeError, ValueError, OverflowError) as err:
        raise FewnerError(
            where, "meta and cats must be JSON", str(err), "Mend its meta or cats."
        ) from err


def _check(given: Sequence[Sample], content: bytes, spans_key: str, moved: Collection[int]) -> None:
    """Hold what would be read against what was to be written; moved: whose spans fit no token."""
    _, docs = _unpacked(content, "samples")
    layer = choose_layer(docs, spans_key)
    for index, (before, doc) in enumerate(zip(given, docs, strict=True)):
        fields = [name for name in FIELDS if name != "spans" or index not in moved]
        after = layer_to_sample(doc, layer)
        where = before.place or f"samples[{index}]"
        check_same(before, after, where, "Mend it, or write .jsonl.", fields)
