"""What the shim promises: steps, averages, prediction, storage."""

import numpy
import pytest
import srsly
import torch
from thinc.api import SGD, Adam, RAdam
from tiny_bases import write_tiny_base

from spacy_fewner.encoders.shims.precision import has_bfloat16
from spacy_fewner.errors import FewnerError

MODES = [
    {"save": "adapter"},
    {"save": "merged"},
    {"save": "adapter", "train_norms": True},
    {"save": "merged", "train_norms": True},
    {"rank": 0},
    {"trainable": "full"},
    {"trainable": "none"},
]


def ids(settings):
    return "-".join(f"{key}={value}" for key, value in settings.items())


def trained(shim):
    return {name: parameter.detach().clone() for name, parameter in shim._trainable}


@pytest.mark.parametrize("settings", MODES, ids=ids)
def test_round_trip_after_training(settings, tiny_bert, encoder, train, docs, gap):
    model = encoder(tiny_bert, **settings)
    losses = train(model, docs)
    again = encoder(tiny_bert, initialize=False, **settings).from_bytes(model.to_bytes())
    assert gap(model.predict(docs), again.predict(docs)) == 0.0
    assert (losses[-1] < losses[0]) == (settings.get("trainable") != "none")
    assert again.get_dim("nO") == 32


@pytest.mark.parametrize("settings", MODES[:5], ids=ids)
def test_training_goes_on_after_loading(settings, tiny_bert, encoder, train, docs, gap):
    model = encoder(tiny_bert, **settings)
    train(model, docs, steps=3)
    again = encoder(tiny_bert, initialize=False, **settings).from_bytes(model.to_bytes())
    losses = train(again, docs, steps=8)
    assert losses[-1] < losses[0]
    third = encoder(tiny_bert, initialize=False, **settings).from_bytes(again.to_bytes())
    assert gap(again.predict(docs), third.predict(docs)) == 0.0


@pytest.mark.parametrize("settings", [{}, {"rank": 0}], ids=ids)
def test_bfloat16_trains_like_float32(settings, tiny_bert, encoder, train, docs, gap, shim):
    runs = []
    # Masks are drawn for padding too, of which bfloat16 has more.
    none = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    for precision in ("float32", "bfloat16"):
        model = encoder(tiny_bert, train_precision=precision, transformer_config=none, **settings)
        before = trained(shim(model))
        losses = train(model, docs, steps=8)
        assert losses[-1] < losses[0]
        assert any(not torch.equal(before[n], t) for n, t in trained(shim(model)).items())
        runs.append((losses, model.predict(docs)))
    (exact, ours), (rounded, theirs) = runs
    assert rounded == pytest.approx(exact, rel=0.02)
    assert gap(ours, theirs) > 0


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_bfloat16_meets_few_widths(precision, tiny_bert, encoder, train, nlp, shim):
    """oneDNN keeps what it compiles for each: 15 trainings took 1.4 GB more than one."""
    model = encoder(tiny_bert, train_precision=precision)
    rules = shim(model).reader.rules
    most, widths = rules.limit + len(rules.prefix) + len(rules.suffix), set()

    def note(_module, _args, inputs):
        widths.add(inputs["input_ids"].shape[1])
        assert inputs["input_ids"].shape == inputs["attention_mask"].shape

    shim(model)._model.register_forward_pre_hook(note, with_kwargs=True)
    for words in (*range(1, 40), 200):
        train(model, [nlp.make_doc("a " * words)], steps=1)
    in_eights = all(width % 8 == 0 or width == most for width in widths)
    assert in_eights == (precision == "bfloat16") and (len(widths) > 30) != in_eights


def test_predictions_in_bfloat16_are_near(tiny_bert, encoder, docs, gap, shim):
    exact = encoder(tiny_bert)
    rounded = encoder(tiny_bert, predict_precision="bfloat16")
    assert 0 < gap(exact.predict(docs), rounded.predict(docs)) < 0.1
    assert all(array.dtype == "float32" for array in rounded.predict(docs))
    again = encoder(tiny_bert, initialize=False, predict_precision="auto")
    again.from_bytes(exact.to_bytes())
    chosen = rounded if has_bfloat16(shim(again).device) else exact
    assert gap(again.predict(docs), chosen.predict(docs)) == 0.0


def test_a_precision_that_is_none_is_named(tiny_bert, encoder):
    with pytest.raises(FewnerError, match='"float32", "bfloat16", "auto"'):
        encoder(tiny_bert, predict_precision="int8")


def test_whole_weights_need_no_base(tmp_path, encoder, train, docs, gap):
    for settings in ({"save": "merged"}, {"rank": 0}):
        name = write_tiny_base(tmp_path / "base")
        model = encoder(name, **settings)
        train(model, docs, steps=2)
        data = model.to_bytes()
        again = encoder("pkg:gone/model", initialize=False, **settings).from_bytes(data)
        assert gap(model.predict(docs), again.predict(docs)) == 0.0


