"""`train`, `fit`, `evaluate` and `package` on texts with classes."""

import json
from pathlib import Path

import pytest
import spacy
from cli_helpers import TINY, run_command

RECORDS = [
    {"text": f"{verb} the {what} on day {day}.", "label": label}
    for day in range(4)
    for label, verb, what in (
        ("repair", "Glued", "leather"),
        ("tuning", "Heard", "beats"),
        ("quote", "Priced", "deposit"),
    )
]


def written(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), encoding="utf8")
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("classes")
    table = "".join(f"{one['label']}\t{one['text']}\n" for one in RECORDS)
    (folder / "train.tsv").write_text(f"label\ttext\n{table}", encoding="utf8")
    gold = [*RECORDS, {"text": "Nobody said anything.", "spans": []}]
    gold.append({"text": "A new kind of text.", "label": "news"})
    return {
        "table": folder / "train.tsv",
        "gold": written(folder / "gold.jsonl", gold),
        "spans": written(folder / "spans.jsonl", [{"text": "Ada left", "spans": []}]),
        "model": folder / "model",
    }


@pytest.fixture(scope="module")
def model(files) -> Path:
    done = run_command("train", files["table"], files["model"], *TINY)
    assert done.exit_code == 0, done.output
    assert "start:" not in done.stdout
    return files["model"]


def test_train_reads_a_table_and_makes_a_classifier(model):
    nlp = spacy.load(model)
    pipe = nlp.get_pipe("fewner_textcat")
    assert pipe.labels == ("quote", "repair", "tuning") and pipe.train == "finetune"
    assert sum(nlp("Glued the leather on day 1.").cats.values()) == pytest.approx(1)


def test_evaluate_scores_the_classes_and_leaves_out_what_has_none(model, files, tmp_path):
    out = {name: tmp_path / name for name in ("scores.json", "page.html")}
    done = run_command(
        "evaluate", model, files["gold"], "--json", out["scores.json"], "--report",
        out["page.html"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(out["scores.json"].read_text("utf8"))
    assert "strict" not in told
    classes = told["classes"]
    assert (classes["texts"], classes["left_out"], classes["exclusive"]) == (13, 1, True)
    right = classes["accuracy"] * 13
    assert right == pytest.approx(round(right)) and classes["per_class"]["news"]["r"] == 0
    assert classes["accuracy"] == pytest.approx(classes["micro"]["f"])
    assert "13 texts; accuracy" in done.stdout
    assert "1 texts without classes left out" in done.stdout
    assert "classes that the pipeline does not know: news (1)" in done.stdout
    assert "Classes of texts" in out["page.html"].read_text("utf8")


def test_evaluate_says_that_a_pipeline_gives_no_classes(files, tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "other")
    done = run_command("evaluate", tmp_path / "other", files["table"])
    assert done.exit_code == 1
    assert "model: must give texts classes" in done.stderr and "sentencizer" in done.stderr


def test_evaluate_scores_spacys_own_textcat(files, tmp_path):
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("textcat")
    for label in ("quote", "repair", "tuning"):
        pipe.add_label(label)
    nlp.initialize()
    nlp.to_disk(tmp_path / "theirs")
    done = run_command("evaluate", tmp_path / "theirs", files["gold"])
    assert done.exit_code == 0 and "13 texts; accuracy" in done.stdout


def test_package_makes_a_wheel_of_a_classifier(model, tmp_path):
    done = run_command("package", model, tmp_path, "--name", "notes")
    assert done.exit_code == 0, done.output
    assert list(tmp_path.glob("en_notes-*.whl"))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--class-way", "magic", "--class-way: must be one of measured, finetune"),
        ("--predict", "spans", "--predict: the examples must have spans"),
        ("--start", "open", "--start: is for spans"),
        ("--classes", "quote,repair", "class: must be one of the scheme"),
        ("--labels", "quote,repair,tuning,news", "class: must have an example or a definition"),
    ],
)
def test_options_that_do_not_fit(files, tmp_path, option, value, said):
    done = run_command("fit", files["table"], tmp_path / "out", *TINY, option, value)
    assert done.exit_code == 1
    assert f"Error: {said}" in done.stderr
    assert not (tmp_path / "out").exists()


def test_several_classes_where_one_is_asked_for(tmp_path):
    both = written(tmp_path / "two.jsonl", [*RECORDS, {"text": "All of it.", "cats": {
        "quote": 1, "repair": 1}}])  # fmt: skip
    done = run_command("train", both, tmp_path / "out", *TINY, "--exclusive")
    assert done.exit_code == 1 and "two.jsonl:13" in done.stderr
    assert "Error: --exclusive: every text must have exactly one class" in done.stderr
    assert "--multi-label" in done.stderr
