"""fit, train, evaluate and package, on a network that trains in seconds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from cli_helpers import ORGAN, RECORDS, TINY, Run, tree, write_records
from typer.testing import CliRunner

from spacy_fewner.cli.app import app


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `fit` wrote of the embedded examples, with a wheel."""
    out = tmp_path_factory.mktemp("fit") / "out"
    args = ["fit", ORGAN / "train.jsonl", out, *TINY, "--folds", 2, "--curve"]
    args += ["--package", "organ_parts"]
    done = CliRunner().invoke(app, [*map(str, args), "--labels", str(ORGAN / "schema.jsonl")])
    assert done.exit_code == 0, done.output
    assert "Strict span F1" in done.stdout
    assert "(2-fold cross-validation over 44 texts; measured models saw 22 of them)" in done.stdout
    said = [line.partition(":")[0] for line in done.stderr.splitlines()]
    stages = ("Measuring", "Measuring the learning curve", "Training on all examples")
    assert [line for line in dict.fromkeys(said) if line in stages] == list(stages)
    assert "Building the wheel" in said
    return out


def test_fit_writes_everything(fitted: Path):
    names = {path.name for path in fitted.iterdir()}
    wheel = "en_organ_parts-0.1.0-py3-none-any.whl"
    assert names == {"model", "report.html", "scores.json", "audit.txt", wheel}
    assert {path.name for path in fitted.parent.iterdir()} == {"out"}
    scores = json.loads((fitted / "scores.json").read_text())
    assert len(scores["f"]) == 2
    assert len(scores["curve"]) == 3
    assert spacy.load(fitted / "model").get_pipe("fewner").cfg["nested"] is True


def test_quiet_says_nothing_but_what_is_wrong(run: Run, examples: Path, tmp_path: Path):
    done = run("train", examples, tmp_path / "model", *TINY, "--quiet")
    assert (done.exit_code, done.output) == (0, "")
    loud = run("train", examples, tmp_path / "loud", *TINY)
    assert loud.stderr.startswith("Training\n") and "pipeline" in loud.stdout
    nothing = ["--folds", 2, "--dev", examples, "-q"]
    done = run("fit", examples, tmp_path / "out", *TINY, *nothing)
    assert (done.exit_code, done.stdout) == (0, "")
    leaked, *rest = done.stderr.splitlines()
    assert leaked.startswith("Warning: 4 of the 4 dev texts are among the examples too")
    assert all(line.startswith("Warning: nothing was learnt") for line in rest)
    assert (tmp_path / "out/model").is_dir()


def test_the_wheel_installs_and_predicts_with_scores(fitted: Path, tmp_path: Path):
    (wheel,) = fitted.glob("*.whl")
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", site, wheel], check=True)
    code = (
        "import spacy; nlp = spacy.load('en_organ_parts'); nlp.get_pipe('fewner').cfg['threshold']"
        " = 0.0; doc = nlp('The Swell ciphers.'); group = doc.spans['sc'];"
        " print(len(group), len(group.attrs['scores']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    spans, scores = map(int, done.stdout.split())
    assert spans == scores > 0


def test_evaluate_prints_and_writes(run: Run, fitted: Path, tmp_path: Path):
    table, page = tmp_path / "scores.json", tmp_path / "page.html"
    gold = ORGAN / "train.jsonl"
    done = run("evaluate", fitted / "model", gold, "--json", table, "--report", page)
    assert done.exit_code == 0
    header, micro, *rows = done.stdout.splitlines()
    assert header.split()[:3] == ["P", "R", "F"]
    assert micro.split()[0] == "all"
    assert micro.split()[-1] == "98"
    assert len(rows) == 8
    assert set(tree(tmp_path)) == {"scores.json", "page.html"}
    scores = json.loads(table.read_text())
    assert scores["strict"]["micro"]["support"] == 98
    assert scores["partial"]["micro"]["f"] >= scores["strict"]["micro"]["f"]
    assert "train.jsonl (44 texts)" in page.read_text("utf8")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("fewner/model", "", "incomplete input"),
        ("meta.json", "{}", "No valid 'lang' setting"),
        ("config.cfg", "junk", "Config validation error: Make sure"),
        ("config.cfg", "", "no [nlp] section"),
        ("tokenizer", None, "No such file"),
    ],
)
def test_a_damaged_pipeline_is_said(
    run: Run, fitted: Path, tmp_path: Path, file: str, content: str | None, said: str
):
    model = Path(shutil.copytree(fitted / "model", tmp_path / "model"))
    (model / file).unlink()
    if content is not None:
        (model / file).write_text(content)
    done = run("evaluate", model, ORGAN / "train.jsonl")
    assert done.exit_code == 1
    if file == "fewner/model":
        assert done.stderr.startswith(f"Error: {model}: model: what is stored must be whole")
    else:
        assert done.stderr.startswith("Error: model: must be the folder")
    assert str(model) in done.stderr and said in done.stderr
    assert done.stderr.count("\n") == 1


