"""`annotate --ray` on local nodes of which one is lost in the middle, beside one process.

OMP_NUM_THREADS=1 python benchmarks/annotate_ray.py [--texts 40000] [--nodes 4]
Prints what was measured; writes it to --out as JSON. All nodes share this machine's cores.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.annotate_runs import make_pipeline, make_texts
from benchmarks.datasets import ROOT
from benchmarks.provenance import provenance
from spacy_fewner.scale import annotate
from spacy_fewner.scale.writing.output import Output

STORE = 80_000_000  # bytes of a node's memory for objects
SHARE = 0.4  # of the texts, after which a node is lost


class Watched:
    """Notes when each chunk is written, and does something once at a share of the texts."""

    def __init__(self, texts: int, then: Any = None):
        self._texts, self._then = texts * SHARE, then
        self.times: list[tuple[float, int]] = []

    def __enter__(self) -> Watched:
        self._append = Output.append
        watched = self

        def append(output: Output, *args: Any) -> None:
            watched._append(output, *args)
            watched.times.append((time.monotonic(), output.state.texts))
            if watched._then and output.state.texts >= watched._texts:
                watched._then()
                watched._then = None

        Output.append = append  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: Any) -> None:
        Output.append = self._append  # type: ignore[method-assign]

    @property
    def rate(self) -> float:
        """Texts a second from the first chunk to the last."""
        (begun, first), (ended, last) = self.times[0], self.times[-1]
        return (last - first) / (ended - begun)


def measured(folder: Path, texts: int, nodes: int) -> dict[str, Any]:
    """Rates, and whether the outputs are the same bytes."""
    import ray
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    pipeline, given = make_pipeline(folder / "model"), make_texts(folder / "in.jsonl", texts)
    found: dict[str, Any] = {"texts": texts, "nodes": nodes, "cores": os.cpu_count()}
    with Watched(texts) as run:
        annotate(pipeline, given, folder / "one.jsonl")
    found["one process"] = run.rate
    head = {"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    added = [cluster.add_node(num_cpus=1, object_store_memory=STORE) for _ in range(nodes)]
    ray.init(address=cluster.address, logging_level="ERROR", log_to_driver=False)
    try:
        for name, then in (("whole", None), ("lost", lambda: cluster.remove_node(added.pop()))):
            with Watched(texts, then) as run:
                annotate(pipeline, given, folder / f"{name}.jsonl", ray="auto")
            found[f"ray, {name}"] = run.rate
            same = (folder / f"{name}.jsonl").read_bytes() == (folder / "one.jsonl").read_bytes()
            found[f"ray, {name}, same bytes"] = same
    finally:
        ray.shutdown()
        cluster.shutdown()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--nodes", type=int, default=4)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/annotate_ray.json")
    parser.add_argument("--machine", default="", help="the machine in words")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), args.texts, args.nodes)
    found |= provenance(args.machine)
    args.out.write_text(json.dumps(found, indent=1) + "\n", "utf8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
