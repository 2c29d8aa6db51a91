"""A server plants the API key in all that it sends: no file, no line on the terminal has it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import spacy
from cli_helpers import TINY, Run
from corpus_helpers import reply_to
from planted_keys import FORMS, files_with, holds
from raw_server import RawServer, answer, chat

from spacy_fewner.cascade.asked.component import LLMCascade

ROOT = Path(__file__).parents[2]
KEY = "sk-proj-A1b2C3d4E5f6G7h8J9k0LmNoPqRs"
SMALL = ("--size", 12, "--per-call", 5, "--ideas", 3)
PLANTED = [form for form in FORMS if form not in ("repr", "address")]


def planted(text: str, key: str) -> str:
    """A reply that quotes the key, within its annotated texts and around them."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.startswith('{"text"'):
            record = json.loads(line)
            record["text"] = f"{key} {record['text']}" if number % 2 else record["text"]
            lines[number] = json.dumps({**record, "key": key})
    return "\n".join([f"With the key {key}, here is what you want.", *lines, f"Key: {key}"])


class Planting:
    """Answers well, badly and not at all, the key in each; in another form each time."""

    def __init__(self) -> None:
        self.turns = count()

    def __call__(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        assert KEY.encode() in head
        turn = next(self.turns)
        key = FORMS[PLANTED[turn % len(PLANTED)]](KEY)
        header = key.replace("\n", "")
        if turn % 7 == 3:
            said = {"error": {"message": "x" * (190 - turn % 40) + key, "code": key}}
            # What is tried again makes the run wait: once only.
            status = "500 Broken" if turn == 3 else ("400 No", "422 No")[turn % 2]
            body = json.dumps(said).encode()
            return answer(body, f"X-Key: {header}", status=f"{status} {header}")
        if turn == 5:
            return answer(f"{'x' * 95}{key}".encode(), f"X-Key: {header}")
        text = planted(reply_to(json.loads(body)), key)
        return answer(chat(text, finish=key, model=key, id=key), f"Set-Cookie: a={header}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    monkeypatch.setenv("FEWNER_TEST_KEY", KEY)
    with RawServer(Planting()) as server:
        yield server


def asked(server: RawServer) -> list[str]:
    return ["--llm", "stand-in", "--llm-key-env", "FEWNER_TEST_KEY", "--llm-url", server.url]


def check_nothing_left(done: Any, folder: Path) -> None:
    assert not holds(done.output, KEY)
    assert files_with(folder, KEY) == []


def test_the_search_finds_what_is_there(tmp_path: Path):
    for form, plant in FORMS.items():
        (tmp_path / "file").write_text(f"a {plant(KEY)} b", encoding="utf8")
        assert files_with(tmp_path, KEY), form
    (tmp_path / "file").write_text("nothing")
    assert not files_with(tmp_path, KEY)
    shutil.make_archive(str(tmp_path / "wheel"), "zip", ROOT / "tests" / "cli")
    assert [name for name in files_with(tmp_path, KEY) if "planted_key" in name]


@pytest.mark.filterwarnings("ignore:stage generate")
def test_synthesize(run: Run, server: RawServer, gold: Path, tmp_path: Path):
    done = run("synthesize", gold, tmp_path / "out.jsonl", *asked(server), *SMALL,
               "--extend", "--reject-limit", 1)  # fmt: skip
    assert len(server.requests) > 10, done.output
    journal = (tmp_path / "out.journal.jsonl").read_text("utf8")
    assert "***" in journal and (tmp_path / "out.rejects.jsonl").exists()
    check_nothing_left(done, tmp_path)


@pytest.mark.parametrize(
    "stage", ["generate", "extend", "explain", "key_phrases", "correct", "mark"]
)
@pytest.mark.filterwarnings("ignore:stage generate")
def test_stages(run: Run, server: RawServer, gold: Path, tmp_path: Path, stage: str):
    easy = ["--set", "reject_limit=1"]
    easy += ["--set", "target_size=4"] if stage == "generate" else []
    done = run("stage", stage, gold, tmp_path / "out.jsonl", *easy, *asked(server))
    assert server.requests, done.output
    assert "***" in (tmp_path / "out.journal.jsonl").read_text("utf8")
    check_nothing_left(done, tmp_path)


@pytest.mark.filterwarnings("ignore:stage generate")
def test_fit_and_its_wheel(run: Run, server: RawServer, gold: Path, tmp_path: Path):
    done = run("fit", gold, tmp_path / "out", *asked(server), *SMALL, *TINY, "--folds", 2,
               "--no-curve", "--package", "planted", "--reject-limit", 1)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert list((tmp_path / "out").rglob("*.whl"))
    check_nothing_left(done, tmp_path)


def test_a_cascade_that_asks_a_model(server: RawServer, tmp_path: Path):
    nlp = spacy.blank("en")
    model = {"@misc": "spacy-fewner.OpenAIModel.v1", "model": "m", "base_url": server.url,
             "key_env": "FEWNER_TEST_KEY", "attempts": 1}  # fmt: skip
    config = {
        "tree": ["person", "person/organist", "place"],
        "mark": {"@misc": "spacy-fewner.MarkEntities.v1", "rounds": 2},
        "client": {
            "@misc": "spacy-fewner.Client.v1",
            "model": model,
            "journal": str(tmp_path / "journal.jsonl"),
        },
    }
    pipe = nlp.add_pipe("fewner_cascade_llm", config=config)
    assert isinstance(pipe, LLMCascade)
    docs = list(nlp.pipe(["Ann met Bob in Rome.", "Nobody left.", "Bob saw Ann."] * 3))
    nlp.to_disk(tmp_path / "model")
    for number, doc in enumerate(docs):
        doc.to_disk(tmp_path / f"{number}.spacy")
    assert server.requests and (tmp_path / "journal.jsonl").exists()
    assert files_with(tmp_path, KEY) == []


def test_a_projects_lock_file(server: RawServer, tmp_path: Path):
    """`weasel run` writes the commands that it ran, with their variables, to project.lock."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "assets" / "organ", project / "assets" / "organ")
    shutil.copy(ROOT / "project.yml", project)
    for name in ("training", "corpus/organ"):
        (project / name).mkdir(parents=True)
    named = {"llm_url": server.url, "llm_key_env": "FEWNER_TEST_KEY"}
    command = [sys.executable, "-m", "weasel", "run", "stage", "."]
    for name, value in named.items():
        command += [f"--vars.{name}", value]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    assert server.requests and done.returncode == 0, done.stdout + done.stderr
    assert "FEWNER_TEST_KEY" in (project / "project.lock").read_text("utf8")
    assert not holds(done.stdout + done.stderr, KEY)
    assert files_with(project, KEY) == []
