"""Documents as a DocBin stores them, to be written again as they were."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from ...docs import META, UNANNOTATED, WEIGHT

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin

_TOKEN_LAYERS = ("TAG", "POS", "MORPH", "LEMMA", "DEP", "SENT_START")


@dataclass(frozen=True, slots=True, eq=False)
class DocRow:
    """One document of a DocBin, as the source of a sample.

    attrs, strings: of the DocBin, shared by its rows. tokens, spaces, cats, flags, span_groups,
        user_data: what it holds of this document.
    asked: the spans key that was asked for, None for no spans. layer: what was read for it; None
        for `doc.ents`.
    """

    formats: ClassVar = ("spacy",)
    attrs: Sequence[int]
    strings: set[str]
    tokens: Any
    spaces: Any
    cats: dict[str, Any]
    flags: dict[str, Any]
    span_groups: bytes
    user_data: bytes | None
    asked: str | None
    layer: str | None

    def extras(self) -> Counter[str]:
        """What the document holds beside its sample, counted: "doc.ents" 2, "lemma" 7."""
        (doc,) = docs_of([self])
        found: Counter[str] = Counter()
        if self.layer is not None:
            found["doc.ents"] = len(doc.ents)
        for key, group in doc.spans.items():
            if key != self.layer:
                found[f"doc.spans[{key!r}]"] = len(group)
        read = doc.ents if self.layer is None else doc.spans.get(self.layer, ())
        found["ids of spans"] = sum(bool(span.kb_id or span.id) for span in read)
        for name in _TOKEN_LAYERS:
            found[name.lower()] = len(doc) if doc.has_annotation(name) else 0
        found["user data"] = sum(key not in (META, UNANNOTATED, WEIGHT) for key in doc.user_data)
        return +found


def rows_of(stored: "DocBin", asked: str | None, layer: str | None) -> Iterator[DocRow]:
    """Each document of a DocBin."""
    attrs: Any = stored.attrs  # numbers, where spaCy's annotation says names
    parts = (stored.tokens, stored.spaces, stored.cats, stored.flags, stored.span_groups)
    for tokens, spaces, cats, flags, groups, data in zip(*parts, stored.user_data, strict=True):
        yield DocRow(attrs, stored.strings, tokens, spaces, cats, flags, groups, data, asked, layer)


def docs_of(rows: Iterable[DocRow]) -> "Iterator[Doc]":
    """The documents again, in order, with a vocabulary of their own."""
    from spacy.vocab import Vocab

    vocab = Vocab()
    for _, alike in groupby(rows, key=lambda row: tuple(row.attrs)):
        run = list(alike)
        stored = empty_bin(run)
        for row in run:
            append(stored, row)
        yield from stored.get_docs(vocab)


def empty_bin(rows: Sequence[DocRow]) -> "DocBin":
    """A DocBin for these rows and for docs: with the attributes of the rows and their strings."""
    from spacy.tokens import DocBin

    attrs: Any = {attr for row in rows for attr in row.attrs}
    stored = DocBin(attrs, store_user_data=True) if rows else DocBin(store_user_data=True)
    for strings in {id(row.strings): row.strings for row in rows}.values():
        stored.strings |= strings
    return stored


def append(stored: "DocBin", row: DocRow) -> None:
    """Add a document as it was stored; the DocBin must have its attributes and strings."""
    stored.tokens.append(row.tokens)
    stored.spaces.append(row.spaces)
    stored.cats.append(row.cats)
    stored.flags.append(row.flags)
    stored.span_groups.append(row.span_groups)
    stored.user_data.append(row.user_data)
