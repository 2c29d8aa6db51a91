"""kill -9 at any point, then resume: the same output, and nothing paid for twice but what a kill
caught on its way."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from server import Server

from spacy_fewner.llm.journal.journal import Journal

CONCURRENCY = 4
PROMPTS = 120
JOURNALS, KILLS = 4, 5
# argv: address, journal, output.
RUN = f"""
import json, sys
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.types import Message, Prompt
url, journal, output = sys.argv[1:]
model = OpenAIModel(OpenAISettings("m", url, None, concurrency={CONCURRENCY}, seed=1))
with Journal(journal) as journal, open(output, "w", encoding="utf8") as file:
    for reply in Client(model, journal).complete(
        Prompt((Message("user", f"prompt {{n}}"),)) for n in range({PROMPTS})
    ):
        print(json.dumps([reply.text, reply.key]), file=file, flush=True)
"""


def start(server: Server, journal: Path, output: Path) -> subprocess.Popen:
    command = [sys.executable, "-c", RUN, server.url, str(journal), str(output)]
    return subprocess.Popen(command)


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_killed_and_resumed_equals_uninterrupted(tmp_path: Path):
    drawn = random.Random(0)
    with Server(latency=0.005) as server:
        whole = tmp_path / "whole.txt"
        assert start(server, tmp_path / "whole.jsonl", whole).wait() == 0
        assert len(whole.read_bytes().splitlines()) == PROMPTS
        for number in range(JOURNALS):
            _kill_and_resume(server, tmp_path / f"{number}.jsonl", drawn, whole.read_bytes())


def _kill_and_resume(server: Server, path: Path, drawn: random.Random, whole: bytes) -> None:
    """Kill runs when a number of replies is in the journal, go on, and at last let one end."""
    server.good.clear()
    output = path.with_suffix(".txt")
    for point in sorted(drawn.sample(range(PROMPTS), KILLS)):
        process = start(server, path, output)
        while process.poll() is None and _replies(path) < point:
            time.sleep(0.001)
        time.sleep(drawn.random() * 0.01)  # to anywhere between two replies
        process.kill()
        process.wait()
        _check_paid(path, server)
    assert start(server, path, output).wait() == 0
    assert output.read_bytes() == whole
    paid_twice = server.good.total() - PROMPTS
    assert len(server.good) == PROMPTS
    assert 0 <= paid_twice <= KILLS * CONCURRENCY


def _replies(path: Path) -> int:
    return path.read_bytes().count(b'\n{"key"') if path.exists() else 0


def _check_paid(path: Path, server: Server) -> None:
    """All that the server sent is in the journal but for what was on its way."""
    with Journal(path, "replay") as journal:
        assert len(journal) >= len(server.good) - CONCURRENCY
