"""The configs in configs/ under spaCy's own commands."""

from pathlib import Path

import pytest
import spacy
from cli_helpers import ORGAN, Run
from spacy.cli import app as spacy_app
from thinc.api import Config
from typer.testing import CliRunner

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.fitting.training.config import RECIPE

NOTES = ORGAN.with_name("organ_notes")
CONFIGS = Path(__file__).parents[2] / "configs"
ALL = sorted(CONFIGS.glob("*.cfg"))
SHORT = ("--training.max_steps", "3", "--training.eval_frequency", "2")


def run_spacy(*args: object) -> str:
    done = CliRunner().invoke(spacy_app, [str(arg) for arg in args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with train.jsonl, dev.spacy and what three steps of `spacy train` left in it."""
    folder = tmp_path_factory.mktemp("train")
    samples = read_samples(ORGAN / "train.jsonl")
    write_samples(samples, folder / "train.jsonl")
    write_samples(samples[:9], folder / "dev.spacy", nlp=spacy.blank("en"))
    paths = ("--paths.train", folder / "train.jsonl", "--paths.dev", folder / "dev.spacy")
    run_spacy("train", CONFIGS / "fewner_cnn.cfg", "--output", folder, *paths, *SHORT)
    return folder


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_debug_config_and_fill_config(path: Path, tmp_path: Path):
    options = ("--paths.train", ORGAN / "train.jsonl", "--paths.dev", ORGAN / "train.jsonl")
    assert "Config is valid" in run_spacy("debug", "config", path, *options)
    run_spacy("init", "fill-config", path, tmp_path / "filled.cfg")
    filled = Config().from_disk(tmp_path / "filled.cfg", interpolate=False)
    assert filled.merge(Config().from_disk(path, interpolate=False)) == filled


def test_train_writes_a_pipeline(trained: Path):
    assert {"model-best", "model-last"} <= {path.name for path in trained.iterdir()}
    assert len(spacy.load(trained / "model-last").get_pipe("fewner").labels) == 7


def test_init_labels(trained: Path):
    paths = ("--paths.train", trained / "train.jsonl", "--paths.dev", trained / "dev.spacy")
    run_spacy("init", "labels", CONFIGS / "fewner_cnn.cfg", trained / "labels", *paths)
    assert '"STOP"' in (trained / "labels" / "fewner.json").read_text()


def test_find_threshold(trained: Path):
    args = (trained / "model-last", trained / "dev.spacy", "fewner", "threshold", "spans_sc_f")
    assert "Best threshold" in run_spacy("find-threshold", *args, "--n_trials", 3)


def test_benchmark_speed(trained: Path):
    args = (trained / "model-last", trained / "dev.spacy", "--batches", 30, "--batch-size", 2)
    assert "Mean:" in run_spacy("benchmark", "speed", *args)


def test_evaluate_agrees_with_ours(trained: Path, run: Run):
    table = run_spacy("evaluate", trained / "model-last", trained / "dev.spacy")
    shown = {line.split()[1]: line.split()[2] for line in table.splitlines() if "SPAN " in line}
    ours = run("evaluate", trained / "model-last", trained / "dev.spacy").stdout
    assert [float(value) for value in ours.splitlines()[1].split()[1:4]] == pytest.approx(
        [float(shown[name]) for name in "PRF"], abs=0.06
    )


@pytest.mark.parametrize("path", [*ALL, RECIPE], ids=lambda path: path.stem)
def test_every_part_of_a_config_stands_alone(path: Path, tmp_path: Path):
    """`debug data` and `resume_training` resolve parts of a config by themselves."""
    data = NOTES / "both.jsonl" if "fewner_textcat" in path.read_text() else ORGAN / "train.jsonl"
    paths = ("--paths.train", data, "--paths.dev", data)
    run_spacy("init", "fill-config", path, tmp_path / "filled.cfg")
    filled = tmp_path / "filled.cfg"
    done = CliRunner().invoke(spacy_app, [str(arg) for arg in ("debug", "data", filled, *paths)])
    assert "Training pipeline" in done.stdout, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    config = spacy.util.load_config(filled)
    config["nlp"]["pipeline"] = []  # the optimizer is what is resolved
    assert spacy.util.load_model_from_config(config).resume_training() is not None
