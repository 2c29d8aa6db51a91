"""Splits that run at once in processes: the same models, and none outlives its run."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from corpus_helpers import GOLD

from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.measuring.parallel import split_runner
from spacy_fewner.fitting.measuring.validation import splits
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.progress import Count

FAST = {"encoder": "cnn", "epochs": 4, "min_steps": 20, "folds": 2}


def none_left() -> bool:
    """The pool's own thread may be about to take note that a worker has ended."""
    until = time.monotonic() + 20
    while multiprocessing.active_children() and time.monotonic() < until:
        time.sleep(0.1)
    return not multiprocessing.active_children()


def test_two_at_once_say_what_one_after_the_other_says():
    settings, count = FitSettings(**FAST, workers=2), Count()
    jobs = [(split, settings) for split in splits(GOLD, [], settings)]
    with split_runner(settings, False, count) as run:
        together = run(jobs, "Measuring", "fold")
        assert len(multiprocessing.active_children()) == 2
    assert none_left()
    with split_runner(FitSettings(**FAST), False) as run:
        apart = run(jobs)
    assert [one.samples for one in together] == [one.samples for one in apart]
    assert [one.candidates for one in together] == [one.candidates for one in apart]
    assert count.done == 2 * settings.steps(len(jobs[0][0].train))
    assert count.doing == "Measuring, 2 of 2 folds done"


def test_what_a_worker_cannot_do_is_told():
    settings = FitSettings(**FAST, workers=2)
    (split, _) = splits(GOLD, [], settings)
    lost = FitSettings(**{**FAST, "encoder": "no/such/folder"})
    with (
        pytest.raises(FewnerError, match="no/such/folder"),
        split_runner(settings, False) as run,
    ):
        run([(split, lost)])
    assert none_left()


def endless() -> FitSettings:
    return FitSettings(**{**FAST, "min_steps": 100_000}, workers=2)


def test_a_script_without_a_guard_is_told(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from spacy_fewner.fitting.measuring.parallel import split_runner\n"
        "from spacy_fewner.fitting.training.settings import FitSettings\n"
        "with split_runner(FitSettings(workers=2), False):\n    pass\n",
        "utf8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert "FewnerError: workers: must each start" in done.stderr
    assert 'if __name__ == "__main__":' in done.stderr.splitlines()[-1]


def soon(do) -> None:
    """Do it once the workers have their jobs."""
    threading.Timer(2.0, do, [multiprocessing.active_children()]).start()


def test_a_killed_worker_is_an_error():
    settings = endless()
    with (
        pytest.raises(FewnerError, match="workers: must each finish"),
        split_runner(settings, False) as run,
    ):
        soon(lambda children: os.kill(children[0].pid, signal.SIGKILL))
        run([(split, settings) for split in splits(GOLD, [], settings)])
    assert none_left()


@pytest.fixture
def interruptible():
    """As from a terminal: a shell starts what runs in its background with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_workers_end_with_an_interrupted_run(interruptible):
    settings, main = endless(), threading.main_thread().ident
    with pytest.raises(KeyboardInterrupt), split_runner(settings, False) as run:
        soon(lambda _: signal.pthread_kill(main, signal.SIGINT))
        run([(split, settings) for split in splits(GOLD, [], settings)])
    assert none_left()


ALONE = """
from corpus_helpers import GOLD
from test_parallel import endless
from spacy_fewner.fitting.measuring.parallel import split_runner
from spacy_fewner.fitting.measuring.validation import splits
import multiprocessing

if __name__ == "__main__":
    settings = endless()
    with split_runner(settings, False) as run:
        print(*[child.pid for child in multiprocessing.active_children()], flush=True)
        run([(split, settings) for split in splits(GOLD, [], settings)])
"""


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")  # one that nobody waits for is dead all the same
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_a_run_that_is_killed(tmp_path, how):
    """It has no time to end them: they see to it themselves."""
    script = tmp_path / "alone.py"
    script.write_text(ALONE, "utf8")
    here = Path(__file__)
    paths = os.pathsep.join(map(str, (here.parent, here.parents[2] / "corpus")))
    running = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert running.stdout
    workers = [int(word) for word in running.stdout.readline().split()]
    assert len(workers) == 2 and all(map(runs, workers))
    running.send_signal(how)
    assert running.wait(60) == -how
    until = time.monotonic() + 30
    while any(map(runs, workers)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(runs, workers))
