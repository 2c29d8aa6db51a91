"""Ten thousand hostile replies, read by the worker as it is: none is run, and all have a reason.

`scripts/fuzz_replies.py` does the same for as long as one likes.
"""

import json
import subprocess
import sys
from collections import Counter

import pytest
from hostile_python import HARM, HostilePython, check

from spacy_fewner.llm.replies import python_reply, python_worker

REPLIES = 10_000


class Batch:
    """In the place of the worker: its questions are written down, and answered all at once."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.answers: list[dict] = []

    def ask(self, job: dict) -> dict:
        if self.answers:
            return self.answers.pop()
        self.lines.append(json.dumps(job).encode() + b"\n")
        return {"classes": [], "instances": [], "problems": [], "empty": False}

    def run(self) -> None:
        command = [sys.executable, *python_worker._ARGUMENTS]
        done = subprocess.run(command, input=b"".join(self.lines), capture_output=True, timeout=300)
        assert (done.returncode, done.stderr) == (0, b"")
        self.answers = [json.loads(line) for line in reversed(done.stdout.splitlines()[1:])]
        assert len(self.answers) == len(self.lines)


def test_ten_thousand_hostile_replies(tmp_path, monkeypatch):
    hostile = HostilePython(seed=0, path=str(tmp_path / "touched"), longest=300)
    replies = [hostile.reply() for _ in range(REPLIES)]
    batch = Batch()
    monkeypatch.setattr(python_reply, "WORKER", batch)
    for reply in replies:
        check(reply)
    batch.run()
    reasons = Counter(reason for reply in replies for reason in check(reply))
    assert not batch.answers and not list(tmp_path.iterdir())
    assert len(reasons) >= 18 and min(reasons.values()) >= 1


@pytest.mark.parametrize("reply", HARM)
def test_what_would_do_harm_does_none_and_is_said(reply, tmp_path):
    said = reply.format(path=tmp_path / "touched")
    assert check(said)
    assert check(f"result_instances = [Organ(name='a')]\n{said}")
    assert not list(tmp_path.iterdir())
