"""One part of the client's benchmark, in a process of its own: argv is a Part as JSON."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.datasets import ROOT

sys.path.insert(0, str(ROOT / "tests" / "llm"))

from server import echo, spawned

from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.types import Message, Prompt


@dataclass(frozen=True)
class Part:
    """requests: how many. latency: seconds of a good reply. seed: of the faults; None for none."""

    requests: int
    concurrency: int
    latency: float
    seed: int | None = None
    timeout: float = 10.0
    prompt_length: int = 1000


def prompts(part: Part) -> Iterator[Prompt]:
    for number in range(part.requests):
        text = f"prompt {number} ".ljust(part.prompt_length, "x")
        yield Prompt((Message("user", text),))


def run(part: Part) -> dict[str, Any]:
    """The part from a new journal, and once more from that journal."""
    faults = {} if part.seed is None else {"seed": part.seed}
    with (
        tempfile.TemporaryDirectory() as folder,
        spawned(latency=part.latency, **faults) as (url, stats),
    ):
        model = OpenAIModel(
            OpenAISettings(
                *("model", url, None),
                concurrency=part.concurrency,
                timeout=part.timeout,
                backoff=0.02,
                max_reply_bytes=1_000_000,
            )
        )
        path = Path(folder) / "journal.jsonl"
        first = complete(part, model, path)
        served = stats()
        again = complete(part, model, path)
        asked_again = stats()["attempts"] - served["attempts"]
        lines = path.read_bytes().count(b'\n{"key"')
        return {**first, "again": again, "asked_again": asked_again, "lines": lines, **served}


def complete(part: Part, model: OpenAIModel, path: Path) -> dict[str, Any]:
    """Seconds, CPU-seconds, wrong replies, and memory after each tenth."""
    started, used = time.perf_counter(), time.process_time()
    wrong = done = 0
    resident, blocks = [], []
    with Journal(path) as journal:
        client = Client(model, journal)
        for prompt, reply in zip(prompts(part), client.complete(prompts(part)), strict=True):
            wrong += reply.text != echo({"messages": [{"content": prompt.messages[0].content}]})
            done += 1
            if done % (part.requests // 10) == 0:
                resident.append(resident_mb())
                blocks.append(sys.getallocatedblocks())
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - used,
        "wrong": wrong,
        "done": done,
        "resident_mb": resident,
        "blocks": blocks,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,  # Linux: KiB
        "tokens": client.totals.tokens,
    }


def resident_mb() -> float:
    """Of this process, now; Linux."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    print(json.dumps(run(Part(**json.loads(sys.argv[1])))))
