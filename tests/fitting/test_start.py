"""Where training begins: which starts fit, what training takes from them, what a pipeline keeps."""

import re
import shutil
from pathlib import Path

import pytest
import spacy
import torch
from corpus_helpers import GOLD
from open_starts import write_tiny_start
from safetensors.torch import load_file, save_file
from tiny_bases import write_tiny_base

from spacy_fewner.encoders.lora import adapters
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.measuring.parallel import split_runner
from spacy_fewner.fitting.measuring.validation import splits
from spacy_fewner.fitting.start import meanings_of, misfit, settled, settled_unmeasured
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.spans.grid.layer import shim_of
from spacy_fewner.spans.open import start as starts
from spacy_fewner.spans.open import vectors
from spacy_fewner.types import LabelSpec, Schema

QUICK = {"rank": 4, "epochs": 1, "min_steps": 2, "batch_size": 6}
MEANINGS = [{"id": "MAKER", "description": "who builds organs", "synonyms": ["builder"]}]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Without a pooler, as many encoders are: loading it draws one at random."""
    folder = write_tiny_base(tmp_path_factory.mktemp("base"))
    file = Path(folder) / "model.safetensors"
    kept = {name: one for name, one in load_file(file).items() if "pooler" not in name}
    save_file(kept, file, {"format": "pt"})
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, base: str) -> str:
    return write_tiny_start(tmp_path_factory.mktemp("start") / "start", base)


@pytest.fixture
def shipped(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny start is the one that comes with the package."""
    monkeypatch.setattr(starts, "FOLDER", Path(start))


@pytest.fixture
def none_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "FOLDER", tmp_path / "none")


def trained(settings: FitSettings):
    return train_pipeline(training_config(settings, len(GOLD), 0, False), GOLD)


def test_a_start_fits_its_encoder_wherever_that_lies(base: str, shipped: None, tmp_path: Path):
    assert misfit(FitSettings(encoder=base, rank=4)) == ""
    moved = shutil.copytree(base, tmp_path / "moved")
    assert misfit(FitSettings(encoder=str(moved), rank=4)) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"encoder": "cnn"}, "no open start for the small network cnn"),
        ({"rank": 0}, "no open start for full fine-tuning"),
        ({"head_context": "none"}, "no open start for a head with context none"),
        ({"rank": 8}, "no open start for LoRA of rank 8, but for .* with LoRA of rank 4"),
        ({"encoder": "other"}, "no open start for the encoder .*other, but for"),
    ],
)
def test_what_no_start_fits_is_trained_from_scratch_or_refused(
    base: str, start: str, shipped: None, tmp_path: Path, given: dict, said: str
):
    if given.get("encoder") == "other":
        given = {"encoder": write_tiny_base(tmp_path / "other", seed=1)}
    settings = {"encoder": base, "rank": 4, **given}
    for settle in (settled, settled_unmeasured):
        chosen, why = settle(FitSettings(**settings))
        assert chosen == FitSettings(**settings, start="scratch")
        assert re.search(f"^from scratch; there is {said}", why)
    with pytest.raises(FewnerError, match=f"^start: must fit .*{said}"):
        settled(FitSettings(**settings, start="open"))
    with pytest.raises(FewnerError, match=r"^start: must fit .*this start is not for"):
        settled(FitSettings(**settings, start=start))


def test_an_installation_without_an_open_start(base: str, start: str, none_shipped: None):
    settings = FitSettings(encoder=base, rank=4)
    assert settled(settings)[1] == "from scratch; this installation holds no open start"
    with pytest.raises(FewnerError, match="this installation holds no open start"):
        settled(FitSettings(encoder=base, rank=4, start="open"))
    asked = FitSettings(encoder=base, rank=4, start=start)
    assert settled(asked) == (asked, f"{start}, as asked")


def test_where_nothing_is_held_out_the_open_start_is_taken(base: str, shipped: None):
    settings = FitSettings(encoder=base, rank=4)
    assert settled(settings) == (settings, "")
    chosen, said = settled_unmeasured(settings)
    assert chosen.start == "open" and said.startswith("open; ")
    for asked in ("open", "scratch"):
        assert settled_unmeasured(FitSettings(encoder=base, rank=4, start=asked))[0].start == asked


@pytest.mark.parametrize("wrong", ["", "no/such/folder", "~nobody-of-this-name/x", None, 3, "x\0"])
def test_starts_that_are_none(wrong: object):
    with pytest.raises(FewnerError, match=r'^start: must be "measured", "open", "scratch", or a '):
        FitSettings(start=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"base": {}}', "\xff"])
def test_a_damaged_start(base: str, start: str, tmp_path: Path, text: str):
    damaged = shutil.copytree(start, tmp_path / "damaged")
    (damaged / starts.ABOUT).write_text(text, "latin-1")
    with pytest.raises(FewnerError, match=r"^start: start\.json must be whole"):
        settled(FitSettings(encoder=base, rank=4, start=damaged))


