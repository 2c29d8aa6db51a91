"""Every token of every document gets a vector: long, strange, empty or of white space."""

import shutil

import numpy
import pytest
from spacy.tokens import Doc

from spacy_fewner.encoders.inputs.batching import make_batch
from spacy_fewner.encoders.inputs.windows import StridedWindows
from spacy_fewner.encoders.model import PIECES_AT_ONCE, PREDICTED_AT_ONCE

STRANGE = [
    "",
    " ",
    " \n\t  \n",
    "🙂👩‍👩‍👧 smile 🇩🇪",
    "ܫܠܡܐ ᚠᚢᚦ 𒀀𒁀 漢字かな",
    "\u200b\u200d\x00\x07",
    "e\u0301galite\u0301 " * 3,
    "x" * 10_000,
    "word " + "é" * 3_000 + " word",
    "\n\n Ada \n  wrote \t notes \n",
]
KINDS = ("bert", "roberta", "deberta-v2")


@pytest.mark.parametrize("family", KINDS)
def test_strange_documents(family, tiny_bases, encoder, nlp):
    docs = list(nlp.pipe(STRANGE))
    vectors = encoder(tiny_bases(family)).predict(docs)
    assert [array.shape for array in vectors] == [(len(doc), 32) for doc in docs]
    assert all(numpy.isfinite(array).all() and array.any(axis=-1).all() for array in vectors)


@pytest.mark.parametrize("family", KINDS)
def test_strange_documents_train(family, tiny_bases, encoder, train, nlp):
    losses = train(encoder(tiny_bases(family)), list(nlp.pipe(STRANGE[:7])), steps=4)
    assert numpy.isfinite(losses).all() and losses[-1] < losses[0]


def test_only_empty_documents(tiny_bert, encoder, train, nlp):
    model = encoder(tiny_bert)
    docs = [nlp(""), nlp("")]
    assert [array.shape for array in model.predict(docs)] == [(0, 32), (0, 32)]
    assert train(model, docs, steps=1) == [0.0]
    assert model.predict([]) == []


def test_long_document(tiny_bert, encoder, nlp):
    """Tokens far apart read different windows; equal surroundings give equal vectors."""
    words = ["Ada", "wrote", "notes", "in", "London"] * 1000
    (vectors,) = encoder(tiny_bert).predict([Doc(nlp.vocab, words)])
    assert vectors.shape == (5000, 32) and numpy.isfinite(vectors).all()
    assert vectors.any(axis=1).all()


@pytest.mark.parametrize("family", KINDS)
def test_no_piece_is_dropped_and_none_is_too_many(family, tiny_bases, encoder, shim, nlp):
    docs = [nlp("Ada " * 200), nlp("y" * 90), nlp("notes")]
    reader = shim(encoder(tiny_bases(family))).reader
    batch = make_batch(docs, reader, StridedWindows(40, 20))
    assert max(batch.lengths) <= reader.rules.limit + 2
    pieces = [len(rows[0].pieces.ids) for rows in batch.rows]
    assert min(pieces[:2]) > reader.rules.limit
    of_tokens = [rows[0].pieces.last > rows[0].pieces.first for rows in batch.rows]
    assert len(set(batch.align.dataXd)) == sum(int(array.sum()) for array in of_tokens)


@pytest.mark.parametrize("family", KINDS)
def test_alignment_is_the_overlap_of_characters(family, tiny_bases, encoder, shim, nlp):
    doc = nlp("Ada-Lovelace's  engine, naïve café 🙂 \n(1833) ended.")
    reader = shim(encoder(tiny_bases(family))).reader
    offsets = reader.tokenizer.encode(doc.text).offsets
    align = make_batch([doc], reader, StridedWindows()).align
    ends = numpy.cumsum(align.lengths)
    for token, end, length in zip(doc, ends, align.lengths, strict=True):
        expected = [
            i for i, (a, b) in enumerate(offsets) if a < token.idx + len(token) and b > token.idx
        ]
        assert list(align.dataXd[end - length : end]) == (expected or [0])


def test_alone_or_in_company(tiny_bases, encoder, nlp, gap):
    texts = ["Ada wrote notes .", "", "She met him " * 60, "  ", "z" * 300, "The engine"]
    for family in KINDS:
        model = encoder(tiny_bases(family))
        alone = [model.predict([nlp(text)])[0] for text in texts]
        assert gap(model.predict(list(nlp.pipe(texts))), alone) <= 1e-4


def test_groups_of_rows_change_nothing(tiny_bert, encoder, nlp, gap, train, monkeypatch):
    docs = list(nlp.pipe(["Ada wrote notes .", "She met him " * 60, "The engine", "in London"]))
    # Without dropout, whose draws would depend on the grouping.
    calm = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    windows = StridedWindows(16, 12)
    together = encoder(tiny_bert, get_spans=windows, transformer_config=calm)
    apart = encoder(tiny_bert, get_spans=windows, transformer_config=calm)
    for model, pieces in ((together, 10**6), (apart, 1)):
        monkeypatch.setitem(PIECES_AT_ONCE, "cpu", pieces)
        monkeypatch.setitem(PREDICTED_AT_ONCE, "cpu", pieces)
        train(model, docs, steps=2)
    assert gap(together.predict(docs), apart.predict(docs)) <= 1e-3


@pytest.mark.parametrize("getter", ["strided", "sents", "none"])
def test_span_getters_of_spacy_transformers(getter, tiny_bert, encoder, nlp, gap):
    theirs = pytest.importorskip("spacy_transformers.span_getters")
    doc = Doc(nlp.vocab, ["Ada", "wrote", "notes"] * 50, sent_starts=[True, False, False] * 50)
    get_spans = {
        "strided": theirs.configure_strided_spans(100, 80),
        "sents": theirs.configure_get_sent_spans(),
        "none": lambda docs: [[] for _ in docs],
    }[getter]
    model = encoder(tiny_bert, get_spans=get_spans)
    (vectors,) = model.predict([doc])
    assert vectors.shape == (150, 32) and vectors.any(axis=1).all()
    if getter == "sents":
        sentence = Doc(nlp.vocab, ["Ada", "wrote", "notes"], sent_starts=[True, False, False])
        assert gap(model.predict([sentence]), [vectors[:3]]) <= 1e-5


def test_tokenizer_without_offsets(tiny_bert, encoder, nlp, gap, tmp_path):
    folder = shutil.copytree(tiny_bert, tmp_path / "slow")
    fast = encoder(tiny_bert)
    vocab = sorted((i, t) for t, i in fast.layers[0].layers[0].tokenizer.get_vocab().items())
    (folder / "vocab.txt").write_text("\n".join(t for _, t in vocab), encoding="utf8")
    slow = encoder(str(folder), tokenizer_config={"use_fast": False})
    if slow.layers[0].layers[0].tokenizer.is_fast:
        pytest.skip("transformers 5 has no such tokenizer of BERT")
    docs = list(nlp.pipe(["Ada wrote notes on engines .", " \n", "", "x" * 90]))
    assert gap(slow.predict(docs), fast.predict(docs)) <= 1e-5
    again = encoder(str(folder), initialize=False).from_bytes(slow.to_bytes())
    assert gap(slow.predict(docs), again.predict(docs)) == 0.0
