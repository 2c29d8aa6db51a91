"""What classes of texts cost: time beside entities on one encoder, and memory by number of classes.

python benchmarks/textcat_cost.py --encoder minilm=PATH
Speed: the same texts through a pipeline of `fewner` and one of `fewner` and `fewner_textcat` on one
encoder, in turns, one thread; the ratio of the least times. Memory: the peak of a process that
trains on 1,500 texts of 10, 50 and 150 classes, for as many updates.
Writes results/textcat_cost.json.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT

ORGAN = ROOT / "assets/organ"
NOTES = ROOT / "assets/organ_notes"
OUT = ROOT / "benchmarks/results/textcat_cost.json"
ROUNDS = 7
READ = 400  # texts a round
TEXTS, UPDATES = 1500, 100
CLASSES = (10, 50, 150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    name, path = parser.parse_args().encoder
    found = {"encoder": name, "speed": speed(path), "memory_mb": memory(path)}
    OUT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf8")
    print(json.dumps(found, indent=2))


def speed(encoder: str) -> dict[str, Any]:
    """Least seconds for the texts by each pipeline, and their ratio."""
    import torch

    torch.set_num_threads(1)
    pipelines = {"fewner": trained(encoder, None), "both": trained(encoder, "finetune")}
    texts = _texts(ORGAN / "test.jsonl")
    texts = [texts[at % len(texts)] for at in range(READ)]
    seconds: dict[str, list[float]] = {name: [] for name in pipelines}
    for _ in range(ROUNDS):
        for name, nlp in pipelines.items():
            begun = time.process_time()
            for doc in nlp.pipe(texts):
                doc.tensor = doc.tensor[:0]
            seconds[name].append(time.process_time() - begun)
    least = {name: min(values) for name, values in seconds.items()}
    return {**least, "ratio": least["both"] / least["fewner"], "texts": READ}


def trained(encoder: str, way: str | None) -> Any:
    """A pipeline on an encoder that others can listen to; with classes where a way is given."""
    from spacy_fewner.data.read import read_samples
    from spacy_fewner.fitting.training.class_config import ClassSettings
    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings
    from spacy_fewner.fitting.training.sharing import share_encoder
    from spacy_fewner.fitting.training.training import train_pipeline

    samples = read_samples(ORGAN / "train.jsonl")
    classes = None
    if way:
        notes = read_samples(NOTES / "train.jsonl")
        samples = [*samples, *notes]
        records = [{"id": one} for one in sorted({label for note in notes for label in note.cats})]
        classes = ClassSettings(records, True, way, alone=False)
    settings = FitSettings(
        encoder=encoder, epochs=1, min_steps=30, start="scratch", classes=classes
    )
    config = training_config(settings, len(samples), 0, True)
    if not way:
        tok2vec = dict(config["components"]["fewner"]["model"]["tok2vec"])
        share_encoder(config, tok2vec, ["fewner"])
    return train_pipeline(config, samples)


def memory(encoder: str) -> dict[int, int]:
    """MB at most, each in a process of its own."""
    context = multiprocessing.get_context("spawn")
    found = {}
    for n_classes in CLASSES:
        with context.Pool(1) as pool:
            found[n_classes] = pool.apply(peak, (encoder, n_classes))
    return found


def peak(encoder: str, n_classes: int) -> int:
    import torch

    from spacy_fewner.fitting.training.class_config import ClassSettings
    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings, of_classes
    from spacy_fewner.fitting.training.training import train_pipeline
    from spacy_fewner.types import Sample

    torch.set_num_threads(1)
    words = [word for text in _texts(ORGAN / "test.jsonl") for word in text.split()]
    draw = random.Random(0)
    samples = [
        Sample(" ".join(draw.sample(words, 12)), cats={f"class {at % n_classes}": 1.0})
        for at in range(TEXTS)
    ]
    records = [{"id": f"class {at}"} for at in range(n_classes)]
    settings = FitSettings(encoder=encoder, classes=ClassSettings(records, True, "contrastive"))
    config = training_config(of_classes(settings, ()), len(samples), 0, False)
    config["training"]["max_steps"] = UPDATES
    train_pipeline(config, samples)
    return _high_water()


def _high_water() -> int:
    """MB; unlike getrusage's, not that of the process which began this one."""
    status = Path("/proc/self/status").read_text(encoding="utf8")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024)


def _texts(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf8").splitlines()
    return [json.loads(line)["text"] for line in lines]


if __name__ == "__main__":
    main()
