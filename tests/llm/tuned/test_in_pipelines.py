"""Tuned models in spaCy's pipelines, by their registered names."""

from pathlib import Path

import pytest
import spacy
from tuned_helpers import PASSAGES, made_base, tiny_adapter

from spacy_fewner.data.docs import META
from spacy_fewner.llm.tuned.shared import _bases

TREE = ["person", "place", "place/city", "place/country"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made_base(tmp_path_factory.mktemp("base"))


def tuned(path: Path | str) -> dict:
    return {"@misc": "spacy-fewner.TunedModel.v1", "path": str(path), "max_tokens": 60}


def test_behind_a_task_of_spacy_llm(base: str, tmp_path: Path):
    pytest.importorskip("spacy_llm", reason="spacy-llm is not installed")
    journal = str(tmp_path / "journal.jsonl")
    model = {"@llm_models": "spacy-fewner.Journaled.v1", "model": tuned(base), "journal": journal}
    model["context_length"] = 2048
    task = {"@llm_tasks": "spacy-fewner.AskTypes.v1", "labels": ["person", "city"]}
    found = []
    for how in (model, {**model, "model": None, "mode": "replay"}):
        nlp = spacy.blank("en")
        nlp.add_pipe("llm", config={"task": task, "model": how})
        docs = list(nlp.pipe(PASSAGES))
        found.append([[(span.text, span.label_) for span in doc.spans["sc"]] for doc in docs])
        assert all(len(doc.user_data[META]["calls"]) == 2 for doc in docs)
    assert found[0] == found[1]


def test_two_models_over_one_base_in_a_cascade(base: str, tmp_path: Path):
    folders = [tiny_adapter(Path(base), tmp_path / str(seed), seed=seed) for seed in (1, 2)]
    extractor, classifier = (
        {"@misc": "spacy-fewner.Client.v1", "model": tuned(folder)} for folder in folders
    )
    mark = {"@misc": "spacy-fewner.MarkEntities.v1", "rounds": 1, "constrained": True}
    nlp = spacy.blank("en")
    nlp.add_pipe(
        "fewner_cascade_llm",
        config={"tree": TREE, "client": classifier, "extractor_client": extractor, "mark": mark,
                "unknown": False},
    )  # fmt: skip
    found = [span.label_ for doc in nlp.pipe(PASSAGES) for span in doc.spans["sc"]]
    assert found and set(found) <= set(TREE)
    assert [key[0] for key in _bases].count(base) == 1