def test_storing_merged_weights_leaves_the_live_model_alone(tiny_bert, encoder, train, shim, docs):
    stored, plain = encoder(tiny_bert, save="merged"), encoder(tiny_bert, save="merged")
    for model in (stored, plain):
        train(model, docs, steps=2)
        if model is stored:
            model.to_bytes()
        train(model, docs, steps=2)
    ours, theirs = trained(shim(stored)), trained(shim(plain))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_an_adapter_on_another_base_is_refused(tiny_bert, encoder, tmp_path, docs):
    data = encoder(tiny_bert).to_bytes()
    other = write_tiny_base(tmp_path, seed=1)
    with pytest.raises(FewnerError, match="adapter on another base"):
        encoder(other, initialize=False).from_bytes(data)


def test_an_adapter_without_its_base_is_refused(tiny_bert, encoder):
    data = encoder(tiny_bert).to_bytes()
    with pytest.raises(FewnerError, match="pip install gone-encoder"):
        encoder("pkg:gone_encoder/model", initialize=False).from_bytes(data)


def test_a_base_that_moved_is_found_by_the_configs_name(tmp_path, encoder, train, docs, gap):
    model = encoder(write_tiny_base(tmp_path / "here"))
    train(model, docs, steps=2)
    (tmp_path / "here").rename(tmp_path / "there")
    again = encoder(str(tmp_path / "there"), initialize=False).from_bytes(model.to_bytes())
    assert gap(model.predict(docs), again.predict(docs)) == 0.0


def test_bytes_of_another_architecture_are_refused(tiny_bert, encoder, shim):
    stock = srsly.msgpack_dumps({"config": {}, "state": b"", "tokenizer": {}})
    with pytest.raises(FewnerError, match="must be stored as"):
        shim(encoder(tiny_bert, initialize=False)).from_bytes(stock)


def test_a_model_without_its_base_yet_is_stored(tiny_bert, encoder, docs):
    again = encoder(tiny_bert, initialize=False)
    again.from_bytes(encoder(tiny_bert, initialize=False).to_bytes())
    again.initialize()
    assert again.predict(docs)[0].shape[1] == 32


def test_stored_rank_and_targets_win_over_the_config(tiny_bert, encoder, train, docs, gap):
    model = encoder(tiny_bert, rank=3, alpha=5.0, targets=["self.query", "self.value"])
    train(model, docs, steps=2)
    again = encoder(tiny_bert, initialize=False, rank=8).from_bytes(model.to_bytes())
    assert gap(model.predict(docs), again.predict(docs)) == 0.0
    assert again.to_bytes() == model.to_bytes()


def test_unknown_target_is_said(tiny_bert, encoder):
    with pytest.raises(FewnerError, match=r"attention\.self\.query") as caught:
        encoder(tiny_bert, targets=["q_lin"])
    assert caught.value.argument == "targets"


@pytest.mark.parametrize("make", [SGD, Adam, RAdam])
def test_lr_scale_multiplies_the_learn_rate(make, tiny_bert, encoder, train, shim, docs):
    halved, plain = encoder(tiny_bert, lr_scale=0.5), encoder(tiny_bert)
    optimizers = make(0.02, L2=0.1), make(0.01, L2=0.1)
    train(halved, docs, steps=3, optimizer=optimizers[0])
    train(plain, docs, steps=3, optimizer=optimizers[1])
    ours, theirs = trained(shim(halved)), trained(shim(plain))
    assert all(torch.allclose(ours[n], theirs[n], atol=1e-7) for n in theirs)
    assert optimizers[0].learn_rate == 0.02 and optimizers[0].L2 == 0.1


def test_weight_decay_skips_biases_and_norms(tiny_bert, encoder, train, shim, docs):
    decayed, plain = encoder(tiny_bert, rank=0), encoder(tiny_bert, rank=0)
    train(decayed, docs, steps=1, optimizer=Adam(0.01, L2=0.5))
    train(plain, docs, steps=1, optimizer=Adam(0.01))
    ours, theirs = trained(shim(decayed)), trained(shim(plain))
    assert {torch.equal(ours[n], t) for n, t in theirs.items() if t.ndim < 2} == {True}
    assert {torch.equal(ours[n], t) for n, t in theirs.items() if t.ndim > 1} == {False}


