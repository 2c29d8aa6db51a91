"""Runs of `distill`: what comes out, and what is refused."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from tiny_lm import CITIES, memorising_rows, row, tiny_base
from tuning_helpers import losses_of, tuned

from spacy_fewner.distill.measuring.measure import measure
from spacy_fewner.distill.tuning.settings import RECIPES, GoldRound, Settings, recipe
from spacy_fewner.errors import FewnerError, FewnerWarning
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.tuned.card import read_card
from spacy_fewner.llm.tuned.model import TunedModel
from spacy_fewner.llm.types import Prompt


def answers(folder: Path) -> list[str]:
    """Of the served model, to the questions of all rows."""
    model = TunedModel(str(folder), max_tokens=8)
    return [one.text for one in model.ask_all(Prompt(r.messages[:1]) for r in memorising_rows())]


@pytest.fixture(scope="module")
def run(lm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    tuned(lm, out, {"epochs": 12})
    return out


def test_answers_are_learnt_and_served(run: Path, lm: Path):
    assert answers(run) == list(CITIES)
    card = read_card(run)
    assert (card.base, card.method, card.is_adapter) == (str(lm), "lora", True)


def test_what_a_run_leaves(run: Path):
    assert {one.name for one in run.iterdir()} >= {
        *("adapter_config.json", "adapter_model.safetensors", "tokenizer.json", "tuned.json"),
        *("loss.jsonl", "scores.json", "report.html", "rejects.jsonl"),
    }
    assert not [one for one in run.iterdir() if one.is_dir() or one.name.startswith(".")]
    (scores,) = json.loads((run / "scores.json").read_text())["rounds"]
    assert scores["updates"] == 48 and scores["dev_loss"] < 0.1 < 5 < scores["dev_loss_before"]
    losses = losses_of(run / "loss.jsonl")
    assert [one["step"] for one in losses if "loss" in one] == list(range(1, 49))
    assert losses[0] == {"round": 1, "step": 0, "dev_loss": scores["dev_loss_before"]}
    assert sum(one.get("tokens", 0) for one in losses) == scores["tokens"]
    page = (run / "report.html").read_text()
    assert "<svg" in page and "held-out rows" in page and "http:" not in page.split("<svg")[0]


@pytest.mark.parametrize(
    "changes", [{"micro_tokens": 24}, {"packing": True}, {"gradient_checkpointing": True}]
)
def test_how_rows_go_through_the_model_changes_no_loss(
    lm: Path, tmp_path: Path, changes: dict[str, Any]
):
    tuned(lm, tmp_path / "one", {"epochs": 1})
    tuned(lm, tmp_path / "other", {"epochs": 1, **changes})
    pairs = zip(
        *(losses_of(tmp_path / name / "loss.jsonl") for name in ("one", "other")), strict=True
    )
    for one, other in pairs:
        assert one.keys() == other.keys()
        assert list(one.values()) == pytest.approx(list(other.values()), rel=1e-3)


def test_the_best_check_is_kept_and_training_ends_early(lm: Path, tmp_path: Path):
    """The dev rows contradict what is learnt, so that their loss rises in the end."""
    others = [row(f"Name the city of {at}.", city) for at, city in enumerate(reversed(CITIES))]
    changes = {"epochs": 40, "check_every": 4, "patience": 2}
    result = tuned(lm, tmp_path / "out", changes, dev=others)
    (one,) = result.rounds
    checks = {r["step"]: r["dev_loss"] for r in one.records if "dev_loss" in r}
    assert one.best and one.best[1] == min(checks.values()) == checks[one.best[0]]
    assert one.updates == one.best[0] + 8 < one.planned == 160
    again = tuned(lm, tmp_path / "again", {"epochs": 0.1}, start=tmp_path / "out", dev=others)
    assert again.rounds[0].before == pytest.approx(one.best[1], rel=1e-4)


def test_a_gold_round_goes_on_from_the_first(lm: Path, tmp_path: Path):
    gold = memorising_rows()
    result = tuned(lm, tmp_path / "out", {"epochs": 2}, gold=gold, gold_round=GoldRound(epochs=3))
    first, second = result.rounds
    assert first.best and second.before == pytest.approx(first.best[1], rel=1e-4)
    assert (first.updates, second.updates) == (8, 3)
    assert {one["round"] for one in losses_of(tmp_path / "out" / "loss.jsonl")} == {1, 2}


def test_all_weights_can_be_tuned(lm: Path, tmp_path: Path):
    tuned(lm, tmp_path / "out", {"method": "full", "epochs": 12, "learn_rate": 3e-3})
    assert (tmp_path / "out" / "model.safetensors").is_file()
    assert not read_card(tmp_path / "out").is_adapter
    assert answers(tmp_path / "out") == list(CITIES)
    second = tuned(lm, tmp_path / "on", {"method": "full", "epochs": 0.1}, start=tmp_path / "out")
    assert second.rounds[0].before is not None and second.rounds[0].before < 0.5


def test_overwriting_leaves_one_model(lm: Path, tmp_path: Path):
    tuned(lm, tmp_path, {"epochs": 0.1})
    with pytest.raises(FewnerError, match="must not hold a tuned model already"):
        tuned(lm, tmp_path, {"epochs": 0.1})
    tuned(lm, tmp_path, {"epochs": 0.1, "method": "full"}, overwrite=True)
    names = {one.name for one in tmp_path.iterdir()}
    assert "model.safetensors" in names and not {one for one in names if "adapter" in one}


def test_the_base_is_never_written_over(lm: Path, tmp_path: Path):
    with pytest.raises(FewnerError, match="must not be the base"):
        tuned(lm, lm)
    tuned(lm, tmp_path / "one", {"epochs": 0.1})
    with pytest.raises(FewnerError, match="must not be the start"):
        tuned(lm, tmp_path / "one", {"epochs": 0.1}, start=tmp_path / "one", overwrite=True)
    with pytest.raises(FewnerError, match="must be a whole model; got an adapter on"):
        tuned(tmp_path / "one", tmp_path / "two")


def test_what_no_run_wrote_is_never_replaced(lm: Path, tmp_path: Path):
    other = tiny_base(tmp_path / "other")
    before = {one.name: one.read_bytes() for one in Path(other).iterdir()}
    for how in ({}, {"overwrite": True}):
        with pytest.raises(FewnerError, match="out: must be new, empty, or written by an earlier"):
            tuned(lm, Path(other), {"epochs": 0.1}, **how)
    assert {one.name: one.read_bytes() for one in Path(other).iterdir()} == before
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(FewnerError, match="out: must be a folder that can be written to"):
        tuned(lm, file / "out", {"epochs": 0.1})


def test_a_run_that_is_killed_at_its_very_end(
    lm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """After the model is written; in the middle of the removal of checkpoints."""
    from spacy_fewner.distill.tuning import run as running

    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_remove", killed)
    with pytest.raises(KeyboardInterrupt):
        tuned(lm, tmp_path / "one", {"epochs": 0.1})
    monkeypatch.undo()
    first = (tmp_path / "one/adapter_model.safetensors").read_bytes()
    assert tuned(lm, tmp_path / "one", {"epochs": 0.1}).rounds[0].updates
    assert (tmp_path / "one/adapter_model.safetensors").read_bytes() == first
    assert not (tmp_path / "one/checkpoints").exists()
    monkeypatch.setattr(running, "rmtree", lambda folder, **_: None)
    tuned(lm, tmp_path / "two", {"epochs": 0.1})
    monkeypatch.undo()
    with pytest.raises(FewnerError, match="must not hold a tuned model already"):
        tuned(lm, tmp_path / "two", {"epochs": 0.1})


def test_a_refused_run_does_not_keep_its_folder(lm: Path, tmp_path: Path):
    with pytest.raises(FewnerError):
        tuned(lm, tmp_path, {"epochs": 0.1}, dev_share=0.8, dev=(), rows=memorising_rows()[:1])
    assert tuned(lm, tmp_path, {"epochs": 0.1}).folder == tmp_path


def test_a_base_in_a_folder_is_found_from_elsewhere(
    lm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(lm.parent)
    tuned(Path(lm.name), tmp_path / "out", {"epochs": 0.1})
    assert Path(read_card(tmp_path / "out").base) == lm.resolve()


def test_rows_are_held_out_by_their_texts(lm: Path, tmp_path: Path):
    rows = [row(f"Say {word}.", word) for word in CITIES for _ in range(3)]
    result = tuned(lm, tmp_path, {"epochs": 0.1}, rows=rows, dev=(), dev_share=0.25)
    assert (result.counts["rows_train"], result.counts["rows_dev"]) == (18, 6)
    without = tuned(lm, tmp_path / "x", {"epochs": 0.1}, rows=rows, dev=(), dev_share=0)
    assert without.counts["rows_dev"] == 0 and without.rounds[0].best is None
    assert json.loads((tmp_path / "x/scores.json").read_text())["rounds"][0]["dev_loss"] is None


def test_rows_to_measure_on_that_are_learnt_are_warned_of(lm: Path, tmp_path: Path):
    asked = ("Which city has a forum?", "Name the capital of Peru.", "Fjords, and what is near?")
    rows = [row(text, city) for text, city in zip(asked, CITIES, strict=False)]
    with pytest.warns(FewnerWarning, match="show 1 texts of the rows to learn"):
        tuned(lm, tmp_path, {"epochs": 0.1}, rows=rows, dev=rows[:1])
    with warnings.catch_warnings():
        warnings.simplefilter("error", FewnerWarning)
        tuned(lm, tmp_path / "other", {"epochs": 0.1}, rows=rows[1:], dev=rows[:1])


def test_rows_that_show_a_held_out_text_and_longer_ones_are_left_out(lm: Path, tmp_path: Path):
    rows = [row(f"{city} {city} {city} and {city}?", city) for city in CITIES] * 2
    rows.append(row("9" * 900, "Rome"))
    against = {"test": [rows[3].messages[0].content]}
    result = tuned(lm, tmp_path, {"epochs": 0.1, "max_length": 100}, rows=rows, against=against)
    assert (result.counts["rows_held_out"], result.counts["rows_too_long"]) == (2, 1)
    lines = (tmp_path / "rejects.jsonl").read_text().splitlines()
    assert len(lines) == 3 and "row " in lines[-1]


LONG = [row("x" * 3000, "y")] * 4


@pytest.mark.parametrize(
    ("changes", "how", "argument", "words"),
    [
        ({"method": "qlora"}, {}, "method", "qlora needs a GPU and bitsandbytes"),
        ({"base": "./nowhere"}, {}, "base", "causal language model"),
        ({"targets": "nowhere"}, {}, "targets", "linear modules"),
        ({"device": "cuda"}, {}, "device", "needs a GPU that torch sees"),
        ({"max_length": 2048}, {"rows": LONG}, "rows", "4 of 4 that are longer"),
        ({"max_length": 4096}, {"rows": LONG}, "rows", "at most 2,048 tokens"),
        ({}, {"dev": LONG}, "dev", "longer"),
        ({}, {"rows": []}, "rows", "a row to learn"),
        ({}, {"rows": memorising_rows()[:1], "dev": ()}, "dev_share", "rows of two texts"),
        ({}, {"against": {"a": ["Name the city of 1."]}, "rows": [row("Name the city of 1.", "b")]},
         "rows", "no held-out text"),
        ({}, {"dev_share": 2, "dev": ()}, "dev_share", "from 0 to 0.9"),
        ({"start": "nowhere"}, {}, "start", "that `distill` wrote"),
    ],
)  # fmt: skip
def test_bad_input_is_said_in_a_line(
    lm: Path,
    tmp_path: Path,
    changes: dict[str, Any],
    how: dict[str, Any],
    argument: str,
    words: str,
):
    import torch

    if torch.cuda.is_available() and ("cuda" in changes.values() or "qlora" in changes.values()):
        pytest.skip("there is a GPU")
    with pytest.raises(FewnerError) as caught:
        tuned(lm, tmp_path / "out", changes, **how)
    assert caught.value.argument == argument and words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "out" / "tuned.json").exists()


def test_bfloat16_needs_a_processor_for_it(
    lm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("spacy_fewner.encoders.shims.precision.has_bfloat16", lambda device: False)
    with pytest.raises(FewnerError, match="computes in it") as caught:
        tuned(lm, tmp_path, {"precision": "bfloat16"})
    assert caught.value.argument == "precision"
    assert tuned(lm, tmp_path, {"precision": "auto", "epochs": 0.1}).rounds


@pytest.mark.parametrize("fault", [MemoryError(), RuntimeError("CUDA out of memory. Tried 2 GiB")])
def test_too_little_memory_says_what_to_lower(
    lm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
):
    def fails(*_: object, **__: object) -> None:
        raise fault

    with monkeypatch.context() as patch, pytest.raises(FewnerError) as caught:
        patch.setattr("spacy_fewner.distill.tuning.trainer.AnswerTrainer.training_step", fails)
        tuned(lm, tmp_path)
    assert "micro_tokens (now 2,048)" in caught.value.remedy
    assert tuned(lm, tmp_path, {"micro_tokens": 512}).rounds[0].updates == 16  # goes on


def test_an_adapter_to_start_from_must_fit(lm: Path, run: Path, tmp_path: Path):
    with pytest.raises(FewnerError, match="adapter to start from, 16") as caught:
        tuned(lm, tmp_path / "out", {"rank": 8}, start=run)
    assert "--rank 16" in caught.value.remedy
    other = tiny_base(tmp_path / "other", seed=1)
    with pytest.raises(FewnerError, match="must be of the base") as caught:
        tuned(other, tmp_path / "out", start=run)
    assert caught.value.argument == "start" and str(lm) in caught.value.remedy


def test_other_targets_than_those_of_the_start(lm: Path, run: Path, tmp_path: Path):
    with pytest.raises(FewnerError, match="targets: must be those of the adapter to start from"):
        tuned(lm, tmp_path / "out", {"targets": "q_proj"}, start=run)


def test_gold_rows_to_measure_on_are_not_learnt_in_the_first_round(lm: Path, tmp_path: Path):
    asked = ("Which city has a forum?", "Name the capital of Peru.", "Fjords, and what is near?")
    rows = [row(text, city) for text, city in zip(asked, CITIES, strict=False)] * 2
    result = tuned(lm, tmp_path, {"epochs": 0.1}, rows=rows, gold=rows[:3], dev=(), dev_share=0.34)
    assert (result.counts["gold_train"], result.counts["gold_dev"]) == (2, 1)
    assert result.counts["rows_held_out"] == 2


def test_a_base_without_a_chat_template(tmp_path: Path):
    base = tiny_base(tmp_path / "base", template=None)
    with pytest.raises(FewnerError, match="--chat-template chatml"):
        tuned(base, tmp_path / "out")
    changes = {"chat_template": "chatml", "epochs": 12}
    tuned(base, tmp_path / "out", changes)
    assert answers(tmp_path / "out") == list(CITIES)


def test_spans_that_are_generated_can_choose(lm: Path, tmp_path: Path):
    rows = [marked(one) for one in ("Ada met Bo.", "Cy left Oslo.", "Di saw Lima.")]
    changes = {"epochs": 16, "by": "spans", "check_every": 12, "batch": 1}
    result = tuned(lm, tmp_path, changes, rows=rows, dev=rows)
    (one,) = result.rounds
    assert one.f1 == 1.0
    assert json.loads((tmp_path / "scores.json").read_text())["rounds"][0]["dev_f1"] == 1.0
    assert "F1 of spans it generates 100.0" in (tmp_path / "report.html").read_text()
    served = TunedModel(str(tmp_path), max_tokens=64)
    assert measure(served, rows).f == one.f1
    assert spans_in_spacy(tmp_path, ["Ada met Bo.", "Cy left Oslo."]) == [
        ["Ada", "Bo"],
        ["Cy", "Oslo"],
    ]


def spans_in_spacy(folder: Path, texts: list[str]) -> list[list[str]]:
    """What a pipeline finds with the tuned model."""
    pytest.importorskip("spacy_llm", reason="spacy-llm is not installed")
    import spacy

    nlp = spacy.blank("en")
    model = {"@misc": "spacy-fewner.TunedModel.v1", "path": str(folder), "max_tokens": 64}
    how = {"@llm_models": "spacy-fewner.Journaled.v1", "model": model}
    how |= {"journal": str(folder / "journal.jsonl"), "context_length": 2048}
    task = {"@llm_tasks": "spacy-fewner.AskTypes.v1", "labels": ["person"], "data_set": "a"}
    nlp.add_pipe("llm", config={"task": task, "model": how})
    return [[span.text for span in doc.spans["sc"]] for doc in nlp.pipe(texts)]


def marked(text: str) -> ChatRow:
    """With every capitalised word as a person, in the form of conversations."""
    from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows
    from spacy_fewner.distill.rows.row_sets import RowSet
    from spacy_fewner.types import CharSpan, Sample

    spans = [
        CharSpan(at, at + len(word.rstrip(".")), "person")
        for word in text.split()
        if word[0].isupper()
        for at in [text.index(word)]
    ]
    how = Conversations(negatives="none")
    (found,) = conversation_rows([RowSet("a", [Sample(text, tuple(spans))])], how).rows
    return found


def test_recipes_are_settings():
    for name, one in RECIPES.items():
        settings = Settings("base", **recipe(name).first)
        assert one.gold.of(settings).batch >= 1
    assert recipe("guidex").gold.of(Settings("b", **recipe("guidex").first)).max_length == 2048
    with pytest.raises(FewnerError, match="must be one of small"):
        recipe("large")


@pytest.mark.parametrize(
    ("name", "value"),
    [("rank", 0), ("method", "ia3"), ("epochs", 0), ("dropout", 1), ("base", " "), ("by", "f1")],
)
def test_settings_that_cannot_be(name: str, value: Any):
    with pytest.raises(FewnerError) as caught:
        Settings(**{"base": "base", name: value})
    assert caught.value.argument == name


def test_a_run_that_stopped_early_stays_stopped(lm: Path, tmp_path: Path):
    """Killed between its last checkpoint and the word that the round is done."""
    changes = {"epochs": 40, "patience": 1, "check_every": 2, "learn_rate": 0.5}
    whole = tuned(lm, tmp_path / "whole", changes)
    assert whole.rounds[0].updates < whole.rounds[0].planned
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("spacy_fewner.distill.tuning.rounds.copy_model", interrupted)
        with pytest.raises(KeyboardInterrupt):
            tuned(lm, tmp_path / "killed", changes)
    again = tuned(lm, tmp_path / "killed", changes)
    assert again.rounds[0].updates == whole.rounds[0].updates
    assert losses_of(tmp_path / "killed/loss.jsonl") == losses_of(tmp_path / "whole/loss.jsonl")
    models = [tmp_path / name / "adapter_model.safetensors" for name in ("killed", "whole")]
    assert models[0].read_bytes() == models[1].read_bytes()


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt
