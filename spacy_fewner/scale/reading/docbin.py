"""Docs of a DocBin, which has to be read as a whole: it is one packed block."""

from collections.abc import Iterator

from ...data.docs import META, as_lists
from .items import Item, Place
from .source import Source, unreadable


def docbin_items(source: Source, start: Place) -> Iterator[tuple[Item, Place]]:
    """The text, own tokens and meta of each doc, without its annotation."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        docs = DocBin().from_disk(source.name).get_docs(Vocab())
        for number, doc in enumerate(docs, start=1):
            if number > start.offset:
                tokens = [(token.text, bool(token.whitespace_)) for token in doc]
                meta = as_lists(doc.user_data.get(META, {}))
                content = (doc.text, tokens, {"meta": meta} if meta else {})
                item = Item("spacy", source.name, number, content, len(doc.text))
                yield item, Place(start.source, number, number)
    except Exception as err:  # zlib, msgpack, numpy and spaCy each raise their own
        raise unreadable(source, err) from err
