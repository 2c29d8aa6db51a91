"""A run that is cut off anywhere leaves, after the next call, what one that was not would have.

A crash is an exception that no handler can do anything after: all calls that write fail from then
on, as those of a process that was killed do. A write may be cut in the middle.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scale_helpers import files_in, rows, ruler, write_lines

from spacy_fewner.scale import annotate
from spacy_fewner.scale.writing import output

CALLS = ("write", "fsync", "replace", "ftruncate", "unlink", "rmdir", "open")


class Crash(BaseException):
    """What a kill is to a process."""


class Crashing:
    """os with functions that stop working at the `at`-th call."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, half: bool):
        self.calls, self._at, self._half = 0, at, half
        self._close, self._opened = os.close, set[int]()
        for name in CALLS:
            patch.setattr(os, name, self._made(name, getattr(os, name)))
        patch.setattr(os, "close", self._closed)

    def end(self) -> None:
        """Files that a process left open are closed when it dies, and its locks go."""
        for descriptor in self._opened:
            self._close(descriptor)

    def _closed(self, descriptor: int) -> None:
        self._opened.discard(descriptor)
        self._close(descriptor)

    def _made(self, name: str, real: Callable) -> Callable:
        def call(*args, **kwargs):
            if name == "open" and not (len(args) > 1 and args[1] & os.O_CREAT):
                return real(*args, **kwargs)
            self.calls += 1
            if self.calls < self._at:
                done = real(*args, **kwargs)
                if name == "open":
                    self._opened.add(done)
                return done
            if self.calls == self._at and name == "write" and self._half:
                real(args[0], args[1][: len(args[1]) // 2])
            raise Crash

        return call


@pytest.fixture(autouse=True)
def _confirm_each_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "CONFIRM_EVERY", 0.0)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("inputs")
    first = write_lines(folder / "a.jsonl", [*rows(9), "", "{broken", *rows(4, seed=1)])
    return [first, write_lines(folder / "b.jsonl", ['{"id": 3}', *rows(5, seed=2), ""])]


NLP = ruler()


def run(inputs: list[Path], out: Path) -> None:
    annotate(NLP, inputs, out, batch_size=4)


@pytest.mark.parametrize("name", ["out.jsonl", "out", "out.spacy", "out.parquet"])
def test_after_a_crash_anywhere(
    name: str, inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pip install 'spacy-fewner[parquet]'")
    monkeypatch.setitem(output.PARTS, "jsonl", (6, 1 << 30))
    run(inputs, tmp_path / "whole" / name)
    whole = files_in(tmp_path / "whole")
    for half in (False, True):
        for at in range(1, 1000):
            folder = tmp_path / f"{at}-{half}"
            with monkeypatch.context() as patch:
                crashing = Crashing(patch, at, half)
                try:
                    run(inputs, folder / name)
                except Crash:
                    crashing.end()
            run(inputs, folder / name)
            assert files_in(folder) == whole, at
            if crashing.calls < at:
                break
        assert at > 25


def kill_in(command: list[str], work: Path, seconds: float) -> bool:
    """Kill a run so many seconds after it began to write; whether it was still running."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while running.poll() is None and not work.exists():
            time.sleep(0.01)
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        return running.wait() == -signal.SIGKILL
    finally:
        running.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_kill_9(model: Path, tmp_path: Path):
    given = write_lines(tmp_path / "in.jsonl", [*rows(4000), "[1]", *rows(3000)])
    out, whole = tmp_path / "out" / "found.jsonl", tmp_path / "whole" / "found.jsonl"
    annotate(model, given, whole, batch_size=50)
    command = [sys.executable, "-m", "spacy_fewner.cli", "annotate", str(model), str(given)]
    command += [str(out), "--batch-size", "50", "--quiet"]
    work = out.with_name("found.jsonl.unfinished")
    assert kill_in(command, work / "ledger.jsonl", 0.2)
    assert work.exists() and not out.exists()
    subprocess.run(command, check=True)
    assert files_in(out.parent) == files_in(whole.parent)
