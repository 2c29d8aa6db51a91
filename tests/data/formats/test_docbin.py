import pytest
import spacy
from data_strategies import token_samples
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

from spacy_fewner.data.formats.docbin import read_docbin, write_docbin
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample


def scores(samples):
    return [[span.score for span in sample.spans] for sample in samples]


@settings(max_examples=80, deadline=None)
@given(samples=st.lists(token_samples(), min_size=1, max_size=3))
def test_round_trip(tmp_path_factory, samples):
    path = tmp_path_factory.mktemp("docbin") / "s.spacy"
    write_docbin(samples, path, "mine")
    read = read_docbin(path, "mine")
    for before, after in zip(samples, read, strict=True):
        assert set(before.tokens) <= set(after.tokens)  # spaces between become tokens
        assert (after.text, after.spans) == (before.text, before.spans)
        assert (after.cats, after.meta, after.weight) == (before.cats, before.meta, before.weight)
    assert scores(read) == scores(samples)
    write_docbin(read, path)
    assert read_docbin(path) == read


@pytest.mark.parametrize("text", ["", "  ", "Ada's  cat\n"])
def test_texts_without_tokens(tmp_path, text):
    write_docbin([Sample(text)], tmp_path / "s.spacy")
    assert read_docbin(tmp_path / "s.spacy")[0].text == text


def test_foreign_docbin_of_entities(tmp_path):
    doc = spacy.blank("en")("in Berlin")
    doc.set_ents([doc.char_span(3, 9, label="LOC")])
    DocBin(docs=[doc]).to_disk(tmp_path / "s.spacy")
    assert read_docbin(tmp_path / "s.spacy") == [
        Sample("in Berlin", (CharSpan(3, 9, "LOC"),), ((0, 2), (3, 9)))
    ]


def test_wrong_key_is_no_silence(tmp_path):
    write_docbin([Sample("in Berlin", (CharSpan(3, 9, "LOC"),))], tmp_path / "s.spacy", "mine")
    with pytest.raises(FewnerError, match="mine"):
        read_docbin(tmp_path / "s.spacy")


@pytest.mark.parametrize("content", [b"", b"no DocBin", b"x\x9c garbage"])
def test_bad_file(tmp_path, content):
    path = tmp_path / "s.spacy"
    path.write_bytes(content)
    with pytest.raises(FewnerError, match=r"s\.spacy"):
        read_docbin(path)


def test_empty_docbin(tmp_path):
    DocBin().to_disk(tmp_path / "s.spacy")
    with pytest.raises(FewnerError, match="must hold examples"):
        read_docbin(tmp_path / "s.spacy")


def test_misaligned_span_is_not_dropped(tmp_path):
    sample = Sample("Merkels", (CharSpan(0, 6, "PER"),))
    with pytest.raises(FewnerError, match="'Merkel' in 'Merkels'"):
        write_docbin([sample], tmp_path / "s.spacy")
    assert not list(tmp_path.iterdir())
    write_docbin([sample], tmp_path / "s.spacy", alignment="expand")
    assert read_docbin(tmp_path / "s.spacy")[0].spans == (CharSpan(0, 7, "PER"),)


def test_meta_too_large_for_docbin(tmp_path):
    with pytest.raises(FewnerError, match="meta"):
        write_docbin([Sample("a", meta={"n": 2**70})], tmp_path / "s.spacy")
