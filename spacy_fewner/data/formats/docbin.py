"""spaCy's DocBin (.spacy) in and out."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FewnerError
from ...types import Sample
from ..alignment import refuse_lost
from ..docs import (
    SPANS_KEY,
    Alignment,
    blank_pipeline,
    check_key,
    doc_to_sample,
    samples_to_docs,
)
from ..files import atomic_write, read_bytes
from ..given import as_samples

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


def read_docbin(path: str | Path, spans_key: str = SPANS_KEY) -> list[Sample]:
    """Read `doc.spans[spans_key]`, or `doc.ents` of docs without that key.

    Raises FewnerError if the file is no DocBin or empty, or if it has spans under other keys
    only (they would be lost in silence).
    """
    path = Path(path)
    docs = _load(path)
    if not docs:
        raise FewnerError(str(path), "must hold examples", "a DocBin of no docs", "Add some docs.")
    check_key(docs, spans_key, str(path))
    return [doc_to_sample(doc, spans_key) for doc in docs]


def write_docbin(
    samples: Iterable[Sample],
    path: str | Path,
    spans_key: str = SPANS_KEY,
    *,
    nlp: "Language | None" = None,
    alignment: Alignment = "strict",
) -> None:
    """Write spans with their scores, cats, meta and weight.

    nlp: tokenizes the samples that have no tokens; a multi-language tokenizer if None.
    Raises FewnerError if a span does not fit the tokens and alignment finds it no place.
    """
    from spacy.tokens import DocBin

    samples, nlp = as_samples(samples, "samples", spans_key), nlp or blank_pipeline()
    docs, misaligned = samples_to_docs(samples, nlp, spans_key, alignment)
    refuse_lost(misaligned, samples, nlp)
    try:
        content = DocBin(docs=docs, store_user_data=True).to_bytes()
    except (TypeError, ValueError, OverflowError) as err:
        raise FewnerError(
            "samples", "meta and cats must be JSON", str(err), "Mend the meta or cats."
        ) from err
    atomic_write(Path(path), content)


def _load(path: Path) -> list["Doc"]:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    content = read_bytes(path)
    try:
        return list(DocBin().from_bytes(content).get_docs(Vocab()))
    except Exception as err:  # zlib, msgpack, numpy and spaCy each raise their own
        raise FewnerError(
            str(path),
            "must be a DocBin",
            f"{type(err).__name__}: {err}",
            "Write it with DocBin.to_disk, or name the file's format.",
        ) from err
