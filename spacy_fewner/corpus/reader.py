"""spaCy corpus reader over any file of examples: `spacy-fewner.AnnotationCorpus.v1`."""

import random
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.docs import SPANS_KEY, Alignment, Misaligned, check_alignment, samples_to_docs
from ..data.read import Format, read_samples
from ..errors import FewnerError
from .swap import check_rate, swapped

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example


def annotation_corpus(
    path: str | Path | None,
    spans_key: str = SPANS_KEY,
    format: Format | None = None,
    alignment: Alignment = "strict",
    fill_ents: bool = False,
    limit: int = 0,
    shuffle: bool = False,
    swap_mentions: float = 0.0,
) -> "Callable[[Language], Iterable[Example]]":
    """Read JSONL, JSON, CoNLL or DocBin in training configs; see AnnotationCorpus."""
    if path is None or not str(path):
        raise FewnerError(
            "path", "a corpus needs a file", "no path", "Set it, for instance --paths.train FILE."
        )
    return AnnotationCorpus(
        Path(path), spans_key, format, alignment, fill_ents, limit, shuffle, swap_mentions
    )


class AnnotationCorpus:
    """Examples whose reference has spans in `doc.spans[spans_key]`, an empty group if none.

    path: relative to the working directory.
    format: follows the suffix if None.
    alignment: what to do with spans that do not fit the tokens: "strict" drops them with a
        warning, "expand" and "contract" move them.
    fill_ents: set `doc.ents` too, to the longest spans that do not overlap.
    limit: read only the first samples; 0 for all.
    shuffle: in a new order each epoch, from Python's random module, which training seeds.
    swap_mentions: part of the mentions replaced by others of their label, anew at each reading, in
        half of the texts (corpus/swap.py). Set `max_epochs = -1` in training so that the
        corpus is read in each epoch.

    The predicted doc has the tokens of the reference, which are those of the file where it
    gives tokens. Docs of any length come whole; docs without a token are left out. The weight
    of a sample is in `reference.user_data["fewner_weight"]`.
    """

    def __init__(
        self,
        path: Path,
        spans_key: str = SPANS_KEY,
        format: Format | None = None,
        alignment: Alignment = "strict",
        fill_ents: bool = False,
        limit: int = 0,
        shuffle: bool = False,
        swap_mentions: float = 0.0,
    ):
        check_alignment(alignment)
        check_rate(swap_mentions)
        self.path = path
        self.spans_key = spans_key
        self.format = format
        self.alignment = alignment
        self.fill_ents = fill_ents
        self.limit = limit
        self.shuffle = shuffle
        self.swap_mentions = swap_mentions
        self._warned = False

    def __call__(self, nlp: "Language") -> "Iterator[Example]":
        """Raises FewnerError for a bad file, or if no span fits the tokens."""
        samples = read_samples(self.path, self.format, self.spans_key)[: self.limit or None]
        samples = swapped(samples, self.swap_mentions)
        docs, misaligned = samples_to_docs(samples, nlp, self.spans_key, self.alignment)
        self._report(docs, misaligned)
        docs = [doc for doc in docs if len(doc)]
        if self.shuffle:
            random.shuffle(docs)
        for doc in docs:
            yield self._example(doc)

    def _example(self, reference: "Doc") -> "Example":
        from spacy.tokens import Doc
        from spacy.training import Example
        from spacy.util import filter_spans

        if self.fill_ents:
            reference.set_ents(filter_spans(reference.spans[self.spans_key]), default="outside")
        predicted = Doc(
            reference.vocab,
            words=[token.text for token in reference],
            spaces=[bool(token.whitespace_) for token in reference],
        )
        return Example(predicted, reference)

    def _report(self, docs: "list[Doc]", misaligned: list[Misaligned]) -> None:
        if not misaligned:
            return
        first = misaligned[0]
        found = f"{first.span.label} {first.surface!r} in {first.tokens!r}"
        if not any(doc.spans[self.spans_key] for doc in docs):
            raise FewnerError(
                str(self.path),
                "spans must begin and end with a token",
                f"none of {len(misaligned)} that does, as {found}",
                "Correct the offsets or choose alignment 'expand'.",
            )
        if not self._warned:
            lost = sum(missed.placed is None for missed in misaligned)
            warnings.warn(
                f"{self.path}: {len(misaligned)} spans do not fit the tokens, {lost} are lost; "
                f"first: {found} (example {first.index + 1})",
                stacklevel=2,
            )
            self._warned = True