def test_averages_are_used_and_given_back(tiny_bert, encoder, train, shim, docs, gap):
    model = encoder(tiny_bert)
    optimizer = Adam(0.05, use_averages=True)
    train(model, docs, steps=6, optimizer=optimizer)
    before, weights = model.predict(docs), trained(shim(model))
    with pytest.raises(KeyError), model.use_params(optimizer.averages):
        for name, parameter in shim(model)._trainable:
            average = optimizer.averages[shim(model).id, name]
            numpy.testing.assert_array_equal(parameter.detach().numpy(), average)
        averaged, stored = model.predict(docs), model.to_bytes()
        raise KeyError("an error inside must not keep the averages in")
    assert gap(before, averaged) > 1e-4
    assert gap(before, model.predict(docs)) == 0.0
    assert all(torch.equal(weights[n], w) for n, w in trained(shim(model)).items())
    loaded = encoder(tiny_bert, initialize=False).from_bytes(stored)
    assert gap(loaded.predict(docs), averaged) == 0.0
    assert len(optimizer.averages) == len(weights)


def test_prediction_within_an_update_does_not_disturb_it(tiny_bert, encoder, shim, docs):
    """As with spaCy's annotating components: predict between forward and backward."""
    gradients = []
    for is_disturbed in (False, True):
        model = encoder(tiny_bert)
        for step in range(2):
            torch.manual_seed(3)
            vectors, backprop = model(docs, is_train=True)
            if is_disturbed:
                model.predict(docs)
            backprop([numpy.ones_like(array) for array in vectors])
            gradients.append([p.grad.clone() for _, p in shim(model)._trainable])
            if not step:
                model.finish_update(Adam(0.01))
                model.predict(docs)
    for ours, theirs in zip(gradients[:2], gradients[2:], strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_a_second_step_without_gradients_changes_nothing(tiny_bert, encoder, train, shim, docs):
    model, optimizer = encoder(tiny_bert), Adam(0.01)
    train(model, docs, steps=2, optimizer=optimizer)
    before = trained(shim(model))
    model.finish_update(optimizer)
    assert all(torch.equal(before[n], p) for n, p in trained(shim(model)).items())


def test_nothing_below_the_lowest_adapter_is_differentiated(tiny_bert, encoder, shim, docs):
    model = encoder(tiny_bert, targets=["1.attention.self.query"])
    seen = []
    layer = shim(model)._model.encoder.layer[0]
    layer.register_forward_hook(lambda module, args, out: seen.append(out[0].requires_grad))
    vectors, backprop = model(docs, is_train=True)
    backprop(vectors)
    assert seen == [False]
    assert {n for n, p in shim(model)._model.named_parameters() if p.grad is not None} == {
        "encoder.layer.1.attention.self.query.lora_A.default.weight",
        "encoder.layer.1.attention.self.query.lora_B.default.weight",
    }


def test_norms_train_when_asked(tiny_bert, encoder, train, shim, docs):
    model = encoder(tiny_bert, train_norms=True)
    names = {name for name, _ in shim(model)._trainable if "lora_" not in name}
    assert len(names) == 8 and all("LayerNorm" in n and "embeddings" not in n for n in names)
    before = trained(shim(model))
    train(model, docs, steps=1)
    assert not any(torch.equal(before[n], p) for n, p in trained(shim(model)).items() if n in names)


def test_checkpointing_gives_the_same_gradients(tiny_bert, encoder, shim, docs):
    gradients = []
    for flag in (False, True):
        model = encoder(tiny_bert, grad_checkpointing=flag)
        torch.manual_seed(3)
        vectors, backprop = model(docs, is_train=True)
        model.predict(docs)
        backprop([numpy.ones_like(array) for array in vectors])
        gradients.append([p.grad.clone() for _, p in shim(model)._trainable])
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(*gradients, strict=True))


def test_checkpointing_where_there_is_none_is_said(tiny_bases, encoder):
    with pytest.raises(FewnerError, match="grad_checkpointing"):
        encoder(tiny_bases("mpnet"), grad_checkpointing=True)


def test_a_frozen_encoder_is_calm_and_free(tiny_bert, encoder, shim, docs, gap):
    model = encoder(tiny_bert, trainable="none")
    vectors, backprop = model(docs, is_train=True)
    assert gap(vectors, model.predict(docs)) == 0.0
    backprop(vectors)
    assert len(model.to_bytes()) < 20_000


def test_copies_share_neither_weights_nor_ids(tiny_bert, encoder, train, shim, docs, gap):
    model = encoder(tiny_bert)
    train(model, docs, steps=2)
    before = model.predict(docs)
    original = model.layers[0].layers[0]
    copied = original.copy()
    assert copied.shim.id != original.shim.id and copied.id != original.id
    train(model, docs, steps=2)
    assert gap(model.predict(docs), before) > 1e-4
    model.layers[0].layers[0] = copied
    assert gap(model.predict(docs), before) == 0.0
    train(model, docs, steps=2)
    assert gap(model.predict(docs), before) > 1e-4
