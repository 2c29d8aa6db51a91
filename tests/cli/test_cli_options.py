"""Options: each bad value has an error that names the option, before anything is read or paid."""

import json
from pathlib import Path

import pytest
import typer
from cli_helpers import RECORDS, TINY, Run, write_records

from spacy_fewner.cli.app import app
from spacy_fewner.cli.options.names import OPTION_OF, as_on_command_line
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.errors import FewnerError
from spacy_fewner.shown import SHOWN
from spacy_fewner.types import PATH_SEPARATOR

COMMANDS = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
COMMANDS |= {f"cascade {name}": one for name, one in COMMANDS.pop("cascade").commands.items()}
LLM = ("--llm", "some-model", "--llm-key-env", "", "--llm-url", "http://127.0.0.1:9/v1")
ANY_NUMBER = {"seed"}  # of sampling and splitting; training has a check of its own
# Empty is a value of its own.
MAY_BE_EMPTY = {"other", "revision", "llm_revision", "llm_key_env", "domain", "joiner", "separator"}


def numeric() -> list[tuple[str, str, str]]:
    """(command, option, bad value) of every option that takes a number."""
    found = []
    for command in ("fit", "train", "synthesize", "audit", "cascade train"):
        for one in COMMANDS[command].params:
            kind = one.type_descriptor.annotation
            if one.param_type_name == "option" and kind in (int, float):
                bad = ["-7"] if kind is int else ["nan", "inf", "-7"]
                if one.name not in ANY_NUMBER or command not in ("synthesize", "audit"):
                    found += [(command, one.opts[0], value) for value in bad]
    return found


def arguments(command: str, examples: Path, out: Path) -> list[object]:
    given: list[object] = [*command.split(), examples]
    if command != "audit":
        given.append(out)
    if command in ("fit", "synthesize"):
        given += LLM
    if command not in ("audit", "synthesize"):
        given += ["--encoder", "cnn"]
    return given


@pytest.mark.parametrize(("command", "option", "value"), numeric())
def test_numbers_that_make_no_sense(
    run: Run, examples: Path, tmp_path: Path, command: str, option: str, value: str
):
    prices = ["--prompt-price", "1"] if option == "--max-cost" else []
    args = [*arguments(command, examples, tmp_path / "out"), *prices, option, value]
    done = run(*args)
    assert done.exit_code == 1, done.output
    assert done.stderr.startswith(f"Error: {option}: ")
    assert {path.name for path in tmp_path.iterdir()} == {examples.name}


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (command, one.opts[0])
        for command in ("fit", "train")
        for one in COMMANDS[command].params
        if one.param_type_name == "option" and one.type_descriptor.annotation is str
        if one.name not in MAY_BE_EMPTY and not one.name.startswith("llm")
    ],
)
def test_empty_strings(run: Run, examples: Path, tmp_path: Path, command: str, option: str):
    done = run(*arguments(command, examples, tmp_path / "out"), option, "")
    assert done.exit_code == 1, done.output
    assert done.stderr.startswith(f"Error: {option}: ")


@pytest.mark.parametrize("command", COMMANDS)
def test_errors_name_the_option_of_every_argument(command: str):
    parameters = COMMANDS[command].params
    own = {one.name for one in parameters}
    for one in (p for p in parameters if p.param_type_name == "option"):
        argument = FewnerError(one.name, "must be", 1, f"Change {one.name}.").argument
        named = as_on_command_line(FewnerError(argument, "must be", 1, "Change it."), parameters)
        assert named.argument == one.opts[0]
        for other in (a for a, name in OPTION_OF.items() if name == one.name and a not in own):
            error = FewnerError(other, "must be", 1, f"Mend {other}, or a.{other}.")
            named = as_on_command_line(error, parameters)
            assert named.argument == one.opts[0]


def test_other_arguments_stay_and_remedies_are_translated():
    parameters = COMMANDS["fit"].params
    error = FewnerError("examples.jsonl:3", "needs key_env", 1, "Set min_steps, not `max_width`.")
    named = as_on_command_line(error, parameters)
    assert named.argument == "examples.jsonl:3"
    assert named.rule == "needs --llm-key-env"
    assert named.remedy == "Set --min-steps, not `max_width`."


@pytest.mark.parametrize("value", ["labels.jsnol", "./x/labels", "A,labels.txt", "~/labels"])
def test_files_of_labels_that_are_not_there(value: str):
    with pytest.raises(FewnerError, match="labels: must be names, or a file that exists"):
        parse_schema(value)


def test_labels_that_are_no_files():
    for value in ("PER,LOC", f"person{PATH_SEPARATOR}athlete", "U.S.", "No. 1", "km/h,a.b"):
        assert list(parse_schema(value).ids) == value.split(",")


def test_long_tables_are_cut_and_can_be_had_whole(run: Run, tmp_path: Path):
    records = [{"text": "Ada", "spans": [(0, 3, f"L{number}")]} for number in range(200)]
    path = write_records(tmp_path / "many.jsonl", records)
    short, whole = run("audit", path).output, run("audit", path, "--all-labels").output
    assert "… and 170 more" in short and len(short.splitlines()) < 60 + SHOWN
    assert whole.count("\nL") >= 200 and "more" not in whole.split("severity")[0]


@pytest.fixture
def fitted(run: Run, examples: Path, tmp_path: Path) -> Path:
    args = ["fit", examples, tmp_path / "out", *TINY, "--folds", 2, "--no-curve"]
    assert run(*args).exit_code == 0
    return tmp_path / "out"


def test_the_folder_that_fit_wrote_stands_for_its_pipeline(
    run: Run, examples: Path, fitted: Path, tmp_path: Path
):
    for args in (
        ["evaluate", fitted, examples],
        ["package", fitted, tmp_path / "wheel", "--name", "X"],  # the name is wrong, not the folder
        ["cascade", "apply", fitted, examples, tmp_path / "o.jsonl"],
    ):
        done = run(*args)
        assert f"Warning: {fitted} is what fit wrote" in done.stderr
        assert "must be the folder" not in done.stderr
    assert run("evaluate", fitted, examples).exit_code == 0


def test_rejected_records_are_counted(run: Run, tmp_path: Path):
    lines = [{"text": r["text"], "spans": []} for r in RECORDS]
    lines += [{"text": "no", "answer": "reject"}, {"text": "hm", "answer": "ignore"}]
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    for args in (["audit", path], ["convert", path, tmp_path / "o.jsonl"]):
        said = run(*args).stderr
        assert f"Warning: {path}: 2 of 6 records left out" in said
        assert "1 reject, 1 ignore" in said
