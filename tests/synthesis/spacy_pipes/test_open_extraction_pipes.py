"""Open extraction in a pipeline: stages of fewner_synth, and the task of spacy-llm."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc
from synthesis_helpers import Scripted, last_turn

from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt
from spacy_fewner.synthesis.spacy_pipes.on_docs import rejects_on, samples_on
from spacy_fewner.synthesis.spacy_pipes.tasks import open_types

TEXT = "Ada Brandt built the organ of Harwick in 1872. It was cold."
TURNS = {
    "Step 1": "- an organ",
    "Step 2": '{"organ": []}',
    "Step 3": '@dataclass\nclass Organ:\n    """A keyboard."""\n    name: str\n    year: str',
    "Step 4": 'result_instances = [Organ(name="organ of Harwick", year="1872")]',
}


def answer(prompt: Prompt) -> str:
    asked = last_turn(prompt)
    if "Step" in asked:
        return next(reply for step, reply in TURNS.items() if step in asked)
    return json.dumps({"items": [["Harwick", "town"]] if "Harwick" in asked else []})


def spans(doc: Doc) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans["sc"]]


def pipeline(stage: str, **settings):
    nlp = spacy.blank("en")
    config = {"stages": {"open": {"@misc": f"spacy-fewner.{stage}.v1", **settings}}}
    nlp.add_pipe("fewner_synth", config=config).client = Client(Scripted(answer))
    return nlp


def test_guidelines_go_into_the_meta_of_the_doc(tmp_path: Path):
    nlp = pipeline("Induce")
    doc = nlp(TEXT)
    assert spans(doc) == [("organ of Harwick", "organ"), ("1872", "organ/year")]
    (guideline,) = doc.user_data["fewner_meta"]["guidelines"]
    assert (guideline["name"], guideline["definition"]) == ("organ", "A keyboard.")
    assert list(rejects_on(doc)) == []
    nlp.to_disk(tmp_path / "nlp")
    again = spacy.load(tmp_path / "nlp")
    again.get_pipe("fewner_synth").client = Client(Scripted(answer))
    assert spans(again(TEXT)) == spans(doc)


def test_open_types_are_spans_of_the_doc():
    assert spans(pipeline("OpenTypes")(TEXT)) == [("Harwick", "town")]


def test_passages_are_texts_beside_the_doc():
    made = list(samples_on(pipeline("Passages", max_tokens=9)(TEXT)))
    assert [one.text for one in made] == [TEXT[:46], TEXT[47:]]


def respond(prompts: Iterable[Iterable[str]]) -> list[list[str]]:
    """As a model of spacy-llm."""
    return [[answer_text(str(prompt)) for prompt in of_doc] for of_doc in prompts]


def answer_text(prompt: str) -> str:
    return json.dumps({"items": [["Harwick", "town"]] if "Harwick" in prompt else []})


@pytest.mark.parametrize("max_chars", [2000, 50])
def test_the_task_of_spacy_llm_does_what_the_stage_does(max_chars: int):
    task = open_types(max_chars=max_chars)
    docs = [spacy.blank("en")(TEXT)]
    prompts, shards = zip(*task.generate_prompts(docs), strict=True)
    (doc,) = task.parse_responses(shards, respond(prompts))
    assert spans(doc) == [("Harwick", "town")]
    assert len(list(prompts[0])) == (1 if max_chars == 2000 else 2)


def test_it_can_be_named_in_a_config():
    pytest.importorskip("spacy_llm")
    nlp = spacy.blank("en")
    config = {
        "task": {"@llm_tasks": "spacy-fewner.OpenTypes.v1", "asked": "definitions"},
        "model": {"@llm_models": "spacy.NoOp.v1"},
    }
    nlp.add_pipe("llm", config=config)
    (doc,) = nlp.pipe([TEXT])
    assert "sc" not in doc.spans or not doc.spans["sc"]
