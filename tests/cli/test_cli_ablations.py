"""Parts of KnowFREE that are switched off or exchanged from the command line."""

import json
from pathlib import Path

import pytest
import spacy
from cli_helpers import TINY, Run, asking
from corpus_helpers import GOLD, reply_to
from server import Body, Server

from spacy_fewner.corpus.checking.extended_gold import with_extended
from spacy_fewner.data import read_samples
from spacy_fewner.types import is_extension


def words_and_tags(body: Body) -> str:
    """Words at spaces, all of them nouns; else a new text."""
    system, asked = (body["messages"][at]["content"] for at in (0, -1))
    words = asked.split("\n")[1].split() if asked.startswith("<text>") else []
    if "split texts" in system:
        return json.dumps({"items": words})
    if "tag every" in system:
        return json.dumps({"items": [{"word": word, "pos": "NOUN"} for word in words]})
    return reply_to(body)


def test_layers_of_gold_and_of_new_texts(run: Run, gold: Path, tmp_path: Path):
    with Server(reply=words_and_tags) as server:
        llm = asking(server)
        few = ["--size", 5, "--per-call", 5, "--ideas", 0, "--no-merge", "--extend-synthetic"]
        layers = ["--extend-layer", "words", "--extend-layer", "tags"]
        out = tmp_path / "made.jsonl"
        done = run("synthesize", gold, out, *llm, *few, *layers)
        assert done.exit_code == 0, done.output
        refused = run("synthesize", gold, tmp_path / "no.jsonl", *llm, *few)
        strange = run("synthesize", gold, tmp_path / "no.jsonl", *llm, *few, *layers[:1], "pos")
        assert strange.exit_code and "--extend-layer: each must be" in strange.stderr
        assert refused.exit_code and "--extend-synthetic: needs a layer" in refused.stderr
    assert "new texts: extend" in done.stdout and "and 12 of " in done.stdout
    samples = read_samples(out)
    extended, new = with_extended(GOLD, samples)
    assert new
    for sample in [*extended, *new]:
        found = [span.label for span in sample.spans if is_extension(span.label)]
        assert set(found) == {"ext/seg/word", "ext/pos/NOUN"}
        assert len(found) == 2 * len(sample.text.split())


def test_a_layer_that_there_is_not_is_told_without_a_model(run: Run, gold: Path, tmp_path: Path):
    done = run("fit", gold, tmp_path / "out", "--extend-layer", "pos")
    assert done.exit_code == 1
    assert "--extend-layer: each must be one of entities, words, tags; got pos" in done.stderr
    done = run("fit", gold, tmp_path / "out", "--extend-layer", "tags")
    assert done.exit_code == 1
    assert "--llm: these options need a language model" in done.stderr
    done = run("fit", gold, tmp_path / "out", "--extend-layer", "tags", "--llm", "./nowhere")
    assert done.exit_code == 1
    assert "--llm: must name a model of a server, a folder or a .gguf file" in done.stderr


@pytest.mark.parametrize("context", ["attention", "convolution", "none"])
def test_what_a_span_knows_of_its_neighbours(run: Run, gold: Path, tmp_path: Path, context: str):
    out = tmp_path / "model"
    done = run("train", gold, out, *TINY, "--head-context", context)
    assert done.exit_code == 0, done.output
    component = spacy.load(out).get_pipe("fewner")
    assert component.model.get_ref("grid").shims[0].sizes.looks_by == context
    config = spacy.util.load_config(out / "config.cfg")
    assert config["components"]["fewner"]["model"]["context"] == context


def test_the_whole_loop_with_every_part(run: Run, gold: Path, tmp_path: Path):
    out = tmp_path / "out"
    with Server(reply=words_and_tags) as server:
        llm = asking(server)
        how = ["--size", 5, "--per-call", 5, "--ideas", 0, "--explain", "--reject-limit", 1]
        how += ["--extend-layer", "words", "--extend-layer", "tags", "--extend-synthetic"]
        done = run("fit", gold, out, *llm, *how, *TINY, "--folds", 2, "--head-context", "none")
    assert done.exit_code == 0, done.output
    assert "extension spans " in done.stdout and "synthetic text " in done.stdout
    steps = [
        line.split("  ")[0] for line in (out / "synthetic/ledger.txt").read_text().splitlines()
    ]
    assert [steps[at] for at in (1, 2, 3, 4, -2)] == [
        *("extend", "generate", "explain", "explain: annotate", "new texts: extend")
    ]
    predicted = json.loads((out / "scores.json").read_text("utf8"))["per_label_f"]
    assert set(predicted) == {"MAKER", "PART"}
    assert not any(
        "ext/" in text for text in (done.stdout, (out / "report.html").read_text("utf8"))
    )
