"""The component as a user meets it: add_pipe, train, predict, save, load."""

import json
import subprocess
import sys

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example
from span_helpers import TEXTS, make_example, make_pipeline, train

from spacy_fewner.errors import FewnerError


@pytest.fixture(scope="module")
def trained():
    nlp = make_pipeline()
    examples, losses = train(nlp)
    return nlp, examples, losses


def found(doc, key="sc"):
    return {(span.text, span.label_) for span in doc.spans[key]}


def test_learns_nested_spans(trained):
    nlp, examples, losses = trained
    assert losses[-1] < losses[0] / 10
    for text, gold in TEXTS:
        assert found(nlp(text)) == set(gold)
    assert nlp.evaluate(examples)["spans_sc_f"] == 1.0


def test_scores_stand_beside_the_spans(trained):
    nlp, _, _ = trained
    group = nlp(TEXTS[0][0]).spans["sc"]
    scores = group.attrs["scores"]
    assert len(scores) == len(group) > 0
    assert ((scores >= 0.5) & (scores <= 1)).all()


def test_flat_spans_share_no_token(trained):
    nlp, _, _ = trained
    component = nlp.get_pipe("fewner")
    component.cfg["nested"] = False
    try:
        for text, _ in TEXTS:
            doc = nlp(text)
            spans = list(doc.spans["sc"])
            assert len({t.i for s in spans for t in s}) == sum(len(s) for s in spans)
    finally:
        component.cfg["nested"] = True


def test_ents_on_request():
    nlp = make_pipeline(set_ents=True)
    train(nlp, steps=40)
    doc = nlp(TEXTS[1][0])
    assert doc.ents and set(doc.ents) <= set(doc.spans["sc"])


def test_thresholds_per_component_and_label(trained):
    nlp, _, _ = trained
    cfg = nlp.get_pipe("fewner").cfg
    doc = nlp(TEXTS[0][0])
    scored = zip(doc.spans["sc"].attrs["scores"], doc.spans["sc"], strict=True)
    score, weakest = min((float(score), span.label_) for score, span in scored)
    above = float(np.nextafter(np.float32(score), np.float32(2)))
    try:
        cfg["label_thresholds"] = {weakest: above}
        assert found(nlp(TEXTS[0][0])) < found(doc)
        cfg["label_thresholds"], cfg["threshold"] = {weakest: 0.0}, 1.1
        assert {label for _, label in found(nlp(TEXTS[0][0]))} == {weakest}
    finally:
        cfg["label_thresholds"], cfg["threshold"] = {}, 0.5


@pytest.mark.parametrize("through", ["bytes", "disk"])
def test_round_trip(trained, through, tmp_path):
    nlp, _, _ = trained
    if through == "disk":
        nlp.to_disk(tmp_path / "model")
        loaded = spacy.load(tmp_path / "model")
    else:
        loaded = make_pipeline().from_bytes(nlp.to_bytes())
    docs = [nlp.make_doc(text) for text, _ in TEXTS]
    before, after = (p.get_pipe("fewner").probabilities(docs) for p in (nlp, loaded))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert loaded.get_pipe("fewner").labels == nlp.get_pipe("fewner").labels


def test_several_processes(trained):
    nlp, _, _ = trained
    texts = [text for text, _ in TEXTS] * 3
    alone = [found(doc) for doc in nlp.pipe(texts)]
    together = [found(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=2)]
    assert alone == together


def test_a_label_added_later_leaves_the_others_alone():
    nlp = make_pipeline()
    train(nlp, steps=20)
    component = nlp.get_pipe("fewner")
    doc = nlp.make_doc(TEXTS[0][0])
    before = component.probabilities([doc])[0]
    assert component.add_label("YEAR") == 1 and component.add_label("YEAR") == 0
    after = component.probabilities([doc])[0]
    np.testing.assert_allclose(after[..., :-1], before, atol=1e-6)
    loaded = make_pipeline().from_bytes(nlp.to_bytes())
    np.testing.assert_array_equal(loaded.get_pipe("fewner").probabilities([doc])[0], after)


