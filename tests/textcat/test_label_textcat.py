"""`LabelTextCat.v1` inside spaCy's own components, behind a shared encoder, and as stored bytes."""

import numpy as np
import pytest
import spacy
from spacy.training import Example
from textcat_helpers import CASES, MEANINGS, example, lora_model, make_pipeline, small_model, train
from thinc.api import get_current_ops
from tiny_bases import write_tiny_base

from spacy_fewner.errors import FewnerError
from spacy_fewner.textcat.head.head import ClassHead
from spacy_fewner.textcat.head.layer import head_from_bytes, head_to_bytes
from spacy_fewner.textcat.head.mean import mean_of_tokens
from spacy_fewner.textcat.siblings import Siblings


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("base"))


def own_pipeline(factory, model):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe(factory, config={"model": model})
    for label in MEANINGS:
        nlp.get_pipe(factory).add_label(label)
    return nlp


def whole(nlp, text, label):
    return Example.from_dict(nlp.make_doc(text), {"cats": {c: float(c == label) for c in MEANINGS}})


def train_own(nlp, steps=20):
    examples = [whole(nlp, text, label) for text, label in CASES]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    (name,) = nlp.pipe_names
    return [nlp.update(examples, sgd=optimizer)[name] for _ in range(steps)]


@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_it_learns_inside_spacys_own_components(factory, tmp_path):
    nlp = own_pipeline(factory, small_model(exclusive_classes=factory == "textcat"))
    losses = train_own(nlp)
    assert losses[-1] < losses[0]
    for text, label in CASES:
        cats = nlp(text).cats
        assert max(cats, key=cats.get) == label
        if factory == "textcat":
            assert sum(cats.values()) == pytest.approx(1, abs=1e-5)
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert loaded(CASES[0][0]).cats == pytest.approx(nlp(CASES[0][0]).cats, abs=1e-6)


def test_it_begins_with_what_the_labels_mean(base):
    told, untold = (
        own_pipeline("textcat", lora_model(base, labels=labels)) for labels in (MEANINGS, None)
    )
    for nlp in (told, untold):
        nlp.initialize(lambda nlp=nlp: [whole(nlp, *CASES[0]), whole(nlp, *CASES[4])])
    head = told.get_pipe("textcat").model.get_ref("head").shims[0].head
    assert np.allclose(head.meanings.norm(dim=1).numpy(), 1, atol=1e-5)
    assert told("The invoice .").cats != untold("The invoice .").cats


def test_labels_of_another_number_are_an_error(base):
    nlp = own_pipeline("textcat", lora_model(base, labels=["repair", "tuning"]))
    with pytest.raises(FewnerError, match="3 labels"):
        nlp.initialize(lambda: [whole(nlp, *CASES[0]), whole(nlp, *CASES[4])])


def test_spacys_textcat_may_get_more_labels():
    nlp = own_pipeline("textcat", small_model())
    train_own(nlp, steps=2)
    assert nlp.get_pipe("textcat").add_label("visit") == 1
    assert set(nlp("Who came ?").cats) == {*MEANINGS, "visit"}


# One encoder for several components


def shared_pipeline(way="finetune"):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    encoder = {**small_model()["tok2vec"]}
    nlp.add_pipe("tok2vec", config={"model": encoder})
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 32, "upstream": "*"}
    model = {"@architectures": "spacy-fewner.LabelTextCat.v1", "tok2vec": listener}
    nlp.add_pipe("fewner_textcat", config={"model": model, "train": way})
    return nlp


def train_shared(nlp, steps=25):
    examples = [example(nlp, text, {label: 1.0}) for text, label in CASES]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(steps):
        nlp.update(examples, sgd=optimizer)
    return nlp


def encoder_weights(nlp):
    model = nlp.get_pipe("tok2vec").model
    return [node.get_param("W").copy() for node in model.walk() if node.has_param("W")]


