"""The process in which replies are parsed: its limits, and that it never outlives its asker."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.replies import python_worker
from spacy_fewner.llm.replies.python_parts import PythonClasses
from spacy_fewner.llm.replies.python_reply import read_classes
from spacy_fewner.llm.replies.python_worker import FAILED, TOO_SLOW, WORKER, PythonWorker

JOB = {"reply": "class A:\n    b: str", "classes": None, "examples": []}
posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


@pytest.fixture
def worker():
    made = PythonWorker()
    yield made
    made.close()


def pid(worker: PythonWorker) -> int:
    assert worker._process is not None
    return worker._process.pid


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def ended(process: int) -> bool:
    deadline = time.monotonic() + 20
    while lives(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(process)


def names(answer: dict) -> list[str]:
    return [one[0] for one in answer["classes"]]


def test_one_process_answers_again_and_again(worker):
    assert names(worker.ask(JOB)) == ["A"]
    first = pid(worker)
    assert names(worker.ask(JOB)) == ["A"] and pid(worker) == first


@posix
def test_one_that_ended_meanwhile_is_replaced(worker):
    worker.ask(JOB)
    first = pid(worker)
    os.kill(first, signal.SIGKILL)
    assert names(worker.ask(JOB)) == ["A"] and pid(worker) != first


@posix
def test_one_that_is_too_slow_is_ended_and_the_next_question_answered(worker):
    worker.ask(JOB)
    first, worker.seconds = pid(worker), 0.3
    os.kill(first, signal.SIGSTOP)
    start = time.monotonic()
    assert worker.ask(JOB) == {"lost": TOO_SLOW, "detail": "over 0.3 seconds"}
    assert time.monotonic() - start < 5 and ended(first)
    worker.seconds = 10
    assert names(worker.ask(JOB)) == ["A"]


@posix
@pytest.mark.parametrize(
    ("attack", "status"),
    [
        ("open('touched', 'w')", 86),
        ("open('/etc/passwd')", 86),
        ("exec('1')", 86),
        ("import colorsys", 86),
        ("__import__('subprocess')", 86),
        ("os.system('true')", 86),
        ("os.fork()", 86),
        ("os.remove('touched')", 86),
        ("os.mkdir('touched')", 86),
        ("socket.socket()", 86),
        ("_socket.getaddrinfo('localhost', 80)", 86),
        ("os.kill(os.getppid(), 0)", 86),
        ("ctypes.CDLL(None)", 86),
        ("while True: pass", -signal.SIGXCPU),
    ],
)
def test_the_second_wall(attack, status, tmp_path):
    """What is done here in the place of an answer would be a fault of the parser's or of ours."""
    limits = "from spacy_fewner.llm.replies.python.limits import allow_seconds, close_doors"
    program = (
        f"import os, socket, _socket, ctypes; from spacy_fewner.llm.replies.python import limits; "
        f"{limits}; limits.SECONDS = 0; close_doors(); allow_seconds()\n{attack}"
    )
    code = f"import sys; sys.path.append({str(python_worker._ROOT)!r}); {program}"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, timeout=60)
    assert done.returncode == status and list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited where the platform can")
def test_memory_is_bounded():
    code = (
        f"import sys; sys.path.append({str(python_worker._ROOT)!r}); "
        "from spacy_fewner.llm.replies.python.limits import close_doors; close_doors()\n"
        "try:\n    b'x' * 2**30\nexcept MemoryError:\n    print('bounded')"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, timeout=60)
    assert done.stdout.strip() == b"bounded"


def test_what_cannot_be_answered_is_said(worker):
    """A fault of ours in the process, or one that ends it."""
    assert worker.ask({"reply": 7, "classes": None, "examples": []}) == {"failed": "AttributeError"}
    lost = worker.ask({"reply": "", "classes": None})
    assert lost == {"lost": FAILED, "detail": "exit status 86"}  # for a traceback it opens files
    assert names(worker.ask(JOB)) == ["A"]


def test_eight_threads_share_it():
    replies = [f"class A{n}:\n    b{n}: str" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read_classes, replies))
    for n, one in enumerate(found):
        assert isinstance(one, PythonClasses)
        assert (one.classes[0].name, one.classes[0].fields[0].name) == (f"A{n}", f"b{n}")


