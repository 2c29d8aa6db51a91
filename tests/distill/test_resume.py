"""A run that was killed goes on with the same losses; other runs' checkpoints are refused."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_lm import memorising_rows, row, tiny_base
from tuning_helpers import losses_of, tuned

from spacy_fewner.distill.tuning.checkpoints import FOLDER
from spacy_fewner.distill.tuning.losses import FILE as LOSSES
from spacy_fewner.errors import FewnerError

CHANGES = {"dropout": 0.1, "epochs": 12, "check_every": 8, "rank": 4}
SCRIPT = f"""
import sys
from pathlib import Path
from tuning_helpers import tuned
tuned(Path(sys.argv[1]), Path(sys.argv[2]), {CHANGES})
"""


def start(base: Path, out: Path) -> "subprocess.Popen[bytes]":
    """In a process of its own."""
    path = os.pathsep.join(one for one in sys.path if one)
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, base, out], env=environment)


def kill_after(process: "subprocess.Popen[bytes]", file: Path, lines: int) -> None:
    while process.poll() is None:
        if file.is_file() and file.read_bytes().count(b"\n") >= lines:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.005)
    assert process.wait() == -signal.SIGKILL


def test_a_killed_run_goes_on_with_the_same_losses(lm: Path, tmp_path: Path):
    whole = tuned(lm, tmp_path / "whole", CHANGES)
    out = tmp_path / "killed"
    written = out / FOLDER / "round-1" / LOSSES
    kill_after(start(lm, out), written, 23)  # in the middle of an epoch
    assert 23 <= len(losses_of(written)) < 50
    checkpoints = {int(one.name.partition("-")[2]): one for one in kept(out)}
    assert len(checkpoints) == 2
    last = checkpoints[max(checkpoints)] / "trainer_state.json"
    last.write_text("{")  # as a kill while it was written leaves it
    again = tuned(lm, out, CHANGES)
    assert losses_of(out / LOSSES) == losses_of(tmp_path / "whole" / LOSSES)
    assert again.rounds[0].best == whole.rounds[0].best
    assert weights(out) == weights(tmp_path / "whole")
    assert not (out / FOLDER).exists()


def kept(out: Path) -> list[Path]:
    return list((out / FOLDER / "round-1").glob("checkpoint-*"))


def weights(folder: Path) -> bytes:
    return (folder / "adapter_model.safetensors").read_bytes()


@pytest.fixture
def stopped(lm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with checkpoints of a run that failed when it was to write its model."""
    out = tmp_path / "out"

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("spacy_fewner.distill.tuning.output.write.write_output", fails)
        with pytest.raises(KeyboardInterrupt):
            tuned(lm, out, {"epochs": 1})
    return out


@pytest.mark.parametrize(
    ("changes", "how", "argument", "rule"),
    [
        ({"rank": 8}, {}, "rank", "16"),
        ({"learn_rate": 1e-3}, {}, "learn_rate", "0.01"),
        ({}, {"rows": memorising_rows(3)}, "rows", "must be as in the run"),
        ({}, {"dev": [row("a", "b")]}, "dev", "must be as in the run"),
        ({}, {"gold": memorising_rows()}, "gold", "must be as in the run"),
    ],
)
def test_checkpoints_of_another_run_are_refused(
    stopped: Path, lm: Path, changes: dict, how: dict, argument: str, rule: str
):
    with pytest.raises(FewnerError, match=rule) as caught:
        tuned(lm, stopped, {"epochs": 1, **changes}, **how)
    assert caught.value.argument == argument
    assert "--overwrite" in caught.value.remedy and len(str(caught.value).splitlines()) == 1


def test_checkpoints_of_another_base_are_refused(stopped: Path, lm: Path, tmp_path: Path):
    other = tiny_base(tmp_path / "other", seed=1)
    with pytest.raises(FewnerError) as caught:
        tuned(other, stopped, {"epochs": 1})
    assert caught.value.argument == "base"
    lm_bytes = (lm / "model.safetensors").read_bytes()
    (other / "model.safetensors").write_bytes(lm_bytes)  # the name is free, the weights are not
    tuned(other, stopped, {"epochs": 1})


def test_a_run_whose_rounds_are_done_does_not_train_again(
    stopped: Path, lm: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr("spacy_fewner.distill.tuning.rounds._train")
    result = tuned(lm, stopped, {"epochs": 1, "micro_tokens": 99})
    assert result.rounds[0].updates == 4
    with pytest.raises(FewnerError, match="tuned model already"):
        tuned(lm, stopped, {"epochs": 1})
