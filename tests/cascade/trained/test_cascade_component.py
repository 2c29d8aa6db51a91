"""The component as a user meets it: add_pipe, train, predict, save, load."""

from io import StringIO

import numpy as np
import pytest
import spacy
from cascade_helpers import (
    CASES,
    TREE,
    classified,
    examples_of,
    make_example,
    make_pipeline,
    scores_of,
    small_model,
    train,
)
from spacy.tokens import DocBin, Span, SpanGroup
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_nlp
from thinc.api import Config

from spacy_fewner.cascade.classifier import SpanClassifier
from spacy_fewner.cascade.trained.label_reader import REREAD
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.trees.file import write_tree
from spacy_fewner.errors import FewnerError


def test_learns_and_writes_paths_with_scores_of_every_level(trained):
    nlp, losses = trained
    assert losses[-1] < losses[0] / 10
    assert classified(nlp, "Zoe plays the organ on Sunday.", "Zoe") == {"Zoe": "person/organist"}
    for text, name, path in CASES:
        doc = nlp.get_pipe("fewner_cascade")(make_example(nlp, text, [(name, "")]).predicted)
        group = doc.spans["sc"]
        assert [(span.text, span.label_) for span in group] == [(name, path)]
        ((coarse, fine),) = group.attrs["levels"]
        assert [coarse[0], fine[0]] == [path.split("/")[0], path]
        assert group.attrs["scores"] == pytest.approx([fine[1]])
        assert group.attrs["scores"].dtype == "float32"


def test_classify_is_predict_without_writing(trained):
    nlp, _ = trained
    pipe = nlp.get_pipe("fewner_cascade")
    assert isinstance(pipe, SpanClassifier)
    docs = [nlp.make_doc(text) for text, _, _ in CASES[::6]]
    spans = [np.asarray([[0, 1], [1, 3]]), *(np.zeros((0, 2), "int64") for _ in docs[1:])]
    levels = pipe.classify(docs, spans)
    assert [len(own) for own in levels] == [2, 0, 0, 0]
    assert levels[0][0][-1][0] == CASES[0][2] and not docs[0].spans
    docs[0].spans["span_candidates"] = SpanGroup(docs[0], spans=[docs[0][0:1], docs[0][1:3]])
    written = pipe(docs[0]).spans["sc"].attrs["levels"]
    assert written == [[list(step) for step in path] for path in levels[0]]


def test_is_scored_by_spacy(trained):
    nlp, _ = trained
    pipe = nlp.get_pipe("fewner_cascade")
    examples = examples_of(nlp)
    for example in examples:
        pipe(example.predicted)
    scores = pipe.score(examples)
    assert scores["spans_sc_f"] == 1.0
    assert set(scores["spans_sc_per_type"]) == {path for _, _, path in CASES}
    assert nlp.config["training"]["score_weights"]["spans_sc_f"] == 1.0


def test_below_the_threshold_the_parent_stays_or_the_span_goes(trained, pipe):
    nlp, _ = trained
    text, name, _ = CASES[0]
    pipe.cfg["level_thresholds"] = [0.0, 1.0]
    assert classified(nlp, text, name) == {name: "person"}
    pipe.cfg["level_thresholds"] = [1.0]
    assert classified(nlp, text, name) == {}


def test_nested_candidates_each_once_and_in_order(trained):
    nlp, _ = trained
    doc = nlp.make_doc("Ann plays the organ in Rome")
    bounds = [(5, 6), (0, 1), (0, 6), (0, 1), (2, 4), (3, 4)]
    spans = [Span(doc, start, end, label=str(n)) for n, (start, end) in enumerate(bounds)]
    doc.spans["span_candidates"] = SpanGroup(doc, spans=spans)
    found = nlp.get_pipe("fewner_cascade")(doc).spans["sc"]
    assert [(s.start, s.end) for s in found] == [(0, 6), (0, 1), (2, 4), (3, 4), (5, 6)]
    assert len(found.attrs["scores"]) == len(found.attrs["levels"]) == 5


def test_candidates_from_ents_and_results_to_ents():
    nlp = make_pipeline(candidates_key="ents", set_ents=True)
    train(nlp)
    ruler = nlp.add_pipe("entity_ruler", first=True)
    ruler.add_patterns([{"label": "NAME", "pattern": name} for _, name, _ in CASES])
    for text, name, path in CASES[::5]:
        doc = nlp(text)
        assert [(s.text, s.label_) for s in doc.spans["sc"]] == [(name, path)]
        assert [(e.text, e.label_) for e in doc.ents] == [(name, path)]


