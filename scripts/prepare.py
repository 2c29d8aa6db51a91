"""Write a published data set as `train.jsonl` and `test.jsonl`: python scripts/prepare.py NAME OUT.

The source is the folder NAME in FEWNER_DATA when that variable is set, else what `weasel assets`
fetches to corpus/raw. No dev set is written: thresholds come from the training sentences.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.formats.tags import spans_from_tags
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

RAW = Path("corpus/raw")


@dataclass(frozen=True)
class DataSet:
    """A published data set.

    raw: the files of each split, below corpus/raw.
    counts: sentences and entities of each split, as published.
    """

    raw: dict[str, list[str]]
    counts: dict[str, tuple[int, int]]


def _crossner(domain: str, train: tuple[int, int], test: tuple[int, int]) -> DataSet:
    files = {split: [f"crossner/{domain}/{split}.txt"] for split in ("train", "test")}
    return DataSet(files, {"train": train, "test": test})


DATA_SETS = {
    "crossner_ai": _crossner("ai", (100, 532), (431, 1809)),
    "crossner_literature": _crossner("literature", (100, 541), (416, 2266)),
    "crossner_politics": _crossner("politics", (200, 1304), (651, 4209)),
    "mit_movie": DataSet(
        {
            "train": ["mit_movie/train.jsonl", "mit_movie/val.jsonl"],
            "test": ["mit_movie/test.jsonl"],
        },
        {"train": (9775, 21295), "test": (2443, 5339)},
    ),
}


def prepare(name: str, out: Path) -> None:
    if name not in DATA_SETS:
        raise FewnerError("name", f"must be one of {', '.join(DATA_SETS)}", name, "Choose one.")
    wanted = DATA_SETS[name]
    samples = {split: _read(name, split, wanted.raw[split]) for split in wanted.raw}
    for split, found in samples.items():
        counts = len(found), sum(len(sample.spans) for sample in found)
        if counts != wanted.counts[split]:
            shown = "{} sentences with {} entities".format
            raise FewnerError(
                f"{name}/{split}",
                f"must have {shown(*wanted.counts[split])}",
                shown(*counts),
                "This is another version of the data; get the one that project.yml names.",
            )
    # In one order, whatever the source, so that the same seed samples the same sentences.
    held = {sample.text for sample in samples["test"]}
    kept = (sample for sample in samples["train"] if sample.text not in held)
    train = sorted(kept, key=lambda sample: (sample.text, sample.spans))
    write_samples(train, out / "train.jsonl")
    write_samples(samples["test"], out / "test.jsonl")
    print(f"{len(train)} training and {len(samples['test'])} test sentences in {out}")


def _read(name: str, split: str, raw: list[str]) -> list[Sample]:
    local = os.environ.get("FEWNER_DATA")
    if local:
        return read_samples(Path(local) / name / f"{split}.jsonl")
    if not all((RAW / file).is_file() for file in raw):
        subprocess.run([sys.executable, "-m", "weasel", "assets", ".", "--extra"], check=True)
    read: dict[str, Callable[[Path], list[Sample]]] = {".txt": read_samples, ".jsonl": _read_tagged}
    return [sample for file in raw for sample in read[Path(file).suffix](RAW / file)]


def _read_tagged(path: Path) -> list[Sample]:
    """Lines of {"tokens": [...], "ner_tags": ["O", "B-TITLE", ...]}."""
    rows = map(json.loads, path.read_text("utf8").splitlines())
    return [_sample(row["tokens"], row["ner_tags"]) for row in rows]


def _sample(words: list[str], tags: list[str]) -> Sample:
    tokens, position = [], 0
    for word in words:
        tokens.append((position, position + len(word)))
        position += len(word) + 1
    spans = [
        CharSpan(tokens[start][0], tokens[end - 1][1], label)
        for start, end, label in spans_from_tags(tags)
    ]
    return Sample(" ".join(words), tuple(spans), tuple(tokens))


if __name__ == "__main__":
    try:
        prepare(sys.argv[1], Path(sys.argv[2]))
    except FewnerError as error:
        sys.exit(f"Error: {error}")
