"""How commands read columns, and that what an error advises can be done."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from cli_helpers import TINY, Run

from spacy_fewner.cli.app import app
from spacy_fewner.data import read_samples

PACKAGE = Path(__file__).parents[2] / "spacy_fewner"
ROWS = [
    ("Ada met Bo in Rome", "B-PER O B-PER O B-LOC"),
    ("Cy left Oslo", "B-PER O B-LOC"),
    ("Di saw Lima", "B-PER O B-LOC"),
    ("Al is in Bern", "B-PER O O B-LOC"),
]
READING = ("audit", "convert", "sample", "split", "evaluate", "stage", "synthesize")
TRAINING = ("fit", "train", "cascade train")
TEXTS = ("discover", "open-llm", "typed-text", "zero-shot", "cascade apply", "export", "package")
MAKING_ROWS = ("cascade rows", "distill", "pretrain", "rows")
WITH_COLUMNS = (*READING, *TRAINING, *TEXTS, *MAKING_ROWS)
# They read no file of examples: what `discover` wrote, a tuned model, a tree, requests; or rows of
# any number of texts, one by one (`annotate`).
WITHOUT = {"review", "distill-export", "cascade tree", "serve", "annotate"}
# Which commands can raise the errors of a file: each must have the options they name.
RAISED_BY = {
    "data/classes/columns.py": (*READING, *TRAINING),
    "data/classes/labels.py": ("audit",),
    "data/auditing/kinds.py": ("audit",),
    "data/sampling.py": ("sample",),
    "data/read.py": WITH_COLUMNS,
    "data/formats/columns.py": WITH_COLUMNS,
    "data/formats/conll.py": WITH_COLUMNS,
    "data/formats/segmented/conllu.py": WITH_COLUMNS,
    "data/formats/segmented/conllu_rows.py": WITH_COLUMNS,
    "data/formats/segmented/words.py": WITH_COLUMNS,
    "data/formats/docbin_layers.py": (*READING, *TRAINING),
    "data/alignment.py": ("audit", "convert", "sample", "split", "synthesize", *TRAINING),
    "data/tokens/tiles.py": TRAINING,
    "data/tokens/pipeline.py": ("audit", "convert", "synthesize", "zero-shot", *TRAINING),
    "data/auditing/report.py": ("synthesize", *TRAINING),
    "data/schema.py": ("fit", "train", "synthesize", "stage", "audit", "evaluate"),
    "distill/answers/ask_code.py": ("rows",),
    "distill/answers/ask_types.py": ("rows",),
    "distill/merged/export.py": ("distill-export",),
    "distill/merged/gguf_file.py": ("distill-export",),
    "distill/tuning/checkpoints.py": ("distill",),
    "distill/tuning/model.py": ("distill",),
    "distill/tuning/run.py": ("distill",),
    "distill/tuning/tokens/encoding.py": ("distill",),
    "distill/tuning/tokens/templates.py": ("distill",),
    "llm/tuned/chats.py": ("distill",),
    "discovery/write_review.py": ("discover",),
    "fitting/judge.py": ("synthesize",),
    "fitting/synthesis_loop.py": ("synthesize", "fit"),
    "pretraining/checkpoint.py": ("pretrain",),
    "pretraining/data_list.py": ("pretrain",),
    "pretraining/run.py": ("pretrain",),
    "runtime/encoder.py": ("export",),
    "runtime/export/tracing.py": ("package",),
    "runtime/export/exporting.py": ("export",),
    "runtime/export/parts.py": ("package",),
    "scale/loading.py": ("evaluate",),
    "scale/reading/layout.py": ("annotate",),
    "scale/reading/lines.py": ("annotate",),
    "scale/reading/parquet.py": ("annotate",),
    "scale/reading/rows.py": ("annotate",),
    "scale/reading/sources.py": ("annotate",),
    "scale/starting.py": ("annotate",),
    "scale/workers/annotator.py": ("annotate",),
    "scale/workers/local.py": ("annotate",),
    "scale/workers/ray_actors.py": ("annotate",),
    "scale/serving/server.py": ("serve",),
    "scale/writing/layers.py": ("annotate",),
    "scale/writing/output.py": ("annotate",),
    "scale/writing/target.py": ("annotate",),
    "fitting/training/examples.py": ("fit", "train", "synthesize"),
}
# Ray's, spaCy's, build's, audit's, zero-shot's, and convert's.
OF_OTHERS = {"--head", "--paths", "--wheel", "--no-isolation", "--flat", "--save", "--no-tokens"}


def options_of(command: str) -> set[str]:
    found = typer.main.get_command(app)
    for name in command.split():
        found = found.commands[name]
    return {
        name
        for option in found.params
        if option.param_type_name == "option"
        for name in (*option.opts, *option.secondary_opts)
    }


def advised(path: Path) -> Iterator[str]:
    """Options in the strings of a file that are no docstrings."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Expr):
            node.value = ast.Constant(None)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"(?<![\w-])--[a-z][a-z-]+", node.value)


def test_every_option_that_an_error_names_is_one_of_the_commands_that_raise_it():
    files = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    found = {name: set(advised(path)) - OF_OTHERS for name, path in files.items()}
    library = {name: told for name, told in found.items() if told and not name.startswith("cli/")}
    assert library
    for name, told in library.items():
        for command in RAISED_BY[name]:
            assert told <= options_of(command), f"{name}: {command} lacks an option"


