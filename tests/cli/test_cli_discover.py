"""`discover`: from a folder to a review file, live, killed, resumed and replayed."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_helpers import Run, tree
from server import Body, Server

from spacy_fewner.data import read_samples

FILES = ("annotations.jsonl", "rejects.jsonl", "resolved.jsonl", "review.yaml")
KILLS = 3
CLASSES = """@dataclass
class Person:
    \"\"\"Somebody who is called by a name.\"\"\"
    name: str  # what one is called
    town: str  # where one lives"""


def reply_to(body: Body) -> str:
    """As a good model would, of documents such as "Ada3 lives in Town3."."""
    asked, text = body["messages"][-1]["content"], body["messages"][1]["content"]
    if "Step" not in asked:
        number = asked.split("lives in Town")[1].split(".")[0]
        return json.dumps({"items": [[f"Ada{number}", "person"], [f"Town{number}", "town"]]})
    number = text.split("lives in Town")[1].split(".")[0]
    step = asked.split("Step ")[1][0]
    return {
        "1": f"- Ada{number}",
        "2": json.dumps({"person": [{"name": f"Ada{number}"}]}),
        "3": CLASSES if number != "2" else "That is hard to say.",
        "4": f'result_instances = [Person(name="Ada{number}", town="Town{number}")]',
    }[step]


@pytest.fixture(scope="module")
def discovery_server() -> Iterator[Server]:
    with Server(latency=0.01, reply=reply_to) as server:
        yield server


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"Ada{number} lives in Town{number}.")
    (folder / "empty.txt").write_text("")
    return folder


def options(server: Server) -> list[str]:
    return ["--llm", "m", "--llm-url", server.url, "--llm-key-env", "", "--concurrency", "2"]


def test_from_documents_to_a_review_and_from_it_to_data(
    run: Run, documents: Path, discovery_server: Server, tmp_path: Path
):
    out = tmp_path / "out"
    result = run("discover", documents, out, *options(discovery_server))
    assert result.exit_code == 0, result.output
    assert tree(out) == {*FILES, "journal.jsonl"}
    assert "5 texts, 10 mentions of 2 types" in result.output
    found = read_samples(out / "annotations.jsonl")
    assert [one.meta["id"] for one in found] == ["0.txt", "1.txt", "3.txt", "4.txt", "5.txt"]
    assert {span.label for one in found for span in one.spans} == {"person", "person/town"}
    rejects = [json.loads(line) for line in (out / "rejects.jsonl").read_text().splitlines()]
    assert sorted(one["reason"] for one in rejects) == ["no items", "no text"]

    again = run("discover", documents, out, "--llm-mode", "replay")
    assert (again.exit_code, again.output.count("0 failed")) == (0, 1)

    review = out / "review.yaml"
    review.write_text(review.read_text("utf8").replace("name: person", "name: inhabitant", 1))
    assert run("discover", documents, out, "--llm-mode", "replay").exit_code == 1
    assert run("review", out).exit_code == 0
    labels = {span.label for one in read_samples(out / "train.jsonl") for span in one.spans}
    assert labels == {"inhabitant", "inhabitant/town"}


@pytest.mark.parametrize("by", ["types", "definitions"])
def test_passages_with_open_types(
    run: Run, documents: Path, discovery_server: Server, tmp_path: Path, by: str
):
    settings = ["--by", by, "--most", "4", "--seed", "1"]
    result = run("discover", documents, tmp_path / "o", *settings, *options(discovery_server))
    assert result.exit_code == 0, result.output
    found = read_samples(tmp_path / "o" / "annotations.jsonl")
    assert len(found) == 4
    assert all([span.label for span in one.spans] == ["person", "town"] for one in found)


def test_other_options_leave_a_folder_with_a_review_as_it_is(
    run: Run, documents: Path, discovery_server: Server, tmp_path: Path
):
    out = tmp_path / "out"
    assert run("discover", documents, out, *options(discovery_server)).exit_code == 0
    before = {name: (out / name).read_bytes() for name in FILES}
    result = run("discover", documents, out, "--by", "types", *options(discovery_server))
    assert result.exit_code == 1
    assert "Error: OUT: must not hold a review that differs" in result.output
    assert "--overwrite" in result.output
    assert {name: (out / name).read_bytes() for name in FILES} == before


