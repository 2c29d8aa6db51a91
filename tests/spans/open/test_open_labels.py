"""Open labels in the component: found without training, changed at any time, stored whole."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import spacy
from open_starts import write_tiny_start
from tiny_bases import write_tiny_base

from spacy_fewner.encoders.sentences import read_sentences
from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.open.owner import model_config
from spacy_fewner.spans.open.start import encoder_of, read_start, write_start
from spacy_fewner.spans.open.vectors import label_vectors
from spacy_fewner.types import LabelSpec

TEXT = "Ada Lovelace wrote notes on the Analytical Engine in London ."
LABELS = {"person": "a human being", "machine": "a thing with parts that move"}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def start(base, tmp_path_factory):
    return write_tiny_start(tmp_path_factory.mktemp("start"), str(base))


def pipeline(start, labels=LABELS, **config):
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config={"labels": labels, "start": start, **config})
    return nlp


def scores(nlp, text=TEXT):
    component = nlp.get_pipe("fewner")
    return dict(
        zip(
            component.labels,
            component.probabilities([nlp.make_doc(text)])[0].transpose(2, 0, 1),
            strict=True,
        )
    )


def test_finds_spans_without_training(start):
    nlp = pipeline(start, threshold=0.0)
    component, doc = nlp.get_pipe("fewner"), nlp(TEXT)
    assert len(doc.spans["sc"])
    # Before one label is chosen for each span: the weights are random, and may prefer one always.
    (spans,) = component.candidates([nlp.make_doc(TEXT)], floor=0.0)
    assert {component.labels[span.label] for span in spans} == set(LABELS)


def test_threshold_is_the_starts_unless_one_is_given(start):
    assert pipeline(start).get_pipe("fewner").threshold == read_start(start).threshold
    assert pipeline(start, threshold=0.7).get_pipe("fewner").threshold == 0.7


def test_scores_do_not_depend_on_the_other_labels(start):
    together, alone = scores(pipeline(start)), scores(pipeline(start, ["machine"]))
    many = scores(pipeline(start, {**dict.fromkeys(map(str, range(70)), "x"), **LABELS}))
    named = scores(pipeline(start, ["person", "machine"]))
    np.testing.assert_allclose(together["person"], many["person"], atol=1e-6)
    np.testing.assert_allclose(alone["machine"], named["machine"], atol=1e-6)
    assert np.abs(together["machine"] - named["machine"]).max() > 1e-4  # its definition counts


def test_labels_are_replaced_and_added_on_a_loaded_pipeline(start, tmp_path):
    pipeline(start, ["person", "city"]).to_disk(tmp_path / "pipe")
    nlp = spacy.load(tmp_path / "pipe")
    component = nlp.get_pipe("fewner")
    component.set_labels({"machine": LABELS["machine"]})
    assert component.add_label("person", description=LABELS["person"]) == 1
    assert component.add_label("person") == 0
    expected = scores(pipeline(start))
    for label, found in scores(nlp).items():
        np.testing.assert_allclose(found, expected[label], atol=1e-3)  # stored in half precision


def test_what_training_taught_stays_with_labels_that_stay(start):
    nlp = pipeline(start)
    component = nlp.get_pipe("fewner")
    before = scores(nlp)
    from spacy_fewner.spans.grid.layer import shim_of

    grid = shim_of(component.model.get_ref("grid")).grid
    grid.out.bias.data += 1.0  # as if trained
    trained = scores(nlp)
    component.set_labels({"machine": LABELS["machine"], "person": "somebody"})
    after = scores(nlp)
    np.testing.assert_allclose(after["machine"], trained["machine"], atol=1e-6)
    assert np.abs(after["machine"] - before["machine"]).max() > 1e-3
    assert np.abs(after["person"] - trained["person"]).max() > 1e-4  # it means something else now


def test_bytes_and_disk_keep_labels_meanings_and_scores(start, tmp_path):
    nlp = pipeline(start)
    expected = scores(nlp)
    nlp.to_disk(tmp_path / "pipe")
    loaded = [
        spacy.load(tmp_path / "pipe"),
        spacy.util.load_model_from_config(nlp.config).from_bytes(nlp.to_bytes()),
    ]
    for other in loaded:
        assert scores(other).keys() == LABELS.keys()
        for label, found in scores(other).items():
            np.testing.assert_array_equal(found, expected[label])
        assert other.get_pipe("fewner").cfg["meanings"]["person"]["description"] == "a human being"


def test_stored_config_names_the_model_that_is_in_use(start, tmp_path):
    nlp = pipeline(start)
    nlp.get_pipe("fewner").add_label("city")
    nlp.to_disk(tmp_path / "pipe")
    told = spacy.util.load_config(tmp_path / "pipe/config.cfg")["components"]["fewner"]
    assert told["model"]["tok2vec"]["@architectures"] == "spacy-fewner.LoraTok2Vec.v1"
    assert [one["id"] for one in told["labels"]] == ["person", "machine", "city"]


def test_first_predictions_of_eight_threads_agree(start):
    nlp = pipeline(start)
    expected, found = scores(pipeline(start)), []
    threads = [threading.Thread(target=lambda: found.append(scores(nlp))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    for one in found:
        for label, values in one.items():
            np.testing.assert_allclose(values, expected[label], atol=1e-6)


def test_training_begins_from_the_start_and_goes_on(start):
    nlp = pipeline(start, ["person"])
    at = TEXT.index("London")
    gold = {"spans": {"sc": [(0, 12, "person"), (at, at + 6, "city")]}}
    example = spacy.training.Example.from_dict(nlp.make_doc(TEXT), gold)
    optimizer = nlp.initialize(lambda: [example])
    assert nlp.get_pipe("fewner").labels == ("person", "city")
    losses = [nlp.update([example], sgd=optimizer)["fewner"] for _ in range(30)]
    assert losses[-1] < 0.8 * losses[0]


def test_meanings_are_read_by_the_base_alone_and_nothing_is_cut(base):
    label = LabelSpec("person", "somebody " * 400)
    found = label_vectors([label, LabelSpec("person")], str(base))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    other = read_sentences(str(base), ["somebody " * 400, "somebody " * 399 + "engine"])
    assert np.abs(other[0] - other[1]).max() > 1e-5  # the last word counts


@pytest.mark.parametrize("labels", ["人名,地名", "имя,место", "اسم"])
def test_labels_of_other_scripts(start, labels):
    assert list(scores(pipeline(start, labels))) == labels.split(",")


def test_component_without_a_start_takes_no_meanings():
    nlp = spacy.blank("en")
    component = nlp.add_pipe("fewner")
    with pytest.raises(FewnerError, match="must have a start"):
        component.set_labels(["person"])
    with pytest.raises(FewnerError, match="must have a start"):
        component.add_label("person", description="somebody")


def test_unknown_start(tmp_path):
    with pytest.raises(FewnerError, match="start"):
        pipeline(str(tmp_path / "none"))


def test_start_of_another_base_or_grid_is_refused(start, tmp_path):
    known = read_start(start)
    write_start(replace(known, base={**known.base, "hash": "0" * 64}), tmp_path / "base")
    with pytest.raises(FewnerError, match="it is for the encoder"):
        pipeline(str(tmp_path / "base"))(TEXT)
    write_start(replace(known, sizes={**known.sizes, "cell": 32}), tmp_path / "grid")
    with pytest.raises(FewnerError, match=r"attention\.key_value\.bias must be"):
        pipeline(str(tmp_path / "grid"))(TEXT)


def test_start_of_another_context_is_refused(start, tmp_path):
    model = model_config(read_start(start))
    nlp = pipeline(start, model={**model, "context": "convolution"})
    with pytest.raises(FewnerError, match=r"^start: its head has the context attention"):
        nlp(TEXT)
    known = read_start(start)
    sizes = {name: size for name, size in known.sizes.items() if name != "context"}
    write_start(replace(known, sizes=sizes), tmp_path / "before")
    ours, before = scores(pipeline(start)), scores(pipeline(str(tmp_path / "before")))
    assert all((ours[label] == before[label]).all() for label in LABELS)


def test_adapter_and_head_are_those_of_the_start(start):
    nlp = pipeline(start)
    nlp(TEXT)
    adapter = read_start(start).part("encoder.")
    from spacy_fewner.encoders.lora.adapters import trained_state

    own = trained_state(encoder_of(nlp.get_pipe("fewner").model)._model)
    assert own.keys() == adapter.keys()
    assert all((own[name].cpu() == adapter[name]).all() for name in own)


def test_initialize_without_examples_changes_nothing(start):
    nlp = pipeline(start)
    before = scores(nlp)
    nlp.initialize()
    assert nlp.get_pipe("fewner").max_width == 12
    for label, found in scores(nlp).items():
        np.testing.assert_allclose(found, before[label], atol=1e-6)


def test_narrow_gold_does_not_narrow_what_is_found_by_meaning(start):
    nlp = pipeline(start, ["person", "city"])
    at = TEXT.index("London")
    gold = {"spans": {"sc": [(at, at + 6, "city")]}}
    nlp.initialize(lambda: [spacy.training.Example.from_dict(nlp.make_doc(TEXT), gold)])
    assert nlp.get_pipe("fewner").max_width == 12


def test_update_without_a_prediction_before(start):
    nlp = pipeline(start, ["person"])
    gold = {"spans": {"sc": [(0, 12, "person")]}}
    example = spacy.training.Example.from_dict(nlp.make_doc(TEXT), gold)
    assert nlp.update([example])["fewner"] > 0
    assert nlp.get_pipe("fewner").max_width == 12


def test_a_known_label_with_another_meaning_is_read_anew(start):
    nlp = pipeline(start)
    component, before = nlp.get_pipe("fewner"), scores(nlp)
    assert component.add_label("person", description="a river or a lake") == 0
    after, fresh = scores(nlp), scores(pipeline(start, {"person": "a river or a lake"}))
    np.testing.assert_allclose(after["person"], fresh["person"], atol=1e-6)
    np.testing.assert_allclose(after["machine"], before["machine"], atol=1e-6)
    assert np.abs(after["person"] - before["person"]).max() > 1e-4


@pytest.mark.parametrize("description", [5, ["x"], "costs ${x.y}", "${"])
def test_a_meaning_that_is_none_is_refused_and_nothing_changes(start, tmp_path, description):
    nlp = pipeline(start)
    component, before = nlp.get_pipe("fewner"), scores(nlp)
    with pytest.raises(FewnerError):
        component.add_label("price", description=description)
    with pytest.raises(FewnerError):
        component.set_labels({"price": description})
    assert scores(nlp).keys() == before.keys()
    nlp.to_disk(tmp_path / "pipe")
    assert scores(spacy.load(tmp_path / "pipe")).keys() == before.keys()


def test_labels_given_at_load_are_obeyed(start, tmp_path):
    pipeline(start).to_disk(tmp_path / "pipe")
    loaded = spacy.load(tmp_path / "pipe", config={"components.fewner.labels": ["city"]})
    assert scores(loaded).keys() == {"city"}


def test_damaged_weights(start, tmp_path):
    known = read_start(start)
    write_start(known, tmp_path)
    (tmp_path / "weights.safetensors").write_bytes(b"xx")
    with pytest.raises(FewnerError, match="must be whole"):
        pipeline(str(tmp_path))(TEXT)
