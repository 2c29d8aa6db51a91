"""Texts as the encoder reads them."""

from pretraining_helpers import marked
from spacy.language import Language

from spacy_fewner.encoders.inputs.pieces import PieceReader
from spacy_fewner.pretraining.texts import read_texts
from spacy_fewner.types import CharSpan, Sample


def test_pieces_and_spans_by_tokens(nlp: Language, reader: PieceReader):
    (text,) = read_texts([marked("[Ada Lovelace:person] met him")], nlp, reader, 60)
    assert text.n_tokens == 4 and text.spans == ((0, 2, "person"),)
    strings = [reader.tokenizer.id_to_token(number) for number in text.ids.tolist()]
    assert strings[0] == "[CLS]" and strings[-1] == "[SEP]"
    of_first = [strings[at] for at in text.pieces[text.owners == 0]]
    assert "".join(one.removeprefix("##") for one in of_first) == "ada"


def test_what_is_left_out(nlp: Language, reader: PieceReader):
    long, many_pieces = marked("a " * 10), marked("ada" * 60)
    off = Sample("Adas house", (CharSpan(0, 3, "person"),))
    read = list(read_texts([long, many_pieces, Sample(""), off], nlp, reader, 9))
    assert [text.sample.text for text in read] == ["Adas house"]
    assert read[0].spans == ()


def test_tokens_as_published(nlp: Language, reader: PieceReader):
    sample = Sample("can't", (CharSpan(0, 5, "verb"),), tokens=((0, 5),))
    (text,) = read_texts([sample], nlp, reader, 60)
    assert text.n_tokens == 1 and text.spans == ((0, 1, "verb"),)
