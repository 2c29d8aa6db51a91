"""A process in which nothing of training is installed, whatever is: for `python -c`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TRAINING = ("torch", "transformers", "peft", "spacy_transformers", "matplotlib", "safetensors")
# Thinc imports torch where it can, and spaCy every entry point of an installed distribution.
HIDE = f"""
import importlib.metadata, sys
HIDDEN = {TRAINING!r}
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
def distributions(every=importlib.metadata.distributions, **given):
    return (one for one in every(**given) if one.name.replace("-", "_") not in HIDDEN)
sys.meta_path.insert(0, Hidden())
importlib.metadata.distributions = distributions
"""


def run_without_training(
    code: str, *arguments: str, path: Sequence[Path] = ()
) -> subprocess.CompletedProcess[str]:
    """Run code where no library of training can be imported. path: folders of further modules."""
    before = os.environ.get("PYTHONPATH", "")
    folders = os.pathsep.join([*map(str, path), *filter(None, [before])])
    return subprocess.run(
        [sys.executable, "-c", HIDE + code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": folders},
    )
