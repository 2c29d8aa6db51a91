"""The process in which replies are parsed: one for all threads, started at the first question.

A plain subprocess with pipes, as daemonic processes (spaCy's `n_process`) may have no children by
multiprocessing. It ends with its input, hence with this process however that one ends.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ...errors import FewnerError

SECONDS = 10.0  # for one reply, by the clock; the usual one takes some milliseconds
START_SECONDS = 60.0  # for Python to start
TOO_SLOW = "took too long to read"
FAILED = "could not be read"

_ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from spacy_fewner.llm.replies.python.worker import main; main()"
)
# Isolated, without site-packages, writing no bytecode.
_ARGUMENTS = ("-I", "-S", "-B", "-c", _PROGRAM, str(_ROOT))
# What Python itself may need to start; keys and the like stay here.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "HOME", "TMPDIR")


class _Lost(Exception):
    """The process ended before it answered. slow: since its time was up."""

    def __init__(self, slow: bool, status: int | None):
        self.slow = slow
        self.status = status


class PythonWorker:
    """Asked by any number of threads; they wait for each other."""

    def __init__(self, seconds: float = SECONDS):
        self.seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """The answer, or {"lost": reason, "detail"} where the process did not live to give one.

        A process that was used before may have ended for reasons of its own, so that a new one is
        asked once more.
        """
        line = json.dumps(job, ensure_ascii=True).encode() + b"\n"
        with self._lock:
            if self._process is not None:
                try:
                    return self._ask(self._process, line)
                except _Lost as lost:
                    if lost.slow:
                        return self._say(lost)
            try:
                return self._ask(_started(), line)
            except _Lost as lost:
                return self._say(lost)

    def _say(self, lost: _Lost) -> dict[str, Any]:
        if lost.slow:
            return {"lost": TOO_SLOW, "detail": f"over {self.seconds:g} seconds"}
        return {"lost": FAILED, "detail": f"exit status {lost.status}"}

    def _ask(self, process: subprocess.Popen[bytes], line: bytes) -> dict[str, Any]:
        """Only a process that gave its answer is asked again."""
        self._process = None
        answer = _exchange(process, line, self.seconds)
        self._process = process
        return json.loads(answer)

    def close(self) -> None:
        """End the process; a later question starts another."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                _end(process)

    def forget(self) -> None:
        """In a forked child: the process is the parent's, and its pipes are let go of."""
        process, self._process = self._process, None
        self._lock = threading.Lock()  # another thread of the parent may have held it
        if process is not None:
            process.returncode = 0  # not ours to wait for
            _close_pipes(process)


def _started() -> subprocess.Popen[bytes]:
    process = _start()
    try:
        _exchange(process, b"", START_SECONDS)  # it says when it is ready
    except _Lost as lost:
        raise _no_python(f"exit status {lost.status}") from lost
    return process


def _exchange(process: subprocess.Popen[bytes], line: bytes, seconds: float) -> bytes:
    """Send a line and wait for one; whatever interrupts that ends the process."""
    late = threading.Event()
    timer = threading.Timer(seconds, _kill, (process, late))
    timer.daemon = True
    timer.start()
    answer = b""
    try:
        _write(process, line)
        answer = _read_line(process)
    except OSError:
        pass  # it is gone
    finally:
        timer.cancel()
        timer.join()
        lost = late.is_set() or not answer.endswith(b"\n")
        status = _end(process) if lost else None
    if lost:
        raise _Lost(late.is_set(), status)
    return answer


def _end(process: subprocess.Popen[bytes]) -> int:
    """Its exit status."""
    _close_pipes(process)
    try:
        return process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _start() -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, *_ARGUMENTS],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            cwd=os.path.abspath(os.sep),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, TypeError) as error:
        raise _no_python(str(error)) from error


def _no_python(value: str) -> FewnerError:
    return FewnerError(
        "python",
        "replies in Python are parsed in a process of their own, which must start",
        value,
        f"check that this command runs: {sys.executable} -I -S -c pass",
    )


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None
    left = memoryview(line)
    while left:
        left = left[os.write(process.stdin.fileno(), left) :]


def _read_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    parts = []
    while part := os.read(process.stdout.fileno(), 1 << 16):
        parts.append(part)
        if part.endswith(b"\n"):
            break
    return b"".join(parts)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


WORKER = PythonWorker()
"""That of this process."""
atexit.register(WORKER.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=WORKER.forget)
