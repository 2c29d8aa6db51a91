"""8-bit numbers in an exported encoder: what they cost, and where they are left out."""

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_pipelines import texts

from spacy_fewner.encoders.inputs.batching import make_batch
from spacy_fewner.encoders.inputs.windows import StridedWindows
from spacy_fewner.errors import FewnerError
from spacy_fewner.runtime.export.agreement import Agreement
from spacy_fewner.runtime.export.exporting import export as export_pipeline
from spacy_fewner.runtime.export.layers import Layer, Product, layers_of, tables_of
from spacy_fewner.runtime.export.nodes import onnx
from spacy_fewner.runtime.export.quantise import Quantiser
from spacy_fewner.runtime.export.scales import best_scales
from spacy_fewner.runtime.export.trial import Trial
from spacy_fewner.runtime.graph import Graph
from spacy_fewner.runtime.tok2vec import encoder_of
from spacy_fewner.types import Sample


def layer(weight):
    return Layer("input", [Product(None, weight.astype("float32"), None)])


def inputs_of(rows, width, seed=0):
    return np.random.default_rng(seed).standard_normal((rows, width), dtype="float32")


@settings(max_examples=15)
@given(st.integers(1, 40), st.integers(1, 20), st.integers(0, 5))
def test_the_error_said_is_the_error_made(n_in, n_out, seed):
    weight, inputs = inputs_of(n_in, n_out, seed), inputs_of(200, n_in, seed + 1)
    scales = best_scales(layer(weight), inputs)
    divided = inputs / (1.0 if scales.smoothing is None else scales.smoothing)
    whole = np.clip(np.round(divided / scales.scale) + scales.zero, 0, 255)
    found = (whole - scales.zero) @ scales.weights.astype(float)
    found *= scales.scale * scales.weight_scales
    exact = inputs @ weight
    assert np.square(found - exact).mean() <= 0.02 * np.square(exact).mean() + 1e-9
    assert scales.error < 0.02


def test_channels_that_stand_out_cost_little():
    inputs, weight = inputs_of(400, 64), inputs_of(64, 32, seed=1)
    inputs[:, 3] *= 100  # as channels of pretrained encoders do
    scales = best_scales(layer(weight), inputs)
    assert scales.smoothing is not None and scales.smoothing.argmax() == 3
    assert scales.error < 1e-3


@pytest.fixture(scope="module")
def encoder(exported):
    nlp = spacy.load(exported("spans"))
    return nlp, encoder_of(nlp.get_pipe("fewner").model)


@pytest.fixture(scope="module")
def batches(encoder):
    nlp, shim = encoder
    batch = make_batch([nlp.make_doc(text) for text in texts()], shim.reader, StridedWindows())
    return [batch.inputs(rows) for rows in batch.groups(256)]


def cosines(graph, other, batches):
    found = []
    for inputs in batches:
        real = inputs["attention_mask"].astype(bool)
        ours, theirs = (Graph(one, "g").run(inputs)[0][real] for one in (graph, other))
        norms = np.linalg.norm(ours, axis=-1) * np.linalg.norm(theirs, axis=-1)
        found.append((ours * theirs).sum(axis=-1) / norms)
    return np.concatenate(found)


def test_the_graph_gives_nearly_the_same_vectors(encoder, batches):
    data = encoder[1].graph.data
    quantiser = Quantiser(data, batches)
    assert len(quantiser.layers) == 8  # two blocks of: attention, its output, up, down
    small = quantiser.graph()
    model = onnx().load_model_from_string(small)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MatMulIntegerToFloat") == 12 and not layers_of(model)
    assert cosines(small, data, batches).min() > 0.99


def test_layers_that_are_left_are_exact(encoder, batches):
    data = encoder[1].graph.data
    quantiser = Quantiser(data, batches)
    exact = quantiser.graph(quantiser.worst(len(quantiser.layers)))
    assert cosines(exact, data, batches).min() > 1 - 1e-6
    some = quantiser.graph(quantiser.worst(3))
    assert len(layers_of(onnx().load_model_from_string(some))) == 3


def test_tables_of_embeddings_shrink(encoder, batches, monkeypatch):
    import spacy_fewner.runtime.export.layers as layers

    monkeypatch.setattr(layers, "LEAST_TABLE", 256)
    data = encoder[1].graph.data
    assert tables_of(onnx().load_model_from_string(data))
    quantiser = Quantiser(data, batches)
    exact = quantiser.graph(quantiser.worst(len(quantiser.layers)))
    assert len(exact) < len(data)
    assert cosines(exact, data, batches).min() > 0.999


def test_no_text_depends_on_what_else_is_read(encoder, batches):
    small = Graph(Quantiser(encoder[1].graph.data, batches).graph(), "g")
    (together,) = small.run(batches[0])
    for row in range(len(together)):
        n = int(batches[0]["attention_mask"][row].sum())
        (alone,) = small.run({name: one[row : row + 1, :n] for name, one in batches[0].items()})
        np.testing.assert_allclose(alone[0], together[row, :n], atol=1e-5)


def samples(number=24):
    return [Sample(text, spans_annotated=False) for text in texts(number)]


@pytest.mark.parametrize("kind", ["spans", "textcat", "joint", "cascade"])
def test_a_pipeline_in_8_bits_is_measured_and_agrees(kind, trained, tmp_path):
    made = export_pipeline(trained(kind), tmp_path / "x", precision="auto", samples=samples())
    names = [trial.name for trial in made.trials]
    assert names[:3] == ["torch", "fp32", "int8"] and made.trials[1].same.same == 1
    chosen = next(trial for trial in made.trials if trial.name == made.chosen)
    assert chosen.same.same >= 0.97
    nlp = spacy.load(tmp_path / "x")
    assert all(list(nlp.pipe(texts())))


def test_texts_are_needed_for_8_bits(trained, tmp_path):
    with pytest.raises(FewnerError, match="8 texts or more"):
        export_pipeline(trained("spans"), tmp_path / "x", precision="int8", samples=samples(3))
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("text", ["zzz", "."])
def test_texts_in_which_nothing_is_found_prove_nothing(trained, tmp_path, text):
    given = [text] * 12
    made = export_pipeline(trained("spans"), tmp_path / "auto", precision="auto", samples=given)
    if made.trials[0].same.found < 10:
        assert made.chosen == "fp32"
        with pytest.raises(FewnerError, match="10 finds or more"):
            export_pipeline(trained("spans"), tmp_path / "x", precision="int8", samples=given)


def trial(same=1.0, quality=None, found=50):
    return Trial("x", 1.0, 1.0, Agreement(found, same, 0.0, 0.0), quality)


@pytest.mark.parametrize(
    ("ours", "before", "expected"),
    [
        (trial(0.98), trial(), True),
        (trial(0.96), trial(), False),
        (trial(0.93, 0.60), trial(1.0, 0.601), True),  # gold says that as much is right
        (trial(0.93, 0.59), trial(1.0, 0.601), False),
        (trial(0.85, 0.61), trial(1.0, 0.60), False),  # as good, but not the same pipeline
        (trial(0.96, 0.0), trial(1.0, 0.0), False),  # gold of other labels
        (trial(1.0, None, 3), trial(1.0, None, 3), False),
    ],
)
def test_what_may_stand_for_the_pipeline_before(ours, before, expected):
    assert ours.holds(before) is expected
