"""Pipes with a client are refused in several processes, before anything is asked or begun."""

import multiprocessing
import pickle
from pathlib import Path

import pytest
import spacy
from asked_models import TREE
from synthesis_helpers import Scripted

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.connect import Connection

TEXTS = ["Anna Meier flew to Basel.", "Basel was cold."]
STAGES = {"extend": {"@misc": "spacy-fewner.Extend.v1"}}
PIPES = {"fewner_synth": {"stages": STAGES, "labels": ["X"]}, "fewner_cascade_llm": {"tree": TREE}}


def answer(prompt) -> str:
    return '{"items": []}'


def pipeline(name: str, journal: Path):
    nlp = spacy.blank("en")
    model = Scripted(answer)
    nlp.add_pipe(name, config=PIPES[name]).client = Connection(model, str(journal))
    return nlp, model


@pytest.fixture(params=["fork", "spawn"])
def start_method(request):
    before = multiprocessing.get_start_method()
    if request.param not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {request.param} here")
    multiprocessing.set_start_method(request.param, force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.parametrize("is_warm", [False, True])
@pytest.mark.parametrize("name", PIPES)
def test_refused_in_one_error(name: str, is_warm: bool, start_method, tmp_path: Path):
    journal = tmp_path / "journal.jsonl"
    nlp, model = pipeline(name, journal)
    assert not is_warm or len(list(nlp.pipe(TEXTS))) == 2
    asked = len(model.asked)
    for arguments in ({"n_process": 2}, {"n_process": 2, "as_tuples": True}):
        with pytest.raises(FewnerError, match=f"n_process: must be 1 .*{name}.*batch_size"):
            nlp.pipe([(text, 0) for text in TEXTS], **arguments)
    assert not multiprocessing.active_children()
    assert len(model.asked) == asked and journal.exists() == is_warm
    assert len(list(nlp.pipe(TEXTS, n_process=1, batch_size=1))) == 2


def test_only_what_asks_is_refused(tmp_path: Path):
    nlp, _ = pipeline("fewner_synth", tmp_path / "journal.jsonl")
    without = nlp.pipe(TEXTS, n_process=2, disable=["fewner_synth"])
    assert [doc.text for doc in without] == TEXTS
    tuples = nlp.pipe([(text, 7) for text in TEXTS], as_tuples=True)
    assert [context for _, context in tuples] == [7, 7]
    with nlp.select_pipes(disable="fewner_synth"):
        assert len(list(nlp.pipe(TEXTS, n_process=2))) == 2


def test_the_check_goes_where_the_pipeline_goes(tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_synth", config=PIPES["fewner_synth"])
    for one in (pickle.loads(pickle.dumps(nlp)), spacy.blank("en").from_config(nlp.config)):
        one.get_pipe("fewner_synth").client = Connection(Scripted(answer), None)
        with pytest.raises(FewnerError, match="n_process"):
            one.pipe(TEXTS, n_process=2)
        assert one.pipe.args[0] is one


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_pipe_of_another_pipeline_ends_in_an_error_too():
    """`source` tells the pipe nothing of its new pipeline: a forked process finds out."""
    source = spacy.blank("en")
    source.add_pipe("fewner_synth", config=PIPES["fewner_synth"]).client = Client(Scripted(answer))
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_synth", source=source)
    assert len(list(nlp.pipe(TEXTS))) == 2
    with pytest.raises(ValueError, match="client: must be used in the process that opened it"):
        list(nlp.pipe([text + " x" for text in TEXTS], n_process=2))
