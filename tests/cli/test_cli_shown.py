"""Labels and texts that would steer a terminal, turn a line or a page: shown as escapes."""

import logging
import sys
import warnings
from pathlib import Path

import pytest
import spacy
from cli_helpers import TINY, Run, run_command, write_records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server import Server
from test_shown import ACTING, acts

from spacy_fewner.cli import app
from spacy_fewner.cli.options.say import say

STEER = "\x1b[31m\x9b2J\x1b]0;owned\x07"
LABELS = ["A\x1b[31mB", "\u202eRLO\u2066", "NUL\x00\x9b2J", "new\nline\tx\r"]
WORDS = ["Ada", "Bob", "Rome", "Oslo"]


def record(number: int, labels: list[str] = LABELS, extra: str = STEER) -> dict:
    """Words with a label each, and between them what is to be shown with care."""
    text, spans = f"text {number} ", []
    for word, label in zip(WORDS, labels, strict=True):
        spans.append((len(text), len(text) + len(word), label))
        text += f"{word} {extra} "
    return {"text": text + "end", "spans": spans}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    return write_records(tmp_path / "hostile.jsonl", [record(number) for number in range(6)])


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that finds some words of the texts, with labels that act."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    ruler.add_patterns([{"label": LABELS[n], "pattern": WORDS[n - 1]} for n in (1, 2)])
    nlp.to_disk(folder := tmp_path_factory.mktemp("finder") / "model")
    return folder


def check(done, *files: Path) -> None:
    """That nothing acts, and that all of it was there to be shown."""
    for said in (done.stdout, done.stderr, *(file.read_text("utf8") for file in files)):
        assert not acts(said)


def test_audit(run: Run, hostile: Path):
    done = run("audit", hostile)
    check(done)
    assert "A\\x1b[31mB" in done.stdout and "\\u202eRLO\\u2066" in done.stdout
    assert "new\\nline\\tx\\r" in done.stdout  # in its row
    check(run("audit", hostile, "--flat", "--labels", "X"))


def test_evaluate_and_its_page(run: Run, hostile: Path, finder: Path, tmp_path: Path):
    page = tmp_path / "page.html"
    done = run("evaluate", finder, hostile, "--report", page)
    assert done.exit_code == 0
    check(done, page)
    assert "NUL\\x00\\x9b2J" in done.stdout
    assert len(done.stdout.splitlines()) == len(LABELS) + 3
    assert "\\x1b]0;owned\\x07" in page.read_text("utf8")


letters = st.text(st.one_of(st.sampled_from([*ACTING[:-1], "\n", "\t", "<", "é"]), st.characters(
    exclude_categories=("Cs",))), min_size=1, max_size=8)  # fmt: skip


@given(st.lists(letters.filter(str.strip), min_size=4, max_size=4, unique=True), letters)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_labels_and_texts(tmp_path: Path, finder: Path, labels: list[str], extra: str):
    path, page = tmp_path / "any.jsonl", tmp_path / "page.html"
    write_records(path, [record(number, labels, extra) for number in range(2)])
    check(run_command("audit", path))
    done = run_command("evaluate", finder, path, "--report", page)
    check(done, page) if done.exit_code == 0 else check(done)
    check(run_command("convert", path, tmp_path / "any.conll"))


def test_fit_and_all_it_writes_for_people(run: Run, hostile: Path, tmp_path: Path):
    out = tmp_path / "out"
    done = run("fit", hostile, out, *TINY, "--folds", 2, "--alignment", "expand")
    assert done.exit_code == 0, done.output
    check(done, out / "report.html", out / "audit.txt")
    assert "NUL\\x00\\x9b2J" in done.stdout
    check(run("train", hostile, tmp_path / "model", *TINY, "--alignment", "expand"))


def test_cascade_says_what_is_wrong(run: Run, hostile: Path, tmp_path: Path):
    done = run("cascade", "train", hostile, tmp_path / "out", *TINY)
    check(done)
    tree = tmp_path / "tree.yaml"
    tree.write_text('- id: "a\\x1bb"\n- id: "\\u202ex"\n')
    check(run("cascade", "tree", tree, tmp_path / "new.yaml"))


@pytest.mark.parametrize("stage", ["explain", "annotate", "generate"])
def test_what_a_language_model_says(run: Run, gold: Path, tmp_path: Path, stage: str):
    said = f'{STEER}\u202e{{"text": "{STEER} Hartwell", "label": "\u2066MAKER"}}\x00'
    with Server(reply=lambda _: said) as server:
        done = run(
            *("stage", stage, gold, tmp_path / "out.jsonl", "--llm", "x", "--llm-key-env", ""),
            *("--llm-url", server.url),
        )
    check(done)


def test_names_of_files_and_usage(run: Run, tmp_path: Path):
    name = tmp_path / f"{STEER[:4]}\u202e.conll"
    name.write_text("Ada B-PER\nsaw O\n\n")
    check(run("convert", name, tmp_path / "out.jsonl"))
    check(run("convert", name, tmp_path / f"{STEER[:4]}.xyz"))
    check(run("audit", name, "\x1b[31m\u202eextra"))
    check(run("audit", name, "--\u202e\x1b"))


def test_warnings_and_logs(capsys: pytest.CaptureFixture):
    """Also those of other libraries, as of spaCy when spans do not fit the tokens."""
    before = logging.getLogger("spacy_fewner").handlers[:]
    app._say_what_was_read(quiet=False)
    with app._warnings_on_stderr():
        warnings.warn(UserWarning(STEER), stacklevel=1)
        logging.getLogger("spacy_fewner.spans").warning("%s", STEER)
    say(STEER)
    logging.getLogger("spacy_fewner").handlers[:] = before
    captured = capsys.readouterr()
    assert captured.err.count("\\x1b]0;owned\\x07") == 2 and not acts(captured.err)
    assert captured.out == "\\x1b[31m\\x9b2J\\x1b]0;owned\\x07\n"


def test_every_command_prints_in_the_one_way():
    folder = Path(sys.modules["spacy_fewner"].__file__ or "").parent / "cli"
    printing = {
        path.name
        for path in folder.rglob("*.py")
        if any(word in path.read_text("utf8") for word in ("echo(", "print("))
    }
    assert printing == {"say.py"}
