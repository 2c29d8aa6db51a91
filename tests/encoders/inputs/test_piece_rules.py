"""Texts are read from a tokenizer.json and plain values alone, as transformers reads them."""

import json
from pathlib import Path

import numpy
import pytest
from thinc.api import reduce_first, reduce_last, reduce_max, reduce_mean
from tokenizers import Tokenizer
from without_training import run_without_training

from spacy_fewner.encoders.base import load_base, resolve_base
from spacy_fewner.encoders.inputs.batching import make_batch
from spacy_fewner.encoders.inputs.pieces import PieceReader
from spacy_fewner.encoders.inputs.pooling import token_vectors
from spacy_fewner.encoders.inputs.rules import read_rules
from spacy_fewner.encoders.inputs.windows import StridedWindows
from spacy_fewner.encoders.piece_rules import piece_reader
from spacy_fewner.errors import FewnerError

WINDOWS = StridedWindows(20, 14)
WITHOUT_TORCH = """
import json, spacy
from tokenizers import Tokenizer
from spacy_fewner.encoders.inputs.batching import make_batch
from spacy_fewner.encoders.inputs.pieces import PieceReader
from spacy_fewner.encoders.inputs.pooling import token_vectors
from spacy_fewner.encoders.inputs.rules import read_rules
from spacy_fewner.encoders.inputs.windows import StridedWindows
rules = read_rules(json.loads(sys.argv[2]))
reader = PieceReader(Tokenizer.from_file(sys.argv[1] + "/tokenizer.json"), rules)
docs = list(spacy.blank("en").pipe(["Ada wrote notes .", "", "She met him " * 20]))
batch = make_batch(docs, reader, StridedWindows(20, 14))
print(json.dumps([batch.input_ids.tolist(), batch.align.dataXd.tolist()]))
"""


@pytest.fixture
def rules(tiny_bert):
    base = load_base(resolve_base(tiny_bert), {}, {})
    return piece_reader(base.tokenizer, base.transformer).rules


@pytest.mark.parametrize("family", ["bert", "roberta", "mpnet", "deberta-v2", "xlm-r"])
def test_a_file_and_plain_values_read_the_same(family, tiny_bases, nlp, tmp_path):
    base = load_base(resolve_base(tiny_bases(family)), {}, {})
    full = piece_reader(base.tokenizer, base.transformer)
    stored = json.loads(json.dumps(full.rules.to_record()))
    base.tokenizer.save_pretrained(tmp_path)
    alone = PieceReader(Tokenizer.from_file(f"{tmp_path}/tokenizer.json"), read_rules(stored))
    docs = list(nlp.pipe(["Ada, naïve [SEP] <s>", "", " \n", "She met him " * 40]))
    ours, theirs = (make_batch(docs, reader, WINDOWS) for reader in (alone, full))
    assert alone.rules == full.rules
    assert numpy.array_equal(ours.input_ids, theirs.input_ids)
    assert numpy.array_equal(ours.align.dataXd, theirs.align.dataXd)
    expected = base.tokenizer("Ada, naïve [SEP] <s>")["input_ids"]
    assert theirs.input_ids[0, : theirs.lengths[0]].tolist() == expected[: theirs.lengths[0]]


def test_without_torch(tiny_bert, rules, nlp):
    done = run_without_training(WITHOUT_TORCH, tiny_bert, json.dumps(rules.to_record()))
    assert done.returncode == 0, done.stderr
    reader = PieceReader(Tokenizer.from_file(f"{tiny_bert}/tokenizer.json"), rules)
    docs = list(nlp.pipe(["Ada wrote notes .", "", "She met him " * 20]))
    batch = make_batch(docs, reader, WINDOWS)
    assert json.loads(done.stdout) == [batch.input_ids.tolist(), batch.align.dataXd.tolist()]


def test_a_file_that_cuts_and_pads_does_neither(tiny_bert, rules, nlp, tmp_path):
    file = Path(tiny_bert) / "tokenizer.json"
    own = Tokenizer.from_file(str(file))
    own.enable_truncation(4)
    own.enable_padding(length=9)
    docs = list(nlp.pipe(["Ada wrote notes in London .", "Ada"]))
    plain = PieceReader(Tokenizer.from_file(str(file)), rules)
    found, expected = (
        make_batch(docs, reader, WINDOWS).input_ids for reader in (PieceReader(own, rules), plain)
    )
    assert numpy.array_equal(found, expected) and found.shape[1] > 9


@pytest.mark.parametrize("signs_are_text", [True, False])
def test_signs_in_texts_as_the_tokenizer_was_told(signs_are_text, tiny_bert, nlp):
    base = load_base(resolve_base(tiny_bert), {"split_special_tokens": signs_are_text}, {})
    reader = piece_reader(base.tokenizer, base.transformer)
    batch = make_batch([nlp("Ada [SEP] him")], reader, WINDOWS)
    assert (base.tokenizer.sep_token_id in batch.input_ids[0, 1:-1]) is not signs_are_text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prefix", "ab"),
        ("prefix", [True]),
        ("suffix", [-1]),
        ("limit", 0),
        ("limit", "256"),
        ("n_pieces", 2**31),
        ("has_token_types", 1),
        ("pad_id", None),
    ],
)
def test_stored_values_are_checked(name, value, rules):
    record = {**rules.to_record(), name: value}
    with pytest.raises(FewnerError):
        read_rules(record)


def test_no_record_at_all():
    with pytest.raises(FewnerError):
        read_rules(["prefix"])


@pytest.mark.parametrize("pooling", [reduce_mean, reduce_max, reduce_first, reduce_last])
def test_vectors_of_tokens(pooling, tiny_bert, rules, nlp):
    reader = PieceReader(Tokenizer.from_file(f"{tiny_bert}/tokenizer.json"), rules)
    docs = list(nlp.pipe(["", "Ada Babbage \n", "She met him " * 20]))
    batch = make_batch(docs, reader, WINDOWS)
    shape = (*batch.input_ids.shape, 5)
    hidden = numpy.random.default_rng(0).normal(size=shape).astype("float32")
    found = token_vectors(hidden, batch, docs, pooling())
    assert [array.shape for array in found] == [(len(doc), 5) for doc in docs]
    ends = numpy.cumsum(batch.align.lengths)
    flat, reduce = (
        hidden.reshape(-1, 5),
        {
            "reduce_mean": lambda own: own.mean(0),
            "reduce_max": lambda own: own.max(0),
            "reduce_first": lambda own: own[0],
            "reduce_last": lambda own: own[-1],
        },
    )
    for vector, end, n in zip(numpy.concatenate(found), ends, batch.align.lengths, strict=True):
        own = flat[batch.align.dataXd[end - n : end]]
        numpy.testing.assert_allclose(vector, reduce[pooling.__name__](own), atol=1e-6)


def test_nothing_to_read(rules, nlp):
    batch = make_batch([nlp("")], PieceReader(None, rules), WINDOWS)
    assert batch.groups(768) == [] and batch.input_ids.shape == (0, 0)
    (found,) = token_vectors(numpy.zeros((0, 0, 5), "f"), batch, [nlp("")], reduce_mean())
    assert found.shape == (0, 5)