def test_trains_beside_span_finder_as_spacy_train_does(tmp_path):
    """Both on one key; the loop of `spacy train`, with averages, from a config of plain values."""
    nlp = spacy.blank("en")
    docs = [example.reference for example in examples_of(nlp)]
    DocBin(docs=docs).to_disk(tmp_path / "train.spacy")
    nlp.add_pipe("span_finder", config={"model": {"tok2vec": small_model()["tok2vec"]}})
    nlp.add_pipe("fewner_cascade", config={"tree": TREE, "model": small_model()})
    config = nlp.config
    path = str(tmp_path / "train.spacy")
    config["paths"] = {**config["paths"], "train": path, "dev": path}
    config["training"].update(max_steps=30, eval_frequency=15)
    config["training"]["optimizer"] = {**config["training"]["optimizer"], "use_averages": True}
    spacy.util.fix_random_seed(0)
    ready = init_nlp(Config().from_str(config.to_str()))
    train_nlp(ready, tmp_path, stdout=StringIO(), stderr=StringIO())
    loaded = spacy.load(tmp_path / "model-last")
    examples = [Example(loaded.make_doc(doc.text), doc) for doc in docs]
    assert loaded.evaluate(examples)["spans_sc_f"] > 0.9


@pytest.mark.parametrize("through", ["bytes", "disk"])
def test_round_trip(trained, through, tmp_path):
    nlp, _ = trained
    if through == "disk":
        nlp.to_disk(tmp_path / "model")
        loaded = spacy.load(tmp_path / "model")
    else:
        loaded = make_pipeline(tree=None).from_bytes(nlp.to_bytes())
    for before, after in zip(scores_of(nlp), scores_of(loaded), strict=True):
        np.testing.assert_array_equal(before, after)
    assert loaded.get_pipe("fewner_cascade").tree == nlp.get_pipe("fewner_cascade").tree


def test_an_edited_tree_is_stored_and_its_file_need_not_be_there(tmp_path):
    write_tree(tree_of(TREE), tmp_path / "tree.yaml")
    nlp = make_pipeline(tree=str(tmp_path / "tree.yaml"))
    nlp.initialize()
    nlp.get_pipe("fewner_cascade").add_label("thing", "an object")
    nlp.to_disk(tmp_path / "model")
    (tmp_path / "tree.yaml").unlink()
    loaded = spacy.load(tmp_path / "model").get_pipe("fewner_cascade")
    assert "thing" in loaded.labels and loaded.tree["thing"].description == "an object"


def test_several_processes(trained):
    nlp, _ = trained
    nlp = make_pipeline().from_bytes(nlp.to_bytes())
    ruler = nlp.add_pipe("span_ruler", first=True, config={"spans_key": "span_candidates"})
    ruler.add_patterns([{"label": "NAME", "pattern": name} for _, name, _ in CASES[:6]])

    def seen(doc):
        group = doc.spans["sc"]
        return [(s.text, s.label_) for s in group], group.attrs["levels"]

    texts = [text for text, _, _ in CASES]
    alone = [seen(doc) for doc in nlp.pipe(texts)]
    together = [seen(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=5)]
    assert [spans for spans, _ in alone] == [spans for spans, _ in together]
    assert all(spans for spans, _ in alone)
    for (_, one), (_, other) in zip(alone, together, strict=True):
        assert [p for levels in one for p, _ in levels] == [p for lv in other for p, _ in lv]


def test_without_context_spans_are_read_alone():
    nlp = make_pipeline(context=False)
    train(nlp, steps=3)
    pipe = nlp.get_pipe("fewner_cascade")
    texts = ["Ann plays the organ.", "We crossed the border of Ann."]
    docs = [make_example(nlp, text, [("Ann", "")]).predicted for text in texts]
    one, other = (scored.logits for scored in pipe.predict(docs))
    np.testing.assert_allclose(one, other, rtol=1e-5)
    pipe.cfg["context"] = True
    one, other = (scored.logits for scored in pipe.predict(docs))
    assert np.abs(one - other).max() > 0.1


def shared_encoder(**config):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    tok2vec = {"model": small_model()["tok2vec"]}
    nlp.add_pipe("tok2vec", config=tok2vec)
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 32, "upstream": "*"}
    model = {"@architectures": "spacy-fewner.PathClassifier.v1", "tok2vec": listener}
    own = {"tree": TREE, "model": model, "candidates_key": "span_candidates"}
    nlp.add_pipe("fewner_cascade", config={**own, **config})
    return nlp


def piped(nlp, text, name):
    doc = make_example(nlp, text, [(name, "")]).predicted
    for _, component in nlp.pipeline:
        doc = component(doc)
    return [span.label_ for span in doc.spans["sc"]]


