"""Texts as the encoder reads them, made once: word pieces, and the tokens they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.language import Language

from ..data.docs import sample_to_doc
from ..encoders.inputs.pieces import PieceReader, Pieces
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
            if len(pieces.ids) > reader.rules.limit:
                continue
            prefix, suffix = reader.rules.prefix, reader.rules.suffix
            ids = [*prefix, *pieces.ids, *suffix]
            if not ids:
                continue
            owners, places = _pairs(pieces, len(doc), len(prefix))
            yield ReadText(
                np.asarray(ids, dtype="int32"),
                places.astype("int32"),
                owners.astype("int32"),
                len(doc),
                tuple((span.start, span.end, span.label_) for span in doc.spans["sc"]),
                sample,
            )


def _pairs(pieces: Pieces, n_tokens: int, n_prefix: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokens and the places of their pieces. A token without any (white space) has the first
    special token, as in `encoders.inputs.batching`."""
    count = pieces.last - pieces.first
    within = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
    owners = np.repeat(pieces.first, count) + within
    places = np.repeat(np.arange(len(count)) + n_prefix, count)
    bare = np.setdiff1d(np.arange(n_tokens), owners)
    return np.concatenate([owners, bare]), np.concatenate([places, np.zeros_like(bare)])
