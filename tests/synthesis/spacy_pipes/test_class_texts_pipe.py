"""`fewner_synth` with texts of given classes: seeds are docs with `cats`, results on the Doc."""

import json
from collections import Counter
from pathlib import Path

import pytest
import spacy
from class_seeds import CLASS_SEEDS, texts
from spacy import registry
from spacy.language import Language
from spacy.tokens import Doc
from synthesis_helpers import Scripted, last_turn, letters
from thinc.api import Config

from spacy_fewner.llm.client import Client
from spacy_fewner.synthesis.retrieval.index import Index
from spacy_fewner.synthesis.spacy_pipes.on_docs import samples_on

STAGE = {"@misc": "spacy-fewner.GenerateTexts.v1", "target_size": 6, "n_topics": 0}


def classified_docs(nlp: Language) -> list[Doc]:
    docs = [nlp.make_doc(seed.text) for seed in CLASS_SEEDS]
    for doc, seed in zip(docs, CLASS_SEEDS, strict=True):
        doc.cats = {"repair": 0.0, "tuning": 0.0, "offer": 0.0, **seed.cats}
    return docs


def pipeline(model: Scripted, **config) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_synth", config={"stages": {"texts": STAGE}, **config}).client = Client(
        model
    )
    return nlp


def test_texts_of_the_docs_classes_are_on_docs_of_the_class():
    nlp = pipeline(Scripted(texts))
    docs = list(nlp.pipe(classified_docs(nlp)))
    found = [(doc, sample) for doc in docs for sample in samples_on(doc)]
    counts = Counter(label for _, sample in found for label in sample.cats)
    assert counts == {"repair": 1, "tuning": 2, "offer": 3}
    assert all(doc.cats[label] == 1.0 for doc, sample in found for label in sample.cats)
    json.dumps([doc._.synthetic for doc in docs])


def test_definitions_are_told_and_a_class_without_a_doc_is_written_of():
    model = Scripted(texts)
    labels = ["repair", "tuning", "offer", "visit"]
    nlp = pipeline(model, labels=labels, label_definitions={"visit": "when somebody comes"})
    found = [s for doc in nlp.pipe(classified_docs(nlp)) for s in samples_on(doc)]
    assert Counter(label for one in found for label in one.cats)["visit"] >= 2
    assert any("visit: when somebody comes" in p.messages[0].content for p in model.asked)


def test_docs_without_classes_are_no_seeds():
    model = Scripted(texts)
    nlp = pipeline(model)
    docs = [*classified_docs(nlp), nlp.make_doc("This one has no class at all.")]
    with pytest.warns(UserWarning, match="1 of 7 texts have no class"):
        list(nlp.pipe(docs))
    assert not any("no class at all" in last_turn(prompt) for prompt in model.asked)


def test_a_config_with_retrieved_texts(tmp_path: Path):
    registry.misc.register("test.class_letters.v1", func=lambda: letters)
    config = f"""
    [stage]
    @misc = "spacy-fewner.RetrieveTexts.v1"
    k = 7
    [stage.index]
    @misc = "spacy-fewner.Index.v1"
    path = "{tmp_path / "index"}"
    [stage.index.embed]
    @misc = "test.class_letters.v1"
    """
    Index(letters, tmp_path / "index").add(["one", "two"])
    stage = registry.resolve(Config().from_str(config))["stage"]
    assert (stage.k, len(stage.index)) == (7, 2)
