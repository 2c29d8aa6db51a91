"""Texts as the encoder reads them, made once: word pieces, and the tokens they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.language import Language

from ..data.docs import sample_to_doc
from ..encoders.inputs.pieces import PieceReader
from ..types import Sample

AT_ONCE = 512  # texts given to the tokenizer together


@dataclass(frozen=True, slots=True)
class ReadText:
    """One text; n pieces with those that the tokenizer puts around it, m tokens.

    ids: (n,). pieces, owners: (pairs,) pieces and the tokens they overlap. spans: start, end
    (exclusive) and label of those that fit the tokens. sample: where it comes from.
    """

    ids: np.ndarray
    pieces: np.ndarray
    owners: np.ndarray
    n_tokens: int
    spans: tuple[tuple[int, int, str], ...]
    sample: Sample


def read_texts(
    samples: Sequence[Sample], nlp: Language, reader: PieceReader, most_tokens: int
) -> Iterator[ReadText]:
    """Those of 1 to most_tokens tokens that the encoder has positions for."""
    for at in range(0, len(samples), AT_ONCE):
        part = samples[at : at + AT_ONCE]
        docs = [sample_to_doc(sample, nlp)[0] for sample in part]
        chosen = [(d, s) for d, s in zip(docs, part, strict=True) if 0 < len(d) <= most_tokens]
        read = reader.read([doc[:] for doc, _ in chosen])
        for (doc, sample), pieces in zip(chosen, read, strict=True):
            if len(pieces.ids) > reader.limit:
                continue
            count = pieces.last - pieces.first
            within = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
            yield ReadText(
                np.asarray([*reader.prefix, *pieces.ids, *reader.suffix], dtype="int32"),
                np.repeat(np.arange(len(count)) + len(reader.prefix), count).astype("int32"),
                (np.repeat(pieces.first, count) + within).astype("int32"),
                len(doc),
                tuple((span.start, span.end, span.label_) for span in doc.spans["sc"]),
                sample,
            )