def test_extension_labels_are_learnt_and_never_predicted():
    nlp = make_pipeline()
    gold = [
        (text, [(s, "ext/" + label if label == "FIRM" else label) for s, label in spans])
        for text, spans in TEXTS
    ]
    examples = [make_example(nlp, text, spans) for text, spans in gold]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    component = nlp.get_pipe("fewner")
    at = component.labels.index("ext/FIRM")
    scores = component.probabilities([nlp.make_doc(TEXTS[0][0])])[0]
    assert scores[..., at].max() > 0.5
    assert "ext/FIRM" not in {label for text, _ in TEXTS for _, label in found(nlp(text))}
    # eq 15: half the mean count of the targets (DIVISION 3, MATERIAL 2, PART 3) over 3
    assert component.cfg["label_weights"][at] == pytest.approx(0.5 * (8 / 3) / 3)


def test_a_text_without_extension_spans_says_nothing_of_them():
    nlp = make_pipeline()
    (text, spans), (other, own) = TEXTS[:2]
    things = [(surface, "ext/THING") for surface, _ in spans[:3]]
    extended = make_example(nlp, text, [*spans, *things])
    plain = make_example(nlp, other, own)
    nlp.initialize(lambda: [extended, plain])
    component = nlp.get_pipe("fewner")
    at = component.labels.index("ext/THING")
    size = sum(len(eg.predicted) for eg in (extended, plain))
    logits = np.zeros((size, component.max_width, len(component.labels)), "f")
    _, gradient = component.get_loss([extended, plain], logits)
    first, second = np.split(gradient, [len(extended.predicted)])
    assert np.abs(first[..., at]).sum() > 0 and not second[..., at].any()
    assert np.abs(np.delete(second, at, axis=-1)).sum() > 0


def test_weight_of_an_example_scales_its_gradient(trained):
    nlp, examples, _ = trained
    component = nlp.get_pipe("fewner")
    example = examples[0]
    logits = np.zeros((len(example.predicted), component.max_width, len(component.labels)), "f")
    loss, gradient = component.get_loss([example], logits)
    example.reference.user_data["fewner_weight"] = 0.4
    try:
        weighted_loss, weighted = component.get_loss([example], logits)
    finally:
        del example.reference.user_data["fewner_weight"]
    assert weighted_loss == pytest.approx(0.4 * loss)
    np.testing.assert_allclose(weighted, 0.4 * gradient, rtol=1e-5)


def test_gradient_is_that_of_the_loss(trained):
    nlp, examples, _ = trained
    component = nlp.get_pipe("fewner")
    rng = np.random.default_rng(0)
    shape = (len(examples[0].predicted), component.max_width, len(component.labels))
    logits = rng.normal(size=shape)
    _, gradient = component.get_loss(examples[:1], logits)
    for at in [(0, 0, 0), (1, 1, 2), (shape[0] - 1, 1, 0)]:
        step = np.zeros(shape)
        step[at] = 1e-5
        up, _ = component.get_loss(examples[:1], logits + step)
        down, _ = component.get_loss(examples[:1], logits - step)
        assert gradient[at] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_width_from_the_data_and_unreachable_gold(caplog):
    nlp = make_pipeline(max_width=1)
    train(nlp, steps=1)
    component = nlp.get_pipe("fewner")
    assert component.max_width == 1
    assert sorted(component.gold_audit.too_wide) == ["Great pallets", "Swell box", "oak pallets"]
    assert "wider than max_width=1" in caplog.text


def test_misaligned_gold_is_reported(caplog):
    nlp = make_pipeline()
    reference = Doc(
        nlp.vocab, words=["semi", "-", "automatic", "x"], spaces=[False, False, True, False]
    )
    reference.spans["sc"] = [Span(reference, 0, 1, "PART")]
    predicted = Doc(nlp.vocab, words=["semi-automatic", "x"], spaces=[True, False])
    examples = [Example(predicted, reference), make_example(nlp, *TEXTS[0])]
    nlp.initialize(lambda: examples)
    assert nlp.get_pipe("fewner").gold_audit.misaligned == ["semi"]
    assert "edge inside a token" in caplog.text