def moved(way):
    nlp = shared_pipeline(way)
    train_shared(nlp, steps=1)
    before = encoder_weights(nlp)
    optimizer = nlp.create_optimizer()
    nlp.update([example(nlp, text, {label: 1.0}) for text, label in CASES], sgd=optimizer)
    pairs = zip(before, encoder_weights(nlp), strict=True)
    return max(float(np.abs(one - other).max()) for one, other in pairs)


def test_it_trains_a_shared_encoder(tmp_path):
    nlp = train_shared(shared_pipeline())
    pipe = nlp.get_pipe("fewner_textcat")
    assert all(pipe.chosen(nlp(text)) == [label] for text, label in CASES)
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert loaded(CASES[0][0]).cats == pytest.approx(nlp(CASES[0][0]).cats, abs=1e-6)


def test_texts_without_classes_leave_the_shared_encoder_alone():
    nlp = train_shared(shared_pipeline(), steps=1)
    nlp.update([example(nlp, text, {}) for text, _ in CASES])
    nodes = nlp.get_pipe("tok2vec").model.walk()
    found = [node.get_grad(name) for node in nodes for name in node.param_names]
    assert not any(gradient.any() for gradient in found)
    nlp.update([example(nlp, *CASES[0][:1], {"repair": 1.0})])
    nodes = nlp.get_pipe("tok2vec").model.walk()
    assert any(node.get_grad(name).any() for node in nodes for name in node.param_names)


def test_the_ways_that_train_the_encoder_do():
    assert moved("finetune") > 0
    assert moved("contrastive") > 0


# Parts


def test_means_and_their_gradient_are_those_of_numpy():
    ops, rng = get_current_ops(), np.random.default_rng(0)
    texts = [ops.asarray2f(rng.normal(size=(n, 4)).astype("float32")) for n in (3, 0, 1)]
    layer = mean_of_tokens()
    layer.set_dim("nO", 4)
    means, backprop = layer.begin_update(texts)
    assert means[0] == pytest.approx(texts[0].mean(axis=0), abs=1e-6)
    assert not means[1].any()
    gradients = backprop(ops.asarray2f(np.ones((3, 4), "float32")))
    assert [one.shape for one in gradients] == [(3, 4), (0, 4), (1, 4)]
    assert gradients[0] == pytest.approx(np.full((3, 4), 1 / 3), abs=1e-6)


def test_a_stored_head_comes_back_and_a_damaged_one_does_not():
    head = ClassHead(4, 3)
    head.bias.data[1] = 0.5
    data = head_to_bytes(head)
    again = head_from_bytes(head, data, head.bias.device)
    assert again.bias.tolist() == head.bias.tolist()
    for damaged in (data[:-4], data.replace(b"n_in", b"n_on"), b"", b"\x80"):
        with pytest.raises(FewnerError, match="class head"):
            head_from_bytes(head, damaged, head.bias.device)


def test_the_gradient_of_the_whole_model_is_that_of_its_loss():
    """By finite differences on the tokens' vectors."""
    import torch

    from spacy_fewner.textcat.head.loss import class_loss

    head = ClassHead(4, 3)
    head.meanings.copy_(torch.nn.functional.normalize(torch.randn(3, 4), dim=-1))
    vectors = torch.randn(2, 4, dtype=torch.float64)
    head = head.double()
    targets = torch.tensor([[1.0, 0, 0], [0, 0, 1]], dtype=torch.float64)
    siblings = Siblings.of(["a", "b", "c"])

    def loss(at):
        return class_loss(head(at), targets, siblings, True).sum()

    assert torch.autograd.gradcheck(loss, (vectors.requires_grad_(),))


def test_damaged_classes_of_a_stored_pipe_are_named(tmp_path):
    nlp = make_pipeline()
    train(nlp, steps=1)
    nlp.to_disk(tmp_path / "model")
    cfg = tmp_path / "model" / "fewner_textcat" / "cfg"
    cfg.write_text(cfg.read_text().replace('"repair"', '"tuning"'))
    with pytest.raises(FewnerError, match=r"fewner_textcat\.labels"):
        spacy.load(tmp_path / "model")
