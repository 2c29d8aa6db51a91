"""The reader SyntheticCorpus: `spacy train` on gold and synthetic text, synthesized once."""

import logging
from pathlib import Path
from typing import Any

import pytest
import spacy
from corpus_helpers import GOLD, reply_to, written
from server import Server
from spacy.cli.train import train
from spacy.util import registry
from thinc.api import Config

from spacy_fewner.data import write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings

DEV = written(4, seed=9)
BLOCK = """
[train]
@readers = "spacy-fewner.SyntheticCorpus.v1"
path = "train.jsonl"
held_out = ["dev.jsonl"]
weight = 0.3
repeat = 2
shuffle = true
swap_mentions = 0.5

[train.stages]

[train.stages.generate]
@misc = "spacy-fewner.Generate.v1"
target_size = 20
per_call = 5
n_topics = 3
n_entities = 0

[train.client]
@misc = "spacy-fewner.Client.v1"
journal = "train.journal.jsonl"
"""
REPLAY = 'mode = "replay"'
MODEL = """
[train.client.model]
@misc = "spacy-fewner.OpenAIModel.v1"
model = "stand-in"
base_url = "{url}"
key_env = null
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_samples(GOLD, tmp_path / "train.jsonl")
    write_samples(DEV, tmp_path / "dev.jsonl")
    return tmp_path


def block_of(mode: str) -> Config:
    return Config().from_str(BLOCK + mode)["train"]


def corpus_of(mode: str = REPLAY, **changed: Any) -> Any:
    return registry.resolve({"corpus": {**block_of(mode), **changed}})["corpus"]


def recorded(url: str, folder: Path) -> None:
    """A journal without any training."""
    list(corpus_of(MODEL.format(url=url))(spacy.blank("en")))


def trained(mode: str, name: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of the corpus."""
    config = training_config(FitSettings(encoder="cnn", min_steps=6, epochs=1), 8, 0, False)
    config["corpora"]["train"] = block_of(mode)
    config["paths"]["dev"] = "dev.jsonl"
    config.to_disk(Path(f"{name}.cfg"))
    caplog.clear()
    with caplog.at_level(logging.INFO, "spacy"):
        train(Path(f"{name}.cfg"), Path(name))
    return [record.getMessage() for record in caplog.records if "Synthetic" in record.getMessage()]


def test_spacy_train_from_a_server_then_from_the_journal_alone(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logging.getLogger("spacy"), "propagate", True)
    with Server(reply=reply_to) as server:
        first = trained(MODEL.format(url=server.url), "live", caplog)
        assert server.attempts.total() == 1 + 4  # topics, and 20 texts in fives
    paid = Path("train.journal.jsonl").read_bytes()
    second = trained(REPLAY, "replayed", caplog)
    assert len(first) == len(second) == 1 and first == second
    assert "generate" in first[0] and "held-out" in first[0]
    assert Path("train.journal.jsonl").read_bytes() == paid
    weights = [(folder / name / "model-last" / "fewner" / "model").read_bytes()
               for name in ("live", "replayed")]  # fmt: skip
    assert weights[0] == weights[1]
    assert spacy.load("replayed/model-best").get_pipe("fewner").labels == ("MAKER", "PART")


def test_gold_and_synthetic_examples_with_their_weights(folder: Path):
    with Server(reply=reply_to) as server:
        recorded(server.url, folder)
    examples = list(corpus_of(swap_mentions=0.0, shuffle=False)(spacy.blank("en")))
    weights = [example.reference.user_data["fewner_weight"] for example in examples]
    assert weights[:24] == [1.0] * 24 and set(weights[24:]) == {0.3}
    assert 15 <= len(weights) - 24 <= 25
    texts = [example.reference.text for example in examples]
    assert sorted(texts[:24]) == sorted([sample.text for sample in GOLD] * 2)
    for example in examples:
        assert [span.label_ for span in example.reference.spans["sc"]] == ["MAKER", "PART"]
        assert "sc" not in example.predicted.spans


def test_each_pipeline_has_its_own_and_epochs_ask_nothing(folder: Path):
    nlp = spacy.blank("en")
    with Server(reply=reply_to) as server:
        corpus = corpus_of(MODEL.format(url=server.url))
        first = len(list(corpus(nlp)))
        asked = server.attempts.total()
    # The server is gone: a further epoch, and the reader that training makes anew, need none.
    assert len(list(corpus(nlp))) == first
    Path("train.journal.jsonl").unlink()
    assert len(list(corpus_of(MODEL.format(url=server.url))(nlp))) == first
    assert server.attempts.total() == asked
    with pytest.raises(FewnerError, match="journal"):
        list(corpus_of()(spacy.blank("en")))


def test_texts_like_held_out_ones_do_not_come(folder: Path):
    with Server(reply=reply_to) as server:
        recorded(server.url, folder)
    nlp = spacy.blank("en")
    made = [eg.reference.text for eg in corpus_of(swap_mentions=0.0, repeat=1)(nlp)]
    known = {sample.text for sample in GOLD}
    stolen = next(text for text in made if text not in known)
    write_samples([*DEV, next(s for s in _samples(corpus_of(), nlp) if s.text == stolen)],
                  folder / "dev.jsonl")  # fmt: skip
    after = [eg.reference.text for eg in corpus_of(repeat=1)(spacy.blank("en"))]
    assert stolen not in after and len(after) < len(made)


def _samples(corpus: Any, nlp: Any) -> Any:
    return corpus.order.filled(nlp).samples


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"stages": {}}, "at least one stage"),
        ({"stages": {"generate": "no"}}, "must be a stage"),
        ({"client": {"@misc": "spacy-fewner.Client.v1"}}, "needs a journal"),
        (
            {"client": {"@misc": "spacy-fewner.Client.v1", "journal": "j.jsonl", "mode": "live"}},
            "mode live",
        ),
        ({"path": None}, r"--paths\.train"),
        ({"weight": -1}, "weight"),
        ({"repeat": 0}, "repeat"),
        ({"swap_mentions": 2.0}, "swap_mentions"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_asked(changed, named):
    with pytest.raises(FewnerError, match=named):
        corpus_of(**changed)


def test_a_missing_client_or_label_is_told(folder: Path):
    with pytest.raises(FewnerError, match="asks a language model"):
        list(corpus_of(client=None)(spacy.blank("en")))
    with Server(reply=reply_to) as server:
        recorded(server.url, folder)
        corpus = corpus_of(MODEL.format(url=server.url), labels="PLACE,DATE", held_out=[])
        with pytest.raises(FewnerError, match="unknown label"):
            list(corpus(spacy.blank("en")))