def test_gold_that_clashes_is_reported(caplog):
    nlp = make_pipeline()
    reference = nlp.make_doc("New York City Hall Park")
    places = [(0, 2, "CITY"), (1, 3, "CITY"), (0, 3, "CITY"), (3, 4, "PART"), (3, 4, "HALL")]
    extensions = [(4, 5, "PART"), (4, 5, "ext/PARK"), (2, 4, "ext/PARK")]
    spans = [Span(reference, start, end, label) for start, end, label in places + extensions]
    reference.spans["sc"] = spans
    nlp.initialize(lambda: [Example(nlp.make_doc(reference.text), reference)])
    audit = nlp.get_pipe("fewner").gold_audit
    assert (audit.conflicting, audit.crossing) == (["Hall"], ["York City"])
    assert "1 with conflicting labels, of which one is predicted, such as 'Hall'" in caplog.text
    assert "1 crossing another, of which one is predicted, such as 'York City'" in caplog.text


def test_prior_bias_makes_an_untrained_model_predict_little():
    nlp = make_pipeline()
    train(nlp, steps=0)
    scores = nlp.get_pipe("fewner").probabilities([nlp.make_doc(TEXTS[0][0])])[0]
    assert 0.001 < scores.mean() < 0.3


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "🎹", "管風琴", "אורגן גדול", "a" * 5000])
def test_odd_texts(trained, text):
    nlp, _, _ = trained
    doc = nlp(text)
    assert all(span.text.strip() == span.text != "" for span in doc.spans["sc"])
    assert [len(d) for d in nlp.pipe([text, TEXTS[0][0], text])] == [len(doc), 9, len(doc)]


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"threshold": 1.5}, "threshold"),
        ({"label_thresholds": {"FIRM": -1}}, "FIRM"),
        (
            {
                "model": {
                    "@architectures": "spacy-fewner.SpanGrid.v1",
                    "cell": 10,
                    "attention_heads": 3,
                    "tok2vec": {
                        "@architectures": "spacy.HashEmbedCNN.v2",
                        "width": 8,
                        "depth": 1,
                        "embed_size": 50,
                        "window_size": 1,
                        "maxout_pieces": 2,
                        "subword_features": True,
                        "pretrained_vectors": None,
                    },
                }
            },
            "biaffine_heads",
        ),
    ],
)
def test_bad_settings_name_the_argument(config, named):
    with pytest.raises(FewnerError, match=named):
        make_pipeline(**config)


def test_bad_data_names_the_rule():
    with pytest.raises(FewnerError, match="trained or loaded"):
        make_pipeline()("text")
    with pytest.raises(FewnerError, match="spans_key"):
        nlp = make_pipeline(spans_key="other")
        nlp.initialize(lambda: [make_example(nlp, *TEXTS[0])])
    with pytest.raises(FewnerError, match="max_width"):
        train(make_pipeline(max_width=100_000), steps=0)


def test_own_spans_key_is_scored():
    nlp = make_pipeline(spans_key="parts")
    examples, _ = train(nlp, key="parts")
    assert nlp.evaluate(examples)["spans_parts_f"] == 1.0
    assert nlp.config["training"]["score_weights"]["spans_parts_f"] == 1.0


def test_loading_spacy_imports_no_torch_through_us():
    code = """
import builtins, spacy
original = builtins.__import__
def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if importer.startswith("spacy_fewner"):
        heavy = {"torch", "transformers", "peft", "spacy_transformers", "matplotlib"}
        if name.split(".")[0] in heavy:
            raise SystemExit(f"{importer} imported {name}")
    return original(name, globals, locals, fromlist, level)
builtins.__import__ = guarded
from importlib.metadata import entry_points
import spacy_fewner
groups = {"factories", "architectures", "scorers", "readers", "cli", "callbacks"}
found = [e for g in groups for e in entry_points(group="spacy_" + g) if "fewner" in e.value]
for e in found:
    e.load()
spacy.blank("en")
print(len(found))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) >= 3
