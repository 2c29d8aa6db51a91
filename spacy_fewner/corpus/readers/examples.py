"""Samples as training examples: a reference with the annotation, and the bare doc to predict on."""

import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...data.alignment import remedy
from ...data.docs import SPANS_KEY, Alignment, Misaligned, check_alignment, samples_to_docs
from ...data.edge_space import without_edge_space
from ...errors import FewnerError
from ...types import Sample, is_extension
from .mention_swap import check_rate, swapped

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example


def example_of(reference: "Doc") -> "Example":
    """The reference, and a doc of the same tokens without any annotation."""
    from spacy.tokens import Doc
    from spacy.training import Example

    predicted = Doc(
        reference.vocab,
        words=[token.text for token in reference],
        spaces=[bool(token.whitespace_) for token in reference],
    )
    return Example(predicted, reference)


@dataclass
class ExampleMaker:
    """Makes the examples of one reading of a corpus; the same one is used for each reading.

    source: what warnings and errors call the corpus. The rest: see AnnotationCorpus.
    """

    source: str
    spans_key: str = SPANS_KEY
    alignment: Alignment = "strict"
    fill_ents: bool = False
    shuffle: bool = False
    swap_mentions: float = 0.0
    _warned: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        check_alignment(self.alignment)
        check_rate(self.swap_mentions)

    def __call__(self, samples: Sequence[Sample], nlp: "Language") -> "Iterator[Example]":
        """Docs without a token, and white space at the edges of spans, are left out.

        FewnerError if no span fits the tokens.
        """
        given = swapped(without_edge_space(samples), self.swap_mentions)
        docs, misaligned = samples_to_docs(given, nlp, self.spans_key, self.alignment)
        self._report(docs, misaligned, given, nlp)
        docs = [doc for doc in docs if len(doc)]
        if self.shuffle:
            random.shuffle(docs)
        for doc in docs:
            if self.fill_ents:
                self._fill(doc)
            yield example_of(doc)

    def _fill(self, doc: "Doc") -> None:
        from spacy.util import filter_spans

        if self.spans_key not in doc.spans:  # not annotated for spans
            return
        targets = [span for span in doc.spans[self.spans_key] if not is_extension(span.label_)]
        doc.set_ents(filter_spans(targets), default="outside")

    def _report(
        self,
        docs: "list[Doc]",
        misaligned: list[Misaligned],
        samples: Sequence[Sample],
        nlp: "Language",
    ) -> None:
        if not misaligned:
            return
        first = misaligned[0]
        found = f"{first.span.label} {first.surface!r} in {first.tokens!r}"
        if not any(doc.spans.get(self.spans_key) for doc in docs):
            raise FewnerError(
                self.source,
                "spans must begin and end with a token",
                f"none of {len(misaligned)} that does, as {found}",
                remedy(first, samples[first.index], nlp),
            )
        if not self._warned:
            lost = sum(missed.placed is None for missed in misaligned)
            warnings.warn(
                f"{self.source}: {len(misaligned)} spans do not fit the tokens, {lost} are lost; "
                f"first: {found} (example {first.index + 1})",
                stacklevel=2,
            )
            self._warned = True
