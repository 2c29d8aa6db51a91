"""The path classifier as a Thinc model: what it computes, what it learns through, its bytes."""

import numpy as np
import pytest
import spacy
import torch
from cascade_helpers import small_model
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Adam

from spacy_fewner.cascade.trained import architecture
from spacy_fewner.cascade.trained.architecture import Pairs
from spacy_fewner.cascade.trained.label_reader import LabelReader
from spacy_fewner.cascade.trained.layer import Packed, shim_of
from spacy_fewner.cascade.trained.matcher import SCALE, Matcher
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.trees import label_text as label_texts
from spacy_fewner.errors import FewnerError


@pytest.fixture
def nlp():
    return spacy.blank("en")


def build(nlp, **settings):
    spacy.util.fix_random_seed(0)
    model = registry.resolve({"model": {**small_model(), **settings}})["model"]
    architecture.initialize_model(model, [nlp.make_doc("Ann plays the organ")])
    return model


def pairs_of(nlp):
    docs = [nlp.make_doc("Ann plays the organ in Rome."), nlp.make_doc(""), nlp.make_doc("Rome")]
    spans = np.asarray([[0, 0, 1], [0, 5, 6], [0, 0, 7], [2, 0, 1]])
    return Pairs(docs, spans, [nlp.make_doc("organist: plays the organ"), nlp.make_doc("town")])


def disturb(model, seed=0):
    """Weights other than the zeros of the start."""
    torch.manual_seed(seed)
    for parameter in shim_of(model.get_ref("matcher")).matcher.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)


def test_before_training_scores_are_cosines_of_means(nlp):
    model, pairs = build(nlp), pairs_of(nlp)
    tokens = model.get_ref("tok2vec").predict([*pairs.docs, *pairs.labels])
    spans = [tokens[doc][start:end].mean(axis=0) for doc, start, end in pairs.spans]
    labels = [vectors.mean(axis=0) for vectors in tokens[len(pairs.docs) :]]
    expected = [
        [SCALE * s @ t / np.linalg.norm(s) / np.linalg.norm(t) for t in labels] for s in spans
    ]
    np.testing.assert_allclose(model.predict(pairs), expected, rtol=1e-4, atol=1e-4)


def test_matcher_agrees_with_the_plain_formula():
    torch.manual_seed(0)
    matcher = Matcher(4)
    for parameter in matcher.parameters():
        parameter.data += torch.randn_like(parameter)
    tokens = torch.randn(9, 4)
    spans, labels = torch.tensor([[0, 3], [2, 3], [1, 6]]), torch.tensor([[6, 7], [7, 9]])
    found = matcher(tokens, spans, labels)
    for row, (start, end) in enumerate(spans.tolist()):
        mean = tokens[start:end].mean(0)
        features = torch.cat([tokens[start], tokens[end - 1], mean])
        span = mean + matcher.span_change.weight @ features
        for column, (first, last) in enumerate(labels.tolist()):
            text = tokens[first:last].mean(0)
            label = text + matcher.label_change.weight @ text
            expected = matcher.log_scale.exp() * torch.cosine_similarity(span, label, dim=0)
            torch.testing.assert_close(found[row, column], expected.squeeze())


def test_gradients_reach_the_encoder_through_spans_and_labels(nlp):
    """Each side's token vectors by finite differences."""
    model, pairs = build(nlp), pairs_of(nlp)
    disturb(model)
    matcher = model.get_ref("matcher")
    rng = np.random.default_rng(0)
    tokens = rng.normal(size=(8, 32)).astype("float32")
    bounds = np.asarray([[0, 3], [2, 5]]), np.asarray([[5, 7], [7, 8]])
    weights = rng.normal(size=(2, 2)).astype("float32")
    _, backprop = matcher.begin_update(Packed(tokens, *bounds))
    gradient = backprop(weights)
    for at in [(0, 0), (2, 5), (4, 31), (5, 3), (7, 7)]:
        step = np.zeros_like(tokens)
        step[at] = 1e-2
        up, down = (matcher.predict(Packed(tokens + s, *bounds)) for s in (step, -step))
        expected = ((up - down) * weights).sum() / 2e-2
        assert gradient[at] == pytest.approx(expected, rel=0.05, abs=5e-3)
    assert model.begin_update(pairs)[0].shape == (4, 2)


