"""The pipe `fewner_textcat`: training in each way, storing, classes that come and go."""

import pickle

import numpy as np
import pytest
import spacy
from textcat_helpers import (
    CASES,
    MEANINGS,
    cats_of,
    example,
    examples_of,
    lora_model,
    make_pipeline,
    right,
    small_model,
    train,
)
from tiny_bases import write_tiny_base

from spacy_fewner.errors import FewnerError
from spacy_fewner.textcat.component import textcat_of


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.mark.parametrize("way", ["finetune", "contrastive"])
def test_it_learns_what_it_is_shown(way):
    nlp = make_pipeline(train=way)
    losses = train(nlp)
    assert losses[-1] < losses[0] / 2
    assert right(nlp) == 1.0


def test_the_probe_learns_at_initialize_and_updates_change_nothing():
    nlp = make_pipeline(train="probe")
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    before = cats_of(nlp)
    assert right(nlp) == 1.0
    nlp.update(examples_of(nlp), sgd=optimizer)
    assert cats_of(nlp) == before


def test_every_class_gets_a_probability_and_they_add_up():
    nlp = make_pipeline()
    train(nlp, steps=3)
    for cats in cats_of(nlp):
        assert set(cats) == set(MEANINGS)
        assert sum(cats.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("store", ["disk", "bytes"])
def test_what_is_stored_predicts_the_same(base, tmp_path, store):
    nlp = make_pipeline(lora_model(base), labels=MEANINGS, threshold=0.4, other="none")
    train(nlp, steps=3, rate=0.001)
    if store == "disk":
        nlp.to_disk(tmp_path / "model")
        loaded = spacy.load(tmp_path / "model")
    else:
        loaded = spacy.blank("en").from_config(nlp.config).from_bytes(nlp.to_bytes())
    assert cats_of(loaded) == cats_of(nlp)
    pipe = loaded.get_pipe("fewner_textcat")
    assert (pipe.threshold, pipe.other) == (0.4, "none")


def test_settings_can_be_overridden_at_load(tmp_path):
    nlp = make_pipeline()
    train(nlp, steps=2)
    nlp.to_disk(tmp_path / "model")
    config = {"components.fewner_textcat.temperature": 3.0}
    assert spacy.load(tmp_path / "model", config=config).get_pipe("fewner_textcat").temperature == 3


def test_a_text_without_classes_teaches_nothing():
    nlp = make_pipeline()
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    before = cats_of(nlp)
    bare = [example(nlp, text, {}) for text, _ in CASES]
    assert nlp.update(bare, sgd=optimizer)["fewner_textcat"] == 0
    assert cats_of(nlp) == before


def test_examples_without_classes_do_not_change_what_others_teach():
    alone = make_pipeline()
    train(alone, steps=1)
    beside = make_pipeline()
    own = examples_of(beside)
    optimizer = beside.initialize(lambda: own)
    optimizer.learn_rate = 0.01
    beside.update([*own, example(beside, "Nobody said anything .", {})], sgd=optimizer)
    for one, other in zip(cats_of(alone), cats_of(beside), strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_empty_texts_and_no_texts_are_fine():
    nlp = make_pipeline()
    train(nlp, steps=2)
    assert sum(nlp("").cats.values()) == pytest.approx(1, abs=1e-5)
    assert list(nlp.pipe([])) == []
    assert nlp.get_pipe("fewner_textcat").predict([]).shape == (0, 3)


def test_a_batch_says_what_single_texts_say():
    nlp = make_pipeline()
    train(nlp, steps=3)
    texts = [text for text, _ in CASES] + ["", "A much longer note . " * 40]
    for doc, text in zip(nlp.pipe(texts), texts, strict=True):
        assert doc.cats == pytest.approx(nlp(text).cats, abs=1e-5)


def test_several_classes_or_none():
    nlp = make_pipeline(exclusive=False)
    own = [example(nlp, text, {label: 1.0}) for text, label in CASES]
    both = f"{CASES[0][0]} {CASES[8][0]}"
    own += [example(nlp, both, {"repair": 1.0, "bill": 1.0})] * 3
    own += [example(nlp, "Nothing of note today .", {"repair": 0.0})] * 3
    train(nlp, steps=40, examples=own)
    pipe = nlp.get_pipe("fewner_textcat")
    assert pipe.threshold == 0.5
    assert set(pipe.chosen(nlp(both))) == {"repair", "bill"}
    assert pipe.chosen(nlp("Nothing of note today .")) == []


def test_other_is_what_no_class_is_sure_enough_for():
    nlp = make_pipeline(other="other", threshold=0.999)
    train(nlp, steps=1)
    doc = nlp("Unheard of things in town")
    assert nlp.get_pipe("fewner_textcat").chosen(doc) == ["other"]
    assert doc.cats["other"] == 1.0
    nlp.get_pipe("fewner_textcat").threshold = 0.0
    assert nlp("Unheard of things in town").cats["other"] == 0.0


def test_temperature_makes_probabilities_flatter_and_changes_no_order():
    nlp = make_pipeline()
    train(nlp)
    sure = np.array([list(cats.values()) for cats in cats_of(nlp)])
    nlp.get_pipe("fewner_textcat").temperature = 4.0
    flat = np.array([list(cats.values()) for cats in cats_of(nlp)])
    assert (flat.max(axis=1) < sure.max(axis=1)).all()
    assert (flat.argmax(axis=1) == sure.argmax(axis=1)).all()


def test_a_tree_is_learnt_level_by_level():
    paths = {"repair": "work/repair", "tuning": "work/tuning", "bill": "bill"}
    nlp = make_pipeline()
    own = [example(nlp, text, {paths[label]: 1.0}) for text, label in CASES]
    train(nlp, examples=own)
    pipe = nlp.get_pipe("fewner_textcat")
    assert pipe.labels == ("work", "work/repair", "work/tuning", "bill")
    assert all(pipe.chosen(nlp(text)) == [paths[label]] for text, label in CASES)
    cats = nlp(CASES[0][0]).cats
    below = cats["work/repair"] + cats["work/tuning"]
    assert below == pytest.approx(cats["work"], abs=1e-5)


def test_gold_may_stop_above():
    nlp = make_pipeline()
    own = [*examples_of(nlp), example(nlp, "Some work was done .", {"work": 1.0})]
    own += [example(nlp, CASES[0][0], {"work/a": 1.0}), example(nlp, CASES[4][0], {"work/b": 1.0})]
    assert train(nlp, steps=3, examples=own)[-1] > 0


def test_the_head_is_fitted_to_what_the_encoder_has_become():
    """By the convex problem itself: it is where a new fit on the same vectors arrives."""
    nlp = make_pipeline()
    train(nlp, steps=5)
    pipe = nlp.get_pipe("fewner_textcat")
    said = pipe.logits([eg.predicted for eg in examples_of(nlp)])
    pipe._fit_head()
    again = pipe.logits([eg.predicted for eg in examples_of(nlp)])
    assert again == pytest.approx(said, abs=1e-3)


def test_examples_do_not_travel_with_the_pipe():
    nlp = make_pipeline()
    train(nlp, steps=2)
    copied = pickle.loads(pickle.dumps(nlp.get_pipe("fewner_textcat")._lesson))
    assert not copied.is_known


def test_several_processes_say_the_same():
    nlp = make_pipeline()
    train(nlp, steps=3)
    texts = [text for text, _ in CASES]
    found = [doc.cats for doc in nlp.pipe(texts, n_process=2, batch_size=4)]
    for one, other in zip(found, cats_of(nlp), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


# Classes that come and go


def test_new_classes_keep_what_others_learnt():
    nlp = make_pipeline()
    train(nlp)
    pipe = nlp.get_pipe("fewner_textcat")
    before = pipe.logits([nlp.make_doc(CASES[0][0])])
    assert pipe.add_label("visit", description="somebody comes to see the organ") == 1
    assert pipe.add_label("visit") == 0
    after = pipe.logits([nlp.make_doc(CASES[0][0])])
    assert after.shape == (1, 4)
    assert after[0, :3] == pytest.approx(before[0], abs=1e-5)


def test_classes_can_be_taken_away_and_another_definition_changes_what_is_said(base):
    nlp = make_pipeline(lora_model(base), labels=MEANINGS)
    train(nlp, steps=2, rate=0.001)
    pipe = nlp.get_pipe("fewner_textcat")
    pipe.set_labels({"bill": "money is asked for", "repair": "flowers in the garden"})
    assert set(nlp(CASES[0][0]).cats) == {"bill", "repair"}
    one = nlp(CASES[0][0]).cats["repair"]
    pipe.add_label("repair", description="the broken tracker was mended")
    assert nlp(CASES[0][0]).cats["repair"] != pytest.approx(one, abs=1e-6)


# What cannot work


def fails(nlp, cats):
    own = [example(nlp, text, one) for (text, _), one in zip(CASES, cats, strict=False)]
    with pytest.raises(FewnerError) as error:
        nlp.initialize(lambda: own)
    return str(error.value)


def test_one_class_alone_is_nothing_to_tell_apart():
    assert "two or more" in fails(make_pipeline(), [{"repair": 1.0}] * 3)


def test_no_class_at_all():
    assert "must name a class" in fails(make_pipeline(), [{}] * 3)


def test_two_classes_of_a_text_where_they_exclude_each_other():
    said = fails(make_pipeline(), [{"repair": 1.0, "bill": 1.0}, {"bill": 1.0}])
    assert "repair and bill" in said and "exclusive = false" in said


def test_a_class_with_neither_example_nor_definition(base):
    nlp = make_pipeline(lora_model(base), labels=[*MEANINGS, "visit"])
    assert "visit" in fails(nlp, [{"repair": 1.0}, {"tuning": 1.0}, {"bill": 1.0}])


def test_a_class_with_a_definition_needs_no_example(base):
    nlp = make_pipeline(
        lora_model(base), labels={**MEANINGS, "visit": "somebody comes to see the organ"}
    )
    train(nlp, steps=2)
    assert "visit" in nlp("Who came ?").cats


def test_an_unknown_class_in_an_update():
    nlp = make_pipeline()
    train(nlp, steps=1)
    with pytest.raises(FewnerError, match="visit"):
        nlp.update([example(nlp, "Who came ?", {"visit": 1.0})])


def test_an_untrained_component_says_so():
    nlp = make_pipeline()
    with pytest.raises(FewnerError, match="must have classes"):
        nlp("Who came ?")


@pytest.mark.parametrize(
    "config", [{"train": "magic"}, {"temperature": 0.0}, {"threshold": 2.0}, {"exclusive": "no"}]
)
def test_settings_that_cannot_be(config):
    (name,) = config
    with pytest.raises((FewnerError, ValueError), match=name):
        make_pipeline(**config)


def test_the_pipe_is_found_by_what_it_is():
    nlp = spacy.blank("en")
    with pytest.raises(FewnerError, match="fewner_textcat"):
        textcat_of(nlp)
    nlp.add_pipe("fewner_textcat", name="mine", config={"model": small_model()})
    assert textcat_of(nlp).name == "mine"
    nlp.add_pipe("fewner_textcat", name="more", config={"model": small_model()})
    with pytest.raises(FewnerError, match="mine, more"):
        textcat_of(nlp)


def test_a_document_that_never_came_through_has_no_class():
    nlp = make_pipeline()
    train(nlp, steps=1)
    with pytest.raises(FewnerError, match="come through"):
        nlp.get_pipe("fewner_textcat").chosen(nlp.make_doc("Who came ?"))


def test_another_definition_keeps_the_order_of_classes():
    nlp = make_pipeline()
    train(nlp, steps=1)
    pipe = nlp.get_pipe("fewner_textcat")
    before = pipe.labels
    assert pipe.add_label(before[0], description="something else") == 0
    assert pipe.labels == before


def test_other_is_no_class():
    nlp = make_pipeline(other="bill")
    nlp.initialize(lambda: examples_of(nlp))
    with pytest.raises(FewnerError, match=r"fewner_textcat\.other"):
        nlp("Who came ?")


def test_one_class_without_examples_is_nothing_to_tell_apart(base):
    nlp = make_pipeline(lora_model(base), labels=["repair"])
    with pytest.raises(FewnerError, match="two or more"):
        nlp("Who came ?")


@pytest.mark.parametrize("name", ["/a", "b/", "c//d", "/"])
def test_a_path_with_an_empty_part_is_no_class(base, name):
    with pytest.raises(FewnerError, match="name"):
        make_pipeline(lora_model(base), labels=[name, "repair"])
