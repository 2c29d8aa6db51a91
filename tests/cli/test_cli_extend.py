"""From `stage extend` to `fit`: extension labels are learnt, and neither scored nor predicted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from cli_helpers import TINY, Run, asking
from corpus_helpers import GOLD, MAKERS, PARTS
from server import Body, Server

from spacy_fewner.data import read_samples

QUICK = (*TINY, "--no-curve", "--folds", "2")


def extension(body: Body) -> str:
    """Types of the mentions, and what no other text has."""
    text = body["messages"][-1]["content"].split("\n")[1]
    pairs = [(word, "person") for word in text.split() if word in MAKERS]
    pairs += [(f"the {word}", "thing") for word in text.split() if word in PARTS]
    pairs.append((text.split()[-1], f"kind {len(text)} {text[:3]}"))
    return json.dumps({"items": [{"entity": word, "type": kind} for word, kind in pairs]})


@pytest.fixture(scope="module")
def extender() -> Iterator[Server]:
    with Server(reply=extension) as server:
        yield server


@pytest.fixture
def extended(run: Run, extender: Server, gold: Path, tmp_path: Path) -> Path:
    out = tmp_path / "extended.jsonl"
    llm = asking(extender)
    done = run("stage", "extend", gold, out, *llm)
    assert done.exit_code == 0, done.output
    assert len(read_samples(out)) == len(GOLD)
    return out


def hidden_labels(model: Path) -> set[str]:
    """The extension labels of a pipeline, none of which it predicts."""
    nlp = spacy.load(model)
    component = nlp.get_pipe("fewner")
    component.cfg["threshold"], component.cfg["label_thresholds"] = 0.0, {}
    docs = list(nlp.pipe(sample.text for sample in GOLD))
    predicted = {span.label_ for doc in docs for span in doc.spans["sc"]}
    assert predicted and predicted <= {"MAKER", "PART"}
    return set(component.labels) - {"MAKER", "PART"}


@pytest.mark.parametrize("options", [(), ("--labels", "MAKER,PART"), ("--flat",)], ids=str)
def test_fit_on_extended_gold(run: Run, extended: Path, tmp_path: Path, options):
    out = tmp_path / "out"
    done = run("fit", extended, out, *QUICK, *options)
    assert done.exit_code == 0, done.output
    assert {"ext/person", "ext/thing"} < hidden_labels(out / "model")
    assert not spacy.load(out / "model").get_pipe("fewner").cfg["nested"]
    scores = json.loads((out / "scores.json").read_text("utf8"))
    assert set(scores["per_label_f"]) == {"MAKER", "PART"}
    assert not any("ext/" in text for text in (done.stdout, (out / "audit.txt").read_text("utf8")))
    page = (out / "report.html").read_text("utf8")
    assert "ext/person" not in page and "12 texts, 24 spans, 2 labels" in page


def test_train_on_extended_gold_and_evaluate_on_it(run: Run, extended: Path, tmp_path: Path):
    done = run("train", extended, tmp_path / "model", *TINY)
    assert done.exit_code == 0, done.output
    assert "ext/thing" in hidden_labels(tmp_path / "model")
    done = run("evaluate", tmp_path / "model", extended)
    assert done.exit_code == 0, done.output
    assert "MAKER" in done.stdout and "ext/" not in done.stdout