def test_evaluate_scores_the_labels_asked_for(run: Run, fitted: Path):
    gold = ORGAN / "train.jsonl"
    done = run("evaluate", fitted / "model", gold, "--labels", "STOP,PART")
    assert [line.split()[0] for line in done.stdout.splitlines()[1:4]] == ["all", "PART", "STOP"]
    assert done.stdout.splitlines()[1].split()[-1] == "29"


def test_evaluate_scores_any_pipeline(run: Run, tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "LOC", "pattern": "Oslo"}])  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "ruler")
    gold = write_records(tmp_path / "gold.jsonl", RECORDS)
    done = run("evaluate", tmp_path / "ruler", gold)
    assert done.exit_code == 0
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()[1:-1]}
    assert rows["LOC"] == ["100.0", "33.3", "50.0", "50.0", "3"]


def test_train_then_package(run: Run, examples: Path, tmp_path: Path):
    model, wheels = tmp_path / "model", tmp_path / "wheels"
    done = run("train", examples, model, *TINY, "--spans-key", "people", "--set-ents", "--flat")
    assert done.exit_code == 0
    assert "4 examples, 7 spans, 2 labels" in done.stdout
    component = spacy.load(model).get_pipe("fewner")
    assert component.key == "people"
    assert component.cfg["set_ents"]
    assert not component.cfg["nested"]
    done = run("package", model, wheels, "--name", "people", "--version", "1.2.0")
    assert done.exit_code == 0
    assert tree(wheels) == {"en_people-1.2.0-py3-none-any.whl"}


def test_fit_with_a_dev_file_quietly(run: Run, examples: Path, tmp_path: Path):
    dev = write_records(
        tmp_path / "dev.jsonl", [{"text": "Flo is in Lima", "spans": [(0, 3, "PER")]}]
    )
    out = tmp_path / "out"
    done = run("fit", examples, out, *TINY, "--dev", dev, "--folds", 2, "--no-curve", "--quiet")
    assert done.exit_code == 0
    assert done.stdout == ""
    scores = json.loads((out / "scores.json").read_text())
    assert scores["measured_on"] == "dev set of 1 texts, 2 seeds"
    assert scores["curve"] == []


def test_overwrite_replaces_the_folder(run: Run, examples: Path, tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "old.txt").write_text("old")
    done = run("train", examples, out, *TINY, "--overwrite")
    assert done.exit_code == 1 and "of an earlier run is overwritten" in done.stderr
    (out / "meta.json").write_text("{}")
    assert run("train", examples, out, *TINY, "--overwrite").exit_code == 0
    assert "old.txt" not in tree(out)
    assert "config.cfg" in tree(out)


def test_scripts_out_of_vocabulary(run: Run, tmp_path: Path):
    records = [
        {"text": "สมชาย 東京 𓀀𓀁", "spans": [(0, 5, "PER"), (6, 8, "LOC")]},
        {"text": "🦜 አዲስ ዓለም", "spans": [(0, 1, "PER"), (2, 9, "LOC")]},
    ]
    path = write_records(tmp_path / "examples.jsonl", records)
    args = ["--lang", "xx", *TINY]
    assert run("train", path, tmp_path / "model", *args).exit_code == 0
    assert run("evaluate", tmp_path / "model", path).exit_code == 0


def test_adapter_on_another_base(run: Run, examples: Path, tmp_path: Path):
    from tiny_bases import write_tiny_base

    base = write_tiny_base(tmp_path / "base", seed=0)
    options = ["--encoder", base, "--epochs", 1, "--min-steps", 2]
    assert run("train", examples, tmp_path / "model", *options).exit_code == 0
    assert run("evaluate", tmp_path / "model", examples).exit_code == 0
    write_tiny_base(tmp_path / "base", seed=1)
    done = run("evaluate", tmp_path / "model", examples)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "base" in done.stderr
