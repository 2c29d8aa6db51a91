"""What is said of a long piece of work: on a terminal, in a log, and nowhere."""

import io
import os
import re
import select
import struct
import sys

import pytest

import spacy_fewner.progress
from spacy_fewner.progress import Lines, counted, counting, in_words, progress_shown


class Ticking:
    """A clock that goes on by so many seconds each time it is read."""

    def __init__(self, seconds: float):
        self.seconds, self.now = seconds, 0.0

    def monotonic(self) -> float:
        self.now += self.seconds
        return self.now


def lines_of(seconds: float, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a log gets of ten steps in two stages, at about so many seconds a step."""
    monkeypatch.setattr(spacy_fewner.progress, "time", Ticking(seconds))
    out = io.StringIO()
    count = Lines(10, "updates", out)
    count.begin("Measuring")
    for fold in (1, 2):
        count.note(f"fold {fold} of 2")
        for _ in range(4):
            count.step()
    count.begin("Training")
    count.step(2)
    return out.getvalue().splitlines()


def test_a_log_has_each_stage_and_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch):
    said = lines_of(4.0, monkeypatch)
    assert said[0] == "Measuring"
    assert "Training: 8 of 10 updates, less than a minute left" in said
    within = [
        line for line in said if re.match(r"Measuring, fold \d of 2: \d of 10 updates, ", line)
    ]
    assert 2 <= len(within) <= 5


def test_quick_work_says_its_stages_alone(monkeypatch: pytest.MonkeyPatch):
    said = lines_of(0.001, monkeypatch)
    assert [line.partition(":")[0] for line in said] == ["Measuring", "Training"]


def test_the_time_left_follows_what_is_done():
    count = Lines(100, "updates", io.StringIO())
    count.stage, count.done = "Measuring", 25
    assert count.line(60.0) == "Measuring: 25 of 100 updates, about 3 min left"
    count.expect(300)
    assert count.line(60.0).endswith("25 of 400 updates, about 15 min left")
    count.total = None
    assert count.line(60.0) == "Measuring: 25 updates"
    assert [in_words(s) for s in (5, 119, 3600 * 2 + 300)] == [
        "less than a minute",
        "about 2 min",
        "about 2 h 5 min",
    ]


def test_what_an_earlier_process_did_says_nothing_of_the_pace():
    count = Lines(100, "updates", io.StringIO())
    count.stage = "Pretraining"
    count.resume(80)
    assert count.line(1.0) == "Pretraining: 80 of 100 updates"
    count.step(5)
    assert count.line(60.0) == "Pretraining: 85 of 100 updates, about 3 min left"


def test_nothing_is_said_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]):
    for shown in (None, False):
        with progress_shown(False) if shown is False else counting(1, "x"):
            with counting(3, "updates") as count:
                count.begin("Measuring")
            assert list(counted("abc", "Reading", "texts", 3)) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_what_is_shown_goes_to_stderr(capsys: pytest.CaptureFixture[str]):
    with progress_shown(), counting(3, "updates") as count:
        count.begin("Measuring")
    with counting(3, "updates") as count:
        count.begin("No longer shown")
    assert capsys.readouterr() == ("", "Measuring\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch):
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
    monkeypatch.setattr(spacy_fewner.progress, "BAR_AFTER", 0)
    with open(theirs, "w") as terminal, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", terminal)
        with progress_shown(), counting(4, "updates") as count:
            count.begin("Measuring")
            count.note("fold 1 of 2")
            count.step(2)
        terminal.flush()
        shown = read_until(ours, "fold 1 of 2")
    os.close(ours)
    assert "\r" in shown and "Measuring, fold 1 of 2" in shown and "updates" in shown


def read_until(terminal: int, wanted: str) -> str:
    """What a terminal was sent: the kernel passes it on bit by bit."""
    shown = ""
    while wanted not in shown and select.select([terminal], [], [], 30)[0]:
        shown += os.read(terminal, 10_000).decode()
    return shown
