"""How long a process takes from its start to its first spans, and what memory it needs."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

TRIES = 3
_TEXT = "Hopfield networks were described by John Hopfield at Caltech in California ."
# VmHWM and not getrusage, which counts what the process was before exec.
_CODE = """
import sys
import spacy
doc = spacy.load(sys.argv[1])(sys.argv[2])
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) / 1024, "torch" in sys.modules)
"""


@dataclass(frozen=True)
class Start:
    """seconds: from the start of the process. memory: MB at most. disk: MB of the pipeline."""

    name: str
    seconds: float
    memory: float
    disk: float


def starts(folder: Path, python: str) -> list[Start]:
    """Of each form that a pipeline has in the folder. python: what starts those without torch."""
    interpreters = {"torch": sys.executable, "fp32": python, "int8": python}
    return [
        _start(name, folder / name, interpreter)
        for name, interpreter in interpreters.items()
        if (folder / name).exists()
    ]


def _start(name: str, model: Path, python: str) -> Start:
    """The fastest of several."""
    found = []
    for _ in range(TRIES):
        began = time.perf_counter()
        run = subprocess.run(
            [python, "-c", _CODE, str(model), _TEXT], capture_output=True, text=True, check=True
        )
        seconds = time.perf_counter() - began
        memory, with_torch = run.stdout.split()
        found.append((seconds, float(memory), with_torch == "True"))
    seconds, memory, with_torch = min(found)
    disk = sum(path.stat().st_size for path in model.rglob("*") if path.is_file()) / 1e6
    kind = "with torch" if with_torch else "without torch"
    return Start(f"{name}, {kind}", seconds, memory, disk)