def test_a_corpus_of_one_document(run: Run, discovery_server: Server, tmp_path: Path):
    (tmp_path / "one.txt").write_text("Ada1 lives in Town1.")
    result = run("discover", tmp_path / "one.txt", tmp_path / "o", *options(discovery_server))
    assert result.exit_code == 0, result.output


def test_a_spent_budget_keeps_the_replies_and_a_later_run_goes_on(
    run: Run, documents: Path, discovery_server: Server, tmp_path: Path
):
    out = tmp_path / "o"
    stopped = run("discover", documents, out, "--budget", "100", *options(discovery_server))
    assert stopped.exit_code == 1
    assert "--budget" in stopped.output and "Traceback" not in stopped.output
    paid = _replies(out)
    assert paid and tree(out) == {"journal.jsonl"}
    done = run("discover", documents, out, *options(discovery_server))
    assert done.exit_code == 0, done.output
    assert f"{paid} replies from the journal" in done.output


@pytest.mark.parametrize("reply", ["", "I cannot.", "{}", "[]", "import os", "\x00", "(" * 9999])
def test_a_model_that_answers_with_nothing_of_use(
    run: Run, documents: Path, tmp_path: Path, reply: str
):
    with Server(reply=lambda body: reply) as server:
        for by in ("guidelines", "types"):
            out = tmp_path / by
            result = run("discover", documents, out, "--by", by, *options(server))
            assert "Traceback" not in result.output
            if result.exit_code:
                assert "must keep at least one text" in result.output
                assert tree(out) - {"journal.jsonl"} == {"rejects.jsonl"}
            else:  # an empty list is an answer: there is nothing
                assert (by, reply) == ("types", "[]")


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_killed_and_resumed_equals_uninterrupted(
    documents: Path, discovery_server: Server, tmp_path: Path
):
    drawn = random.Random(0)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert _start(documents, whole, discovery_server).wait() == 0
    calls = _replies(whole)
    for point in sorted(drawn.sample(range(calls + 1), KILLS)):
        process = _start(documents, killed, discovery_server)
        while process.poll() is None and _replies(killed) < point:
            time.sleep(0.001)
        time.sleep(drawn.random() * 0.5 if point == calls else drawn.random() * 0.01)
        process.kill()
        process.wait()
    assert _start(documents, killed, discovery_server).wait() == 0
    for name in FILES:
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name
    # A kill in mid-writing may leave a file that begins with a dot (docs/security.md).
    assert {name for name in tree(killed) if not name.startswith(".")} == tree(whole)


def _start(documents: Path, out: Path, server: Server) -> subprocess.Popen:
    command = [sys.executable, "-m", "spacy_fewner.cli", "discover", documents, out, "--quiet"]
    return subprocess.Popen([*map(str, command), *options(server)])


def _replies(folder: Path) -> int:
    path = folder / "journal.jsonl"
    return path.read_bytes().count(b'\n{"key"') if path.exists() else 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["no-such-folder", "o"], "no-such-folder"),
        ([".", "o", "--by", "magic"], "--by"),
        ([".", "o", "--most", "0"], "--most"),
        ([".", "o", "--max-chars", "0"], "--max-chars"),
        ([".", "o", "--max-passage", "0", "--by", "types"], "--max-passage"),
        ([".", "o", "--lang", "qq"], "--lang"),
        ([".", "o", "--reject-limit", "2"], "--reject-limit"),
        ([".", "taken.txt"], "OUT"),
        ([".", "o"], "--llm"),
    ],
)
def test_bad_options_are_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], says: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.txt").write_text("A text.")
    result = run("discover", *given)
    assert result.exit_code != 0
    assert says in result.output
    assert "Traceback" not in result.output