def commands(group: Any, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def test_all_commands_are_known():
    found = set(commands(typer.main.get_command(app)))
    assert found == {*WITH_COLUMNS, *WITHOUT}


@pytest.mark.parametrize("command", WITH_COLUMNS)
def test_commands_that_read_columns_can_choose_them(command: str):
    assert {"--token-column", "--tag-column", "--joiner", "--format"} <= options_of(command)


def columns(path: Path) -> Path:
    """Index, lemma, text, chunk, tag."""
    path.write_text(
        "\n\n".join(
            "\n".join(
                f"{n}\tlemma{n}\t{word}\tB-NP\t{tag}"
                for n, (word, tag) in enumerate(zip(text.split(), tags.split(), strict=True), 1)
            )
            for text, tags in ROWS
        )
    )
    return path


@pytest.mark.parametrize(
    "args",
    [("convert", "OUT"), ("sample", "OUT", "--size", 2), ("split", "OUT", "DEV"), ("audit",)],
)
def test_columns_are_said_and_chosen(run: Run, tmp_path: Path, args: tuple):
    command, *rest = [tmp_path / f"{a}.jsonl" if a in ("OUT", "DEV") else a for a in args]
    source = columns(tmp_path / "in.tsv")
    done = run(command, source, *rest)
    said, *lost = done.stderr.splitlines()
    assert said == "Columns of in.tsv: text 2, tags 5 of 5"
    assert all(line.startswith("not kept in JSONL: further columns") for line in lost)
    assert bool(lost) == (command != "audit")
    done = run(command, source, *rest, "--token-column", 3, "--tag-column", -1)
    assert done.exit_code == 0
    assert done.stderr.splitlines()[0] == "Columns of in.tsv: text 3, tags 5 of 5"
    if command != "audit":
        texts = {sample.text for sample in read_samples(tmp_path / "OUT.jsonl")}
        assert texts <= {text for text, _ in ROWS}
    done = run(command, source, *rest, "--tag-column", 9)
    assert done.exit_code == 1
    assert "--tag-column" in done.stderr
    assert "5 columns" in done.stderr


def test_columns_are_for_files_of_columns(run: Run, examples: Path, tmp_path: Path):
    done = run("convert", examples, tmp_path / "out.jsonl", "--tag-column", 2)
    assert done.exit_code == 1
    assert "--tag-column: needs a file of columns" in done.stderr


def test_training_and_scoring_on_chosen_columns(run: Run, tmp_path: Path):
    source, out = columns(tmp_path / "in.tsv"), tmp_path / "out"
    chosen = ("--token-column", 3)
    done = run("train", source, out, *TINY, *chosen, "--quiet")
    assert (done.exit_code, done.stderr) == (0, "")
    done = run("evaluate", out, source, *chosen)
    assert done.exit_code == 0
    assert "Columns of in.tsv: text 3, tags 5 of 5" in done.stderr


CHINESE = {"text": "王小明在北京大学学习。", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
JAPANESE = {"text": "東京タワーに行った", "spans": [{"start": 0, "end": 1, "label": "LOC"}]}
GERMAN = {"text": "Merkels Rede", "spans": [{"start": 0, "end": 6, "label": "PER"}]}


def write(path: Path, *records: dict) -> Path:
    path.write_text("\n".join(map(json.dumps, records)))
    return path


@pytest.mark.parametrize("suffix", ["spacy", "conll"])
def test_misaligned_spans_are_told_what_the_command_has(run: Run, tmp_path: Path, suffix: str):
    out = tmp_path / f"out.{suffix}"
    fine = {"text": "a", "spans": []}
    for name, record in (("zh", CHINESE), ("ja", JAPANESE)):
        path = write(tmp_path / f"{name}.jsonl", fine, record)
        done = run("convert", path, out, "--tokens", "words")
        assert done.exit_code == 1
        assert f"{name}.jsonl:2: spans must begin and end with a token" in done.stderr
        assert "choose --tokens auto" in done.stderr
        assert "expand" not in done.stderr
        assert run("convert", path, out).exit_code == 0
        surface = record["text"][: record["spans"][0]["end"]]
        assert surfaces(out) == [surface]
    done = run("convert", write(tmp_path / "de.jsonl", GERMAN), out)
    assert "--alignment expand" in done.stderr
    assert "--tokens characters" in done.stderr
    assert run("convert", tmp_path / "de.jsonl", out, "--alignment", "expand").exit_code == 0
    assert surfaces(out) == ["Merkels"]
    assert run("convert", tmp_path / "de.jsonl", out, "--tokens", "characters").exit_code == 0
    assert surfaces(out) == ["Merkel"]


def surfaces(path: Path) -> list[str]:
    """Without the spaces that columns put between characters."""
    return [
        span.surface(sample.text).replace(" ", "")
        for sample in read_samples(path)
        for span in sample.spans
    ]


def test_audit_tells_of_text_without_spaces(run: Run, tmp_path: Path):
    long = {"text": "王小明昨天从上海来到北京大学学习。", "spans": []}
    done = run("audit", write(tmp_path / "zh.jsonl", CHINESE, long), "--tokens", "words")
    assert done.stdout.count("--tokens auto") >= 2
    assert "unbroken token" in done.stdout
    assert "expand" not in done.stdout
    done = run("audit", tmp_path / "zh.jsonl")
    assert "misaligned" not in done.stdout
    assert "unbroken" not in done.stdout


def test_a_text_that_is_too_long_is_named(run: Run, tmp_path: Path):
    long = {"text": "x " * 500_001, "spans": []}
    path = write(tmp_path / "big.jsonl", GERMAN, long)
    for args in (("audit", path), ("convert", path, tmp_path / "out.spacy")):
        done = run(*args, "--alignment", "expand")
        assert done.exit_code == 1
        assert "big.jsonl:2: text must not exceed" in done.stderr
        assert "Cut the text into several examples" in done.stderr