def test_without_label_gradient_labels_are_taken_as_read(nlp):
    """The same scores; of the encoder's gradient the part through spans only."""
    found = []
    for label_gradient in (True, False):
        model, pairs = build(nlp, label_gradient=label_gradient), pairs_of(nlp)
        disturb(model)
        for doc, vectors in zip(
            pairs.labels, model.get_ref("tok2vec").predict(pairs.labels), strict=True
        ):
            doc.tensor = vectors
        logits, backprop = model.begin_update(pairs)
        backprop(np.ones_like(logits))
        embedding = next(node for node in model.walk() if node.name == "hashembed")
        found.append((logits, embedding.get_grad("E").copy()))
    (with_logits, with_labels), (logits, without) = found
    np.testing.assert_allclose(logits, with_logits, rtol=1e-5)
    assert np.abs(without).max() > 1e-4 and np.abs(with_labels - without).max() > 1e-4
    unread = architecture.Pairs(*pairs[:2], [nlp.make_doc("town")])
    unread.labels[0].tensor = pairs.labels[1].tensor
    np.testing.assert_allclose(model.predict(unread)[:, 0], logits[:, 1], rtol=1e-5)


def test_training_moves_encoder_maps_and_temperature(nlp):
    model, pairs = build(nlp), pairs_of(nlp)
    before = model.to_bytes()
    optimizer = Adam(0.01)
    wanted = np.asarray([[1, 0], [0, 1], [1, 0], [0, 1]], dtype="float32")
    errors = []
    for _ in range(20):
        logits, backprop = model.begin_update(pairs)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        gradient = odds / odds.sum(axis=1, keepdims=True) - wanted
        errors.append(float(np.abs(gradient).sum()))
        backprop(gradient)
        model.finish_update(optimizer)
    assert errors[-1] < errors[0] / 4
    assert model.to_bytes() != before


def test_cached_label_vectors_give_the_same_scores(nlp):
    model, pairs = build(nlp), pairs_of(nlp)
    disturb(model)
    vectors = architecture.label_vectors(model, pairs.labels)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    scores = architecture.score_spans(model, pairs.docs, pairs.spans, vectors)
    np.testing.assert_allclose(scores, model.predict(pairs), rtol=1e-4, atol=1e-4)


def test_bytes_bring_width_and_weights(nlp):
    model, pairs = build(nlp), pairs_of(nlp)
    disturb(model)
    other = registry.resolve({"model": small_model()})["model"]
    other.from_bytes(model.to_bytes())
    assert other.get_dim("nI") == 32
    np.testing.assert_array_equal(other.predict(pairs), model.predict(pairs))


def test_no_spans_and_no_labels(nlp):
    model, pairs = build(nlp), pairs_of(nlp)
    none = Pairs(pairs.docs, np.zeros((0, 3), "int64"), [])
    logits, backprop = model.begin_update(none)
    assert logits.shape == (0, 0)
    backprop(logits)


def test_averages_are_used_and_put_back(nlp):
    model, pairs = build(nlp), pairs_of(nlp)
    shim = shim_of(model.get_ref("matcher"))
    before = model.predict(pairs)
    double = {
        (shim.id, "log_scale"): shim.matcher.log_scale.detach().numpy() + np.float32(np.log(2))
    }
    with model.use_params(double):
        np.testing.assert_allclose(model.predict(pairs), 2 * before, rtol=1e-4)
    np.testing.assert_array_equal(model.predict(pairs), before)


def test_bad_learn_rate_names_the_argument():
    with pytest.raises(FewnerError, match="lr_scale"):
        registry.resolve({"model": {**small_model(), "lr_scale": 0.0}})


TEXTS = tree_of(
    [
        {"id": "person", "description": "a human being"},
        {"id": "person/field_athlete", "description": "runs", "examples": ["Bolt", "Ali"]},
        {"id": "person/other", "catch_all": True, "synonyms": ["someone"]},
        {"id": "person/*"},
    ]
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("person", "person: a human being"),
        ("person/field_athlete", "field athlete: runs (Bolt, Ali)"),
        ("person/other", "other person"),
        ("person/*", "*"),
    ],
)
def test_texts_of_labels(path, text):
    assert label_texts.full_text(TEXTS, path) == text


def test_names_definitions_and_synonyms_are_all_read():
    rng = np.random.default_rng(0)
    drawn = [label_texts.drawn_text(TEXTS, "person", 0.25, rng) for _ in range(400)]
    assert 60 < drawn.count("person") < 140
    assert set(drawn) == {"person", "person: a human being"}
    other = {label_texts.drawn_text(TEXTS, "person/other", 1.0, rng) for _ in range(50)}
    assert other == {"other person", "someone"}


def test_a_blank_definition_still_is_a_token(nlp):
    model = build(nlp)
    docs = LabelReader(nlp).docs(model, ["", "a b"])
    assert [len(doc) for doc in docs] == [1, 2]
    assert isinstance(docs[0], Doc)