def test_what_labels_mean_goes_to_the_start_and_to_nothing_else(start: str):
    given = {"encoder": "cnn", "meanings": MEANINGS}
    for asked in ("scratch", "measured"):
        config = training_config(FitSettings(**given, start=asked), 9, 0, False)
        assert not {"start", "labels"} & set(config["components"]["fewner"])
    config = training_config(FitSettings(**given, start=Path(start)), 9, 0, False)
    assert config["components"]["fewner"]["start"] == start
    assert config["components"]["fewner"]["labels"] == MEANINGS


def test_meanings_are_those_of_labels_with_examples():
    organs = LabelSpec("MAKER", "who builds organs", ("Hartwell",), ("builder",))
    schema = Schema((LabelSpec("PART"), organs, LabelSpec("STOP", "a rank of pipes")))
    assert meanings_of(schema, ["PART", "MAKER"]) == MEANINGS
    priced = Schema((LabelSpec("PRICE", "such as ${5}"),))
    assert meanings_of(priced, ["MAKER"]) == []
    with pytest.raises(FewnerError, match=r"^labels: must not hold"):
        meanings_of(priced, ["PRICE"])


def adapter_of(nlp) -> dict[str, torch.Tensor]:
    return adapters.trained_state(starts.encoder_of(nlp.get_pipe("fewner").model)._model)


def vectors_of(nlp) -> torch.Tensor:
    return shim_of(nlp.get_pipe("fewner").model.get_ref("grid")).grid.likeness.labels


def test_training_begins_from_adapter_head_and_what_labels_mean(base: str, start: str):
    still = {**QUICK, "encoder": base, "learn_rate": 1e-9, "head_learn_rate": 1e-9}
    begun = trained(FitSettings(**still, start=start, meanings=MEANINGS))
    known = starts.read_start(start)
    for name, tensor in known.part(starts.ENCODER).items():
        assert torch.allclose(adapter_of(begun)[name], tensor, atol=1e-4)
    body = shim_of(begun.get_pipe("fewner").model.get_ref("grid")).grid.state_dict()
    for name, tensor in known.part(starts.GRID).items():
        assert torch.allclose(body[name], tensor, atol=1e-2)
    scratch = adapter_of(trained(FitSettings(**still, start="scratch")))
    assert all(not one.any() for name, one in scratch.items() if "lora_B" in name)
    names = vectors_of(trained(FitSettings(**still, start=start)))
    told = vectors_of(begun)
    assert begun.get_pipe("fewner").labels == ("MAKER", "PART")
    assert torch.allclose(told[1], names[1], atol=1e-2)
    assert not torch.allclose(told[0], names[0], atol=1e-2)


def test_trainings_in_other_processes_give_the_same_models(base: str, start: str):
    settings = FitSettings(**QUICK, encoder=base, start=start, meanings=MEANINGS, folds=2)
    jobs = [(split, settings) for split in splits(GOLD, [], settings)]
    vectors._known.cache_clear()
    with split_runner(settings, False) as run:
        apart = run([*jobs, jobs[0]])
    assert apart[2].candidates == apart[0].candidates  # labels had been read by then
    both = FitSettings(**QUICK, encoder=base, start=start, meanings=MEANINGS, folds=2, workers=2)
    with split_runner(both, False) as run:
        together = run(jobs)
    assert [one.candidates for one in together] == [one.candidates for one in apart[:2]]
    assert any(apart[0].candidates)


@pytest.mark.parametrize("model", ["its own", "the start's"])
def test_a_trained_pipeline_does_without_the_folder_of_its_start(
    base: str, start: str, tmp_path: Path, model: str
):
    lent = str(shutil.copytree(start, tmp_path / "lent"))
    moved = str(shutil.copytree(base, tmp_path / "moved"))
    settings = FitSettings(**QUICK, encoder=moved, save="merged", start=lent, meanings=MEANINGS)
    config = training_config(settings, len(GOLD), 0, False)
    if model == "the start's":
        del config["components"]["fewner"]["model"]
    train_pipeline(config, GOLD).to_disk(tmp_path / "a")
    shutil.rmtree(lent)
    nlp = spacy.load(tmp_path / "a")
    encoder = nlp.config["components"]["fewner"]["model"]["tok2vec"]
    own = (moved, "merged") if model == "its own" else (base, "adapter")
    assert (encoder["name"], encoder["save"]) == own
    before = nlp.get_pipe("fewner").probabilities([nlp(GOLD[0].text)])[0]
    nlp.to_disk(tmp_path / "b")
    nlp = spacy.load(tmp_path / "b")
    fewner = nlp.get_pipe("fewner")
    assert fewner.start == lent and nlp.config["components"]["fewner"]["start"] == lent
    assert (fewner.probabilities([nlp(GOLD[0].text)])[0] == before).all()
    fewner.add_label("STOP", description="a rank of pipes")
    fewner.set_labels({"STOP": "a rank of pipes", "PART": ""})
    nlp(GOLD[0].text)
    nlp.to_disk(tmp_path / "c")
    assert spacy.load(tmp_path / "c").get_pipe("fewner").labels == ("STOP", "PART")
