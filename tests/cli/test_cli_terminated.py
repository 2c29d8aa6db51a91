"""A command that is terminated leaves nothing half-written."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "assets/organ/train.jsonl"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_fit_cleans_up(tmp_path):
    command = [sys.executable, "-m", "spacy_fewner.cli", "fit", str(EXAMPLES), "out"]
    command += ["--encoder", "cnn", "--epochs", "500", "--quiet"]
    running = subprocess.Popen(command, cwd=tmp_path)
    try:
        deadline = time.monotonic() + 120
        while not any(tmp_path.iterdir()):
            assert running.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(0.5)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 128 + signal.SIGTERM
    finally:
        running.kill()
    assert not any(tmp_path.iterdir())