def _in_child(send) -> None:
    found = read_classes("class A:\n    b: str")
    send.send((found, WORKER._process.pid if WORKER._process else None))


@posix
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_daemonic_processes_have_one_of_their_own(method):
    """spaCy's `n_process` makes such processes. A forked one lets go of its parent's."""
    mine = read_classes("class A:\n    b: str")
    own = WORKER._process.pid
    context = multiprocessing.get_context(method)
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(send,), daemon=True)
    child.start()
    assert receive.poll(60)
    found, other = receive.recv()
    child.join()
    assert found == mine and other != own and ended(other)
    assert lives(own) and read_classes("class A:\n    b: str") == mine


@posix
def test_a_fork_while_a_thread_asks(worker):
    """The child must not wait for a lock that only the parent's thread would open."""
    busy, stop = threading.Event(), threading.Event()

    def ask() -> None:
        while not stop.is_set():
            read_classes("class A:\n    b: str")
            busy.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert busy.wait(60)
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    children = [context.Process(target=_in_child, args=(send,), daemon=True) for _ in range(3)]
    for child in children:
        child.start()
    for _ in children:
        assert receive.poll(60) and receive.recv()[0].classes[0].name == "A"
    for child in children:
        child.join()
    stop.set()
    thread.join()


ASKER = """
import sys, time
from spacy_fewner.llm.replies.python_reply import read_classes
from spacy_fewner.llm.replies.python_worker import WORKER
read_classes("class A: b: str")
print(WORKER._process.pid, sorted({"torch", "spacy", "numpy", "jinja2"} & sys.modules.keys()))
sys.stdout.flush()
END
"""


@posix
@pytest.mark.parametrize(
    ("end", "status"),
    [("", 0), ("1 / 0", 1), ("import os; os._exit(3)", 3), ("time.sleep(60)", -signal.SIGKILL)],
)
def test_it_ends_with_its_asker_and_costs_no_heavy_import(end, status):
    asker = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", ASKER.replace("END", end)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process, heavy = asker.stdout.readline().strip().split(" ", 1)
    if "sleep" in end:
        asker.kill()
    said = asker.communicate(timeout=60)[1]
    assert (asker.returncode, heavy) == (status, "[]") and ended(int(process))
    assert ("ZeroDivisionError" in said) if status == 1 else said == ""


@pytest.fixture
def interruptible():
    """A shell's job in the background, as in CI, ignores Ctrl-C from its start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@posix
def test_an_interrupt_leaves_no_answer_to_the_next_question(worker, interruptible):
    """Ctrl-C in the midst of an answer must not make it that of what is asked later."""
    worker.ask(JOB)
    first = pid(worker)
    os.kill(first, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        worker.ask(JOB)
    assert ended(first)
    other = {**JOB, "reply": "class Other:\n    b: str"}
    assert names(worker.ask(other)) == ["Other"]


def test_without_a_python_that_starts(monkeypatch, worker):
    for executable in (None, "", "/no/such/python", "/bin/false"):
        monkeypatch.setattr(python_worker.sys, "executable", executable)
        with pytest.raises(FewnerError, match="a process of their own"):
            worker.ask(JOB)


@posix
def test_keys_stay_with_the_asker(monkeypatch, worker):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    worker.ask(JOB)
    held = Path(f"/proc/{pid(worker)}/environ").read_bytes()
    assert b"sk-secret" not in held and b"PATH=" in held


def test_warnings_of_what_a_model_wrote_are_not_shown(recwarn, capfd):
    found = read_classes("class A:\n    '''\\d \\w'''\n    b: str\n    assert (1, 2)\n    1 is 1")
    assert isinstance(found, PythonClasses) and found.classes[0].docstring == "\\d \\w"
    assert not recwarn.list and capfd.readouterr() == ("", "")


def test_the_worker_speaks_ascii(worker):
    """So that line ends of Unicode break no line."""
    reply = "class A:\n    'a\u2028b'\n    c: str  # d\x85e"
    assert worker.ask({**JOB, "reply": reply})["classes"] == [
        ["A", "a\u2028b", [["c", "str", "d\x85e"]]]
    ]
