"""Runs of `spacy-fewner annotate` in processes of their own, watched from outside."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CITIES = ("Rome", "Oslo", "Lima", "Cairo", "Quito", "Dakar", "Hanoi", "Perth")
WORDS = ("the", "organ", "was", "moved", "from", "to", "by", "ship", "and", "set", "up", "again")
POLL = 0.05  # seconds
SHARES = (0.1, 0.5, 1.0)


def make_pipeline(folder: Path) -> Path:
    """A blank pipeline with an entity ruler: cheap, but all of what spaCy does is done."""
    import spacy

    nlp = spacy.blank("en")
    patterns: list[dict[str, Any]] = [{"label": "CITY", "pattern": city} for city in CITIES]
    patterns.append({"label": "YEAR", "pattern": [{"SHAPE": "dddd"}]})
    nlp.add_pipe("entity_ruler").add_patterns(patterns)
    nlp.to_disk(folder)
    return folder


def make_texts(path: Path, count: int, words: int = 12) -> Path:
    """Rows of so many words, one of which is in no other row."""
    chosen = random.Random(0)
    with path.open("w", encoding="utf8") as lines:
        for number in range(count):
            said = chosen.choices(WORDS, k=words - 3)
            said += [chosen.choice(CITIES), str(chosen.randint(1700, 1999)), f"no{number}"]
            lines.write(json.dumps({"id": number, "text": " ".join(said)}) + "\n")
    return path


def command(model: Path | str, given: Path, out: Path, *options: str) -> list[str]:
    names = [str(model), str(given), str(out)]
    return [sys.executable, "-m", "spacy_fewner.cli", "annotate", *names, "--quiet", *options]


def watched(run: Sequence[str], work: Path, texts: int) -> dict[str, Any]:
    """Seconds from the first chunk to the end, CPU seconds, and the peak at shares of the texts."""
    peaks: dict[str, float] = {}
    running = subprocess.Popen(run)
    begun: tuple[float, int] | None = None
    last = 0.0  # not ru_maxrss, which begins with what this process holds
    while (state := os.wait4(running.pid, os.WNOHANG))[0] == 0:
        done, peak = _texts(work), peak_of(running.pid)
        last = max(last, peak)
        if done and begun is None:
            begun = time.monotonic(), done
        for share in SHARES[:-1]:
            if done >= share * texts:
                peaks.setdefault(f"{share:.0%}", peak)
        time.sleep(POLL)
    used = state[2]
    if state[1]:
        raise RuntimeError(f"{run}: {state[1]}")
    peaks["100%"] = last
    seconds, first = (time.monotonic() - begun[0], begun[1]) if begun else (0.0, 0)
    return {
        "texts": texts,
        "rate": (texts - first) / seconds if seconds else 0.0,
        "cpu": used.ru_utime + used.ru_stime,
        "peaks": peaks,
    }


def killed(run: Sequence[str], work: Path, times: int, longest: float) -> list[int]:
    """Kill the same run again and again; how many texts the ledger had each time."""
    chosen, found = random.Random(1), []
    while len(found) < times:
        running = subprocess.Popen(run)
        begin = _texts(work)
        while running.poll() is None and _texts(work) == begin:
            time.sleep(POLL)
        time.sleep(chosen.uniform(0, longest))
        if running.poll() is not None:
            break
        running.send_signal(signal.SIGKILL)
        running.wait()
        found.append(_texts(work))
    subprocess.run(run, check=True)
    return found


def one_text(model: Path, given: Path, out: Path) -> None:
    """Print the CPU seconds and MB that a file takes beyond what another text has taken."""
    import spacy

    from spacy_fewner.scale import annotate

    nlp = spacy.load(model)
    first = make_texts(given.with_suffix(".first.jsonl"), 1)
    annotate(nlp, first, out.with_suffix(".first.jsonl"))
    peak, begun = peak_of(), time.process_time()
    annotate(nlp, given, out, max_length=10**8)
    seconds = time.process_time() - begun
    print(json.dumps({"seconds": seconds, "mb": peak_of() - peak}))


def in_its_own_process(model: Path, given: Path, out: Path) -> dict[str, float]:
    """What `one_text` prints."""
    named = ", ".join(f"Path({str(path)!r})" for path in (model, given, out))
    code = "from pathlib import Path\nfrom benchmarks.annotate_runs import one_text\n"
    root = Path(__file__).resolve().parents[1]
    run = [sys.executable, "-c", f"{code}one_text({named})"]
    done = subprocess.run(run, cwd=root, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _texts(work: Path) -> int:
    """How many texts the ledger confirms."""
    try:
        with (work / "ledger.jsonl").open("rb") as ledger:
            ledger.seek(max(0, ledger.seek(0, os.SEEK_END) - 1000))
            lines = ledger.read().splitlines()
        return json.loads(lines[-1])["texts"] if lines else 0
    except (OSError, ValueError):
        return 0


def peak_of(process: int | str = "self") -> float:
    """MB that it has held at most so far."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0