def test_an_encoder_shared_with_other_components(tmp_path):
    nlp = shared_encoder()
    losses = train(nlp, steps=40)
    assert losses[-1] < losses[0] / 5
    assert [piped(nlp, text, name) for text, name, _ in CASES] == [[path] for *_, path in CASES]
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    assert [piped(loaded, text, name) for text, name, _ in CASES[::4]] == [
        [path] for *_, path in CASES[::4]
    ]
    loaded.rename_pipe("fewner_cascade", "tree")
    sourced = spacy.blank("en")
    for name in loaded.pipe_names:
        sourced.add_pipe(name, source=loaded)
    for renamed in (loaded, sourced):
        renamed.get_pipe("tree")._reader.forget()
        assert piped(renamed, *CASES[0][:2]) == [CASES[0][2]]
    loaded.rename_pipe("tree", "fewner_cascade")
    loaded.replace_listeners("tok2vec", "fewner_cascade", ["model.tok2vec"])
    assert piped(loaded, *CASES[0][:2]) == [CASES[0][2]]


def test_a_label_without_examples_is_not_trained_against(tmp_path):
    river = {"id": "place/river", "description": "water that flows"}
    nlp = make_pipeline(tree=[*TREE, river])
    train(nlp, steps=1)
    pipe = nlp.get_pipe("fewner_cascade")
    assert pipe.cfg["trained"] == sorted(one["id"] for one in TREE)
    asked = [pipe._pairs([], [[]])[1]]
    for example in examples_of(nlp):
        gold = [list(example.reference.spans["sc"])]
        asked.append(pipe._pairs([example.predicted], gold)[1])
    assert {label for one in asked for label in one.labels} == {one["id"] for one in TREE}
    nlp.to_disk(tmp_path)
    assert spacy.load(tmp_path).get_pipe("fewner_cascade").cfg["trained"] == pipe.cfg["trained"]
    late = make_example(nlp, "We swam in the Elbe.", [("Elbe", "place/river")])
    nlp.update([late], sgd=nlp.create_optimizer())
    assert "place/river" in pipe.cfg["trained"]


def test_learns_without_gradient_into_its_labels():
    nlp = make_pipeline(model={**small_model(), "label_gradient": False})
    losses = train(nlp, steps=60)
    assert losses[-1] < losses[0] / 5
    assert [classified(nlp, text, name) for text, name, _ in CASES] == [
        {name: path} for _, name, path in CASES
    ]


def test_in_training_labels_are_read_by_a_shared_encoder_now_and_then():
    nlp = shared_encoder(name_rate=0.0)
    examples = examples_of(nlp)
    optimizer = nlp.initialize(lambda: examples)
    reader, read = nlp.get_pipe("fewner_cascade")._reader, []
    model = nlp.get_pipe("fewner_cascade").model
    first = reader.docs_to_train(model, ["a town", "a country"])
    for _ in range(REREAD - 1):
        read.append(reader.docs_to_train(model, ["a country", "a river"]))
    assert all(one[0] is first[1] and one[1] is read[0][1] for one in read)
    before = first[1].tensor.copy()
    for _ in range(3):
        nlp.update(examples[:4], sgd=optimizer)  # reads its own labels, the first of them anew
    (again,) = reader.docs_to_train(model, ["a country"])
    assert again is not first[1] and np.abs(again.tensor - before).max() > 1e-4
    reader.start()
    assert reader.docs_to_train(model, ["a country"])[0] is not again


def test_a_batch_without_gold_still_serves_a_shared_encoder():
    nlp = shared_encoder()
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    empty = [make_example(nlp, "Nothing here.", []), make_example(nlp, "", [])]
    assert nlp.update(empty, sgd=optimizer)["fewner_cascade"] == 0.0
    nlp.update(examples_of(nlp)[:2], sgd=optimizer)


def test_a_shared_encoder_cannot_leave_the_context_out():
    with pytest.raises(FewnerError, match="context"):
        shared_encoder(context=False).initialize()


def test_weight_of_an_example_scales_its_loss():
    nlp = make_pipeline(name_rate=0.0)
    nlp.initialize(lambda: examples_of(nlp))
    pipe = nlp.get_pipe("fewner_cascade")
    example = examples_of(nlp)[0]
    full = pipe.update([example])[pipe.name]
    example.reference.user_data["fewner_weight"] = 0.25
    assert pipe.update([example])[pipe.name] == pytest.approx(full / 4, rel=1e-4)


def test_the_same_seed_trains_the_same_model():
    losses = [train(make_pipeline(seed=seed, max_labels=4), steps=4) for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]
