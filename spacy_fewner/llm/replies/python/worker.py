"""The worker process: a line of JSON in, a line of JSON out, until its input ends."""

import json
import signal
import sys
import unicodedata  # noqa: F401  (Python's parser imports it at the first name beyond ASCII)
import warnings
from typing import Any

from . import classes, instances
from .limits import allow_seconds, close_doors

# Read once before the doors close, so that what Python imports late is there by then.
_WARM_UP = """
from typing import List
@dataclass
class Ä:
    '''A \\d'''
    b: List["Ä"] = 1  # c
    'below'
d = [Ä(b="e\\d", c=-1.5, f=[None])]
"""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the asker to stop
    warnings.simplefilter("ignore")  # of what a model wrote: deprecated escapes and the like
    for reply in (_WARM_UP, _WARM_UP + "d 'e"):
        _answer({"reply": reply, "classes": None, "examples": []})
        _answer({"reply": reply, "classes": {"Ä": "bcf"}, "wrapper": None, "examples": []})
    close_doors()
    _say({})
    for line in sys.stdin.buffer:
        allow_seconds()
        _say(_answer(json.loads(line)))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode() + b"\n")
    sys.stdout.buffer.flush()


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    examples = frozenset(job["examples"])
    try:
        if job["classes"] is None:
            return classes.read(job["reply"], examples)
        return instances.read(job["reply"], job["classes"], job["wrapper"], examples)
    except Exception as error:
        return {"failed": type(error).__name__}
