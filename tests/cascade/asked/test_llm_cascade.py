"""The pipe fewner_cascade_llm: candidates in or found, paths out, saved with its tree."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import spacy
from asked_models import TREE, Scripted, either, is_choice, marking, naming, options_in
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example
from thinc.api import Config

from spacy_fewner.cascade.asked.component import LLMCascade
from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.cascade.classifier import SpanClassifier
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on

TEXT = "Ann Lee saw Bob in Basel. Bob saw Ann Lee."
ANSWERS = {"Ann Lee": "person/organist", "Bob": "person/other", "Basel": "place/town"}
MARK = {"@misc": "spacy-fewner.MarkEntities.v1", "rounds": 2}
CLIENT = {
    "@misc": "spacy-fewner.Client.v1",
    "model": {
        "@misc": "spacy-fewner.OpenAIModel.v1",
        "model": "some-model",
        "base_url": "http://127.0.0.1:9/v1",
        "key_env": "FEWNER_TEST_KEY",
    },
}


def pipeline(answer=None, tree=TREE, **config):
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("fewner_cascade_llm", config={"tree": tree, **config})
    assert isinstance(pipe, LLMCascade)
    pipe.client = Client(Scripted(answer or either(marking(*ANSWERS), naming(ANSWERS))))
    return nlp


def candidates(nlp, text, *bounds, key="sc"):
    doc = nlp.make_doc(text)
    doc.spans[key] = SpanGroup(doc, spans=[Span(doc, *edges) for edges in bounds])
    return doc


def found(doc, key="sc"):
    return [(span.text, span.label_) for span in doc.spans[key]]


EVERYTHING = [("Ann Lee", "person/organist"), ("Bob", "person/other"), ("Basel", "place/town"),
              ("Bob", "person/other"), ("Ann Lee", "person/organist")]  # fmt: skip


def test_candidates_get_their_paths_and_scores():
    nlp = pipeline(candidates_key="found", set_ents=True)
    doc = candidates(nlp, TEXT, (0, 2), (3, 4), (5, 6), (0, 6), key="found")
    nlp.get_pipe("fewner_cascade_llm")(doc)
    assert found(doc) == EVERYTHING[:3]  # no label is right for the first six words
    group = doc.spans["sc"]
    assert group.attrs["levels"][0] == [["person", 1.0], ["person/organist", 1.0]]
    assert group.attrs["scores"].tolist() == [1.0] * 3
    assert [ent.label_ for ent in doc.ents] == [label for _, label in EVERYTHING[:3]]
    assert len(doc.spans["found"]) == 4 and not list(rejects_on(doc))
    meta = doc.user_data["fewner_meta"]
    assert meta["stage"] == "fewner_cascade_llm" and len(meta["calls"]) == 7
    Doc(nlp.vocab).from_bytes(doc.to_bytes())


def test_the_model_finds_the_candidates_itself():
    nlp = pipeline(mark=MARK, candidates_key="marked")
    docs = list(nlp.pipe([TEXT, "", " \n ", "Nobody is here.", "Bob left."]))
    assert [found(doc) for doc in docs] == [EVERYTHING, [], [], [], [("Bob", "person/other")]]
    assert {label for _, label in found(docs[0], "marked")} == {"entity"}
    meta = docs[0].user_data["fewner_meta"]
    assert meta["prompt"] == "mark_entities.v1 + choose_label.v1"
    assert not any(list(rejects_on(doc)) for doc in docs)


def test_long_texts_are_marked_in_parts():
    mark = {**MARK, "max_chars": 60, "rounds": 1}
    nlp = pipeline(mark=mark)
    doc = nlp(f"{TEXT} " * 20)
    assert found(doc) == EVERYTHING * 20
    assert all(span.text == doc.text[span.start_char : span.end_char] for span in doc.spans["sc"])


def test_parts_that_fail_and_edges_inside_tokens_are_rejects():
    def mark(prompt: Prompt):
        return "no" if "Basel" in prompt.messages[-1].content else marking("Bo", "Ann")(prompt)

    nlp = pipeline(either(mark, naming({"Ann": "person/organist"})), mark={**MARK, "max_chars": 27})
    doc = nlp("Ann Lee saw Bob in Basel. Ann and Bob left.")
    assert found(doc) == [("Ann", "person/organist")]
    assert sorted(reject.reason for reject in rejects_on(doc)) == [
        "edge inside a token", "text rewritten",
    ]  # fmt: skip


def test_prompts_of_many_docs_are_asked_together():
    seen = []

    def watch(prompt: Prompt):
        seen.append(prompt)
        return either(marking(*ANSWERS), naming(ANSWERS))(prompt)

    nlp = pipeline(watch, mark={**MARK, "rounds": 1})
    docs = list(nlp.pipe([f"{n} times Bob." for n in range(30)], batch_size=30))
    assert [found(doc) for doc in docs] == [[("Bob", "person/other")]] * 30
    kinds = [len(options_in(one)) if is_choice(one) else 0 for one in seen]
    assert kinds == sorted(kinds, key=[0, 3, 2].index) and len(kinds) == 90


def test_bad_answers_are_rejects_on_their_doc():
    def answer(prompt: Prompt):
        return Reply("", error="refused") if '"Bob"' in str(prompt) else naming(ANSWERS)(prompt)

    nlp = pipeline(answer)
    docs = [candidates(nlp, TEXT, (0, 2), (3, 4), (5, 6)), candidates(nlp, TEXT, (5, 6))]
    docs = list(nlp.get_pipe("fewner_cascade_llm").pipe(docs))
    assert [found(doc) for doc in docs] == [EVERYTHING[:3:2], EVERYTHING[2:3]]
    assert [[one.detail for one in rejects_on(doc)] for doc in docs] == [["refused"], []]
    json.dumps(docs[0]._.synthetic_rejects)


def test_spans_over_sentences_and_over_each_other():
    nlp = pipeline(lambda prompt: json.dumps({"label": options_in(prompt)[0]}), unknown=False)
    doc = candidates(nlp, TEXT, (0, 2), (1, 4), (0, 6), (5, 9), (3, 3), (0, 10))
    nlp.get_pipe("fewner_cascade_llm")(doc)
    bounds = [(span.start, span.end) for span in doc.spans["sc"]]
    assert bounds == [(0, 10), (0, 6), (0, 2), (1, 4), (5, 9)]
    assert all(span.label_ in nlp.get_pipe("fewner_cascade_llm").tree for span in doc.spans["sc"])


def test_entities_are_candidates_too():
    nlp = pipeline(candidates_key="ents")
    doc = nlp.make_doc(TEXT)
    doc.ents = [Span(doc, 3, 4, "PER")]
    assert found(nlp.get_pipe("fewner_cascade_llm")(doc)) == [("Bob", "person/other")]


def test_the_tree_may_change_at_any_time():
    nlp = pipeline(tree=None, mark={**MARK, "rounds": 1})
    pipe = nlp.get_pipe("fewner_cascade_llm")
    with pytest.raises(FewnerError, match=r"fewner_cascade_llm\.tree.*set_tree or add_label"):
        nlp(TEXT)
    pipe.add_label("place", "somewhere")
    assert found(nlp("Basel")) == [("Basel", "place")]
    pipe.add_label("place/town")
    assert found(nlp("Basel")) == [("Basel", "place/town")]
    assert pipe.labels == ("place", "place/town")
    pipe.remove_label("place/town")
    assert found(nlp("Basel")) == [("Basel", "place")]


def test_it_classifies_what_it_is_given_and_changes_no_doc():
    nlp = pipeline()
    pipe = nlp.get_pipe("fewner_cascade_llm")
    assert isinstance(pipe, SpanClassifier)
    docs = [nlp.make_doc(TEXT), nlp.make_doc("")]
    spans = [np.asarray([(0, 2), (5, 6)]), np.zeros((0, 2), dtype=int)]
    first, second = pipe.classify(docs, spans)
    assert [levels[-1][0] for levels in first] == ["person/organist", "place/town"]
    assert second == [] and not docs[0].spans


def test_it_is_saved_with_its_tree_and_without_secrets(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("FEWNER_TEST_KEY", "sk-very-secret-0123456789")
    file = tmp_path / "tree.yaml"
    file.write_text("person: a human being\nplace: somewhere\n", "utf8")
    nlp = spacy.blank("en")
    config = {"tree": str(file), "client": CLIENT, "mark": MARK, "spans_key": "x", "rounds": 3}
    nlp.add_pipe("fewner_cascade_llm", config=config).add_label("person/organist")
    nlp.to_disk(tmp_path / "saved")
    file.unlink()
    again = spacy.load(tmp_path / "saved")
    pipe = again.get_pipe("fewner_cascade_llm")
    assert pipe.labels == ("person", "person/organist", "place")
    assert pipe.mark == MarkEntities(2) and pipe.cfg["rounds"] == 3 and pipe.client is not None
    other = spacy.load(tmp_path / "saved").from_bytes(nlp.to_bytes())
    assert other.get_pipe("fewner_cascade_llm").cfg == pipe.cfg
    pipe.client = None
    assert pickle.loads(pickle.dumps(pipe)).labels == pipe.labels
    files = [path for path in (tmp_path / "saved").rglob("*") if path.is_file()]
    assert not any(b"very-secret" in path.read_bytes() for path in files)


def test_it_is_scored():
    nlp = pipeline(mark=MARK)
    gold = candidates(nlp, TEXT)
    gold.spans["sc"] = [Span(gold, 0, 2, "person/organist"), Span(gold, 5, 6, "place")]
    scores = nlp.evaluate([Example(nlp.make_doc(TEXT), gold)])
    assert (scores["spans_sc_p"], scores["spans_sc_r"]) == (0.2, 0.5)


def test_what_is_missing_is_said(caplog):
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_cascade_llm", name="mine", config={"tree": TREE})
    with pytest.raises(FewnerError, match=r'mine\.client: .*Client\.v1.*get_pipe\("mine"\)'):
        nlp(TEXT)
    nlp = pipeline()
    assert [len(nlp(TEXT).spans["sc"]) for _ in range(2)] == [0, 0]
    assert caplog.text.count("or mark to have the model find them") == 2  # once a pipe


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"tree": []}, "must hold a label"),
        ({"tree": ["a", "A"]}, "both go by 'a'"),
        ({"threshold": 2.0}, "threshold"),
        ({"level_thresholds": [0.1, -1.0]}, r"level_thresholds\[1\]"),
        ({"rounds": 0}, "rounds"),
        ({"max_chars": 0}, "max_chars"),
        ({"mark": {**MARK, "rounds": 0}}, "rounds"),
        ({"mark": MARK, "candidates_key": "ents"}, "candidates_key"),
    ],
)
def test_bad_settings_are_named(config, message):
    with pytest.raises(ValueError, match=message):
        pipeline(**{"tree": TREE, **config})


def test_an_error_handler_may_pass_over_a_batch():
    def breaks(prompt: Prompt):
        raise FewnerError("model", "must be there", "none", "Start it.")

    nlp = pipeline(breaks, mark=MARK)
    with pytest.raises(FewnerError, match="model: must be there"):
        list(nlp.pipe([TEXT]))
    seen = []
    nlp.get_pipe("fewner_cascade_llm").set_error_handler(lambda *args: seen.append(len(args[2])))
    assert list(nlp.pipe([TEXT, "Bob"])) == [] and seen == [2]


@pytest.mark.parametrize("edges", [(-1, 2), (2, 2), (2, 99)])
def test_a_span_outside_its_document_is_an_error(edges):
    nlp = pipeline()
    with pytest.raises(FewnerError, match=r"spans\[0\]"):
        nlp.get_pipe("fewner_cascade_llm").classify([nlp.make_doc(TEXT)], [np.asarray([edges])])


def test_thresholds_can_change():
    nlp = pipeline()
    pipe = nlp.get_pipe("fewner_cascade_llm")
    pipe.set_threshold(0.7, [0.5])
    assert (pipe.cfg["threshold"], pipe.cfg["level_thresholds"]) == (0.7, [0.5])
    with pytest.raises(FewnerError, match="threshold"):
        pipe.set_threshold(2)


def test_two_models_each_ask_for_their_step():
    marks, choices = Scripted(marking(*ANSWERS)), Scripted(naming(ANSWERS))
    nlp = pipeline(mark=MARK)
    pipe = nlp.get_pipe("fewner_cascade_llm")
    pipe.client, pipe.extractor_client = Client(choices), Client(marks)
    assert found(nlp(TEXT)) == EVERYTHING
    assert len(marks.asked) == 2 and not any(map(is_choice, marks.asked))
    assert len(choices.asked) == 10 and all(map(is_choice, choices.asked))


def test_context_and_demonstrations_are_stored(tmp_path: Path):
    shown = [{"text": "Cy left.", "spans": [{"start": 0, "end": 2, "label": "person/organist"}]}]
    config = {"client": CLIENT, "extractor_client": {**CLIENT, "journal": None}}
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_cascade_llm", config={"tree": TREE, "demonstrations": shown, **config})
    nlp.get_pipe("fewner_cascade_llm").context = False
    nlp.to_disk(tmp_path / "saved")
    pipe = spacy.load(tmp_path / "saved").get_pipe("fewner_cascade_llm")
    assert not pipe.context and pipe.shots == 4 and pipe.extractor_client is not None
    assert pipe.demonstrations == shown == pipe.cfg["demonstrations"]
    model = Scripted(naming(ANSWERS))
    pipe.client = Client(model)
    pipe.classify([nlp.make_doc(TEXT)], [np.asarray([(0, 2)])])
    assert all(TEXT not in str(prompt) and '"Cy"' in str(prompt) for prompt in model.asked)


def test_a_pipeline_stored_before_there_were_these_settings(tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_cascade_llm", config={"tree": TREE, "client": CLIENT})
    nlp.to_disk(tmp_path)
    new = ("context", "demonstrations", "shots", "extractor_client")
    config = Config().from_disk(tmp_path / "config.cfg", interpolate=False)
    stored = json.loads((tmp_path / "fewner_cascade_llm" / "cfg").read_text("utf8"))
    for name in new:
        del config["components"]["fewner_cascade_llm"][name]
        stored.pop(name, None)
    config.to_disk(tmp_path / "config.cfg")
    (tmp_path / "fewner_cascade_llm" / "cfg").write_text(json.dumps(stored), "utf8")
    pipe = spacy.load(tmp_path).get_pipe("fewner_cascade_llm")
    assert (pipe.context, pipe.demonstrations, pipe.shots) == (True, [], 4)
    assert pipe.extractor_client is None


@pytest.mark.parametrize("bad", [[{"text": 5}], "examples.jsonl", [{"spans": []}]])
def test_demonstrations_that_are_none_are_refused(bad):
    with pytest.raises(FewnerError, match="demonstrations"):
        LLMCascade(tree=TREE, demonstrations=bad)
