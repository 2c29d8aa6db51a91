"""One encoder in spaCy's component `tok2vec`: each listener takes the pooling that it asks for."""

import numpy
import pytest
import spacy
from spacy.training import Example
from spacy.util import fix_random_seed
from thinc.api import Ragged
from tiny_bases import TEXTS

from spacy_fewner.encoders.inputs.poolings import KINDS, part_of_vectors, poolings
from spacy_fewner.errors import FewnerError

KINDS_USED = ("max", "mean")
STEPS = 4


def listening(part, width=64):
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": width}
    architecture = "spacy-fewner.PartOfVectors.v1"
    return {"@architectures": architecture, "part": part, "parts": 2, "tok2vec": listener}


def on_tok2vec(base, width=64):
    pooling = {"@architectures": "spacy-fewner.Poolings.v1", "kinds": list(KINDS_USED)}
    model = {"@architectures": "spacy-fewner.LoraTok2Vec.v1", "name": base, "rank": 4}
    nlp = spacy.blank("en")
    config = {**model, "dropout": 0.0, "pooling": pooling, "width": width}
    nlp.add_pipe("tok2vec", config={"model": config})
    for part, kind in enumerate(KINDS_USED):
        tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": listening(part)}
        nlp.add_pipe("tagger", name=kind, config={"model": tagger})
    return nlp


def on_transformer(base):
    """As spacy-transformers does it."""
    model = {"@architectures": "spacy-fewner.LoraTransformer.v1", "name": base, "rank": 4}
    nlp = spacy.blank("en")
    nlp.add_pipe("transformer", config={"model": {**model, "dropout": 0.0}})
    for kind in KINDS_USED:
        pooling = {"@layers": f"reduce_{kind}.v1"}
        listener = "spacy-transformers.TransformerListener.v1"
        tok2vec = {"@architectures": listener, "pooling": pooling}
        tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": tok2vec}
        nlp.add_pipe("tagger", name=kind, config={"model": tagger})
    return nlp


def trained(make, base, **given):
    """A pipeline after some steps, and the losses of both taggers."""
    fix_random_seed(0)
    nlp = make(base, **given)
    examples = []
    for doc in map(nlp.make_doc, [*TEXTS, ""]):
        tags = ["A" if token.text[0].isupper() else "B" for token in doc]
        examples.append(Example.from_dict(doc, {"tags": tags}))
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    rounds = [nlp.update(examples, sgd=optimizer) for _ in range(STEPS)]
    return nlp, [[losses[kind] for kind in KINDS_USED] for losses in rounds]


def scores(nlp):
    """Of both taggers on documents that the encoder has read: a list of arrays each."""
    docs = [nlp.make_doc(text) for text in [*TEXTS, "Ada " * 70]]
    docs = list(nlp.get_pipe(nlp.pipe_names[0]).pipe(docs))
    return [array for kind in KINDS_USED for array in nlp.get_pipe(kind).model.predict(docs)]


@pytest.fixture(scope="module")
def shared(tiny_bert):
    return trained(on_tok2vec, tiny_bert)


def test_as_with_the_component_of_spacy_transformers(shared, tiny_bert, gap):
    pytest.importorskip("spacy_transformers")
    nlp, losses = shared
    theirs, expected = trained(on_transformer, tiny_bert)
    numpy.testing.assert_allclose(losses, expected, rtol=1e-5)
    assert gap(scores(nlp), scores(theirs)) <= 1e-5


def test_disk_round_trip(shared, tmp_path, gap):
    nlp, losses = shared
    assert losses[-1] < losses[0]
    nlp.to_disk(tmp_path)
    assert gap(scores(nlp), scores(spacy.load(tmp_path))) == 0.0


def test_replaced_listeners_load(shared, tmp_path, gap):
    shared[0].to_disk(tmp_path / "with")
    nlp = spacy.load(tmp_path / "with")
    expected = scores(nlp)
    for kind in KINDS_USED:
        nlp.replace_listeners("tok2vec", kind, ["model.tok2vec.tok2vec"])
    nlp.to_disk(tmp_path / "without")
    assert gap(scores(nlp), expected) == 0.0
    assert gap(scores(spacy.load(tmp_path / "without")), expected) == 0.0


def test_processes_agree(shared):
    nlp = shared[0]
    texts = [*TEXTS, "", "  "]
    alone = [[token.tag_ for token in doc] for doc in nlp.pipe(texts)]
    apart = [[token.tag_ for token in doc] for doc in nlp.pipe(texts, n_process=2, batch_size=2)]
    assert apart == alone


def test_a_wrong_width_is_said(tiny_bert):
    with pytest.raises(FewnerError, match=r"width.*64.*Set width = 64") as caught:
        trained(on_tok2vec, tiny_bert, width=48)
    assert caught.value.argument == "width"


@pytest.mark.parametrize("kinds", [[], ["median"], ["max", "MEAN"]])
def test_unknown_poolings_are_said(kinds):
    with pytest.raises(FewnerError, match="kinds"):
        poolings(kinds)


@pytest.mark.parametrize("part", [-1, 2])
def test_parts_that_there_are_not(part, nlp):
    with pytest.raises(FewnerError, match="part"):
        part_of_vectors(KINDS["max"](), part, 2)


def test_gradients_of_each_pooling_add_up():
    rng = numpy.random.default_rng(0)
    pieces = Ragged(rng.normal(size=(7, 3)).astype("f"), numpy.asarray([2, 1, 4], dtype="i"))
    pooled, backprop = poolings(["mean", "max"]).begin_update(pieces)
    gradient = rng.normal(size=pooled.shape).astype("f")
    expected = 0
    for at, kind in enumerate(("mean", "max")):
        own, back = KINDS[kind]().begin_update(pieces)
        part = numpy.ascontiguousarray(gradient[:, 3 * at : 3 * at + 3])
        numpy.testing.assert_array_equal(own, pooled[:, 3 * at : 3 * at + 3])
        expected = expected + back(part).dataXd
    numpy.testing.assert_allclose(backprop(gradient).dataXd, expected, rtol=1e-6)
