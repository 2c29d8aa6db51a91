"""Eight threads on one pipeline, just loaded, get what one thread gets."""

from pathlib import Path

import asked_models
import cascade_helpers
import pytest
import spacy
import span_helpers
from asked_models import either, marking, naming
from at_once import THREADS, at_once
from scripted import Scripted
from tiny_bases import write_tiny_base

from spacy_fewner.llm.connect import Connection

REPEATED = 3  # the first calls of as many fresh pipelines
TEXTS = [text for text, _ in span_helpers.TEXTS] + ["", "Brindle cured a cipher on the Oboe 8'."]
ORGAN_TREE = [{"id": label} for label in ("PART", "FIRM", "DIVISION", "MATERIAL")]
ANSWERS = {"Hartwell": "person/organist", "Great": "place/town", "Brindle": "person/other"}
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 32}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("base"))


def lora(base: str, **settings):
    return {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": base,
        "pooling": {"@layers": "reduce_mean.v1"},
        "rank": 8,
        **settings,
    }


def with_grid(tok2vec=None):
    model = {"@architectures": "spacy-fewner.SpanGrid.v1", "hidden": 32, "cell": 32}
    return {"model": {**model, "tok2vec": tok2vec}} if tok2vec else {}


def spans_of(doc):
    """Everything that is predicted; scores rounded as far as threads of torch may differ."""
    group = doc.spans["sc"]
    scores = [round(float(score), 4) for score in group.attrs.get("scores", ())]
    return [(span.start, span.end, span.label_) for span in group], scores


def trained_grid(tok2vec=None):
    nlp = span_helpers.make_pipeline(threshold=0.02, **with_grid(tok2vec))
    span_helpers.train(nlp, steps=10)
    return nlp


def trained_cascade(tok2vec=None):
    """Candidates by rule: names."""
    model = {"@architectures": "spacy-fewner.PathClassifier.v1", "tok2vec": tok2vec}
    nlp = cascade_helpers.make_pipeline(model if tok2vec else None, candidates_key="found")
    cascade_helpers.train(nlp, steps=3)
    ruler = nlp.add_pipe("span_ruler", first=True, config={"spans_key": "found"})
    ruler.add_patterns([{"label": "", "pattern": name} for name in ANSWERS])
    return nlp


def trained_on_one_encoder(base: str):
    """An encoder that both `fewner` and `fewner_cascade` listen to."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": lora(base)})
    nlp.add_pipe("fewner", config={**with_grid(LISTENER), "threshold": 0.02})
    model = {"@architectures": "spacy-fewner.PathClassifier.v1", "tok2vec": LISTENER}
    nlp.add_pipe("fewner_cascade", config={"model": model, "tree": ORGAN_TREE})
    span_helpers.train(nlp, steps=10)
    return nlp


TRAINED = {
    "cnn": lambda base: trained_grid(),
    "adapter": lambda base: trained_grid(lora(base)),
    "merged": lambda base: trained_grid(lora(base, save="merged")),
    "full": lambda base: trained_grid(lora(base, rank=0)),
    "cascade": lambda base: trained_cascade(),
    "cascade-adapter": lambda base: trained_cascade(lora(base)),
    "shared-encoder": trained_on_one_encoder,
}


@pytest.mark.parametrize("kind", TRAINED)
def test_trained_components(kind: str, base: str, tmp_path: Path):
    TRAINED[kind](base).to_disk(tmp_path)
    alone = spacy.load(tmp_path)
    expected = [spans_of(alone(text)) for text in TEXTS]
    assert any(spans for spans, _ in expected)
    for _ in range(REPEATED):
        nlp = spacy.load(tmp_path)
        assert at_once(lambda text, nlp=nlp: spans_of(nlp(text)), TEXTS) == [expected] * THREADS
        # Weights that were spoilt would stay so.
        assert [spans_of(nlp(text)) for text in TEXTS] == expected


@pytest.mark.parametrize("kind", ["adapter", "shared-encoder"])
def test_first_calls_after_a_training(kind: str, base: str):
    """As in a server that trains a pipeline anew and goes on with it."""
    nlp = TRAINED[kind](base)
    found = at_once(lambda text: spans_of(nlp(text)), TEXTS)
    assert found == [[spans_of(nlp(text)) for text in TEXTS]] * THREADS


def asked_pipeline(journal: Path):
    model = Scripted(either(marking(*ANSWERS), naming(ANSWERS)))
    nlp = spacy.blank("en")
    mark = {"@misc": "spacy-fewner.MarkEntities.v1"}
    config = {"tree": asked_models.TREE, "mark": mark, "candidates_key": "found"}
    nlp.add_pipe("fewner_cascade_llm", config=config)
    return nlp, "fewner_cascade_llm", model, Connection(model, str(journal))


def written_pipeline(journal: Path):
    model = Scripted(lambda prompt: '{"items": [{"entity": "Great", "type": "part"}]}')
    nlp = spacy.blank("en")
    stages = {"extend": {"@misc": "spacy-fewner.Extend.v1"}}
    nlp.add_pipe("fewner_synth", config={"stages": stages, "labels": ["FIRM"]})
    return nlp, "fewner_synth", model, Connection(model, str(journal))


@pytest.mark.parametrize("make", [asked_pipeline, written_pipeline])
def test_components_that_ask_open_one_client_and_ask_once(make, tmp_path: Path):
    def found(nlp, text):
        doc = nlp(text)
        return spans_of(doc) if "sc" in doc.spans else None

    nlp, name, model, connection = make(tmp_path / "alone.jsonl")
    nlp.get_pipe(name).client = connection
    expected = [found(nlp, text) for text in TEXTS]
    assert any(expected)
    asked = len(model.asked)
    for number in range(REPEATED):
        nlp, name, model, connection = make(tmp_path / f"{number}.jsonl")
        nlp.get_pipe(name).client = connection
        assert at_once(lambda text, nlp=nlp: found(nlp, text), TEXTS) == [expected] * THREADS
        assert len(model.asked) == asked and connection.client().totals.requests == asked
