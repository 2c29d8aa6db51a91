"""Texts that a pipeline is to annotate, and the samples that become of them."""

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from ...types import Sample


def annotated(given: "Sample", doc: "Doc", spans_key: str) -> "Sample":
    """What was given, with the doc's spans and, if they have some, the levels of each; a plain text
    gets the doc's tokens as well."""
    from ...data import doc_to_sample

    found = doc_to_sample(doc, spans_key)
    tokens = found.tokens if given.source is None else given.tokens
    levels = doc.spans[spans_key].attrs.get("levels")
    meta = found.meta if levels is None else {**found.meta, "levels": levels}
    return replace(found, tokens=tokens, meta=meta, source=given.source)
