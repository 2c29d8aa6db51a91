"""Small data sets of made-up texts, and what a pretraining needs besides."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spacy_fewner.pretraining.schemes import OpenLabel, Scheme
from spacy_fewner.types import CharSpan, Sample

FIRST = ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")
PLACES = ("Rome", "Oslo", "Lima", "Bonn", "Kyiv", "Lyon")
LABELS = {
    "person": OpenLabel(("person", "somebody", "named woman"), ("Who did it.", "One who acts.")),
    "place": OpenLabel(("place", "town"), ("Where it was.",)),
}
TINY: dict[str, Any] = {
    "batch_size": 4,
    "group": 2,
    "rank": 2,
    "writer": 16,
    "max_width": 4,
    "precision": "float32",
}


def marked(text: str, **meta: Any) -> Sample:
    """From "[Ada:person] met [Bo:person]" to the text and its spans."""
    plain, spans = "", []
    for part in re.split(r"(\[[^\]]*\])", text):
        surface, _, label = part.strip("[]").partition(":") if part[:1] == "[" else (part, "", "")
        if label:
            spans.append(CharSpan(len(plain), len(plain) + len(surface), label))
        plain += surface
    return Sample(plain, tuple(spans), meta=meta)


def small_scheme(name: str = "small", n: int = 12) -> Scheme:
    """Texts with a person and a place each, every third one without any."""
    texts = [
        marked(f"[{FIRST[i % 6]}:person] went to [{PLACES[i * 5 % 6]}:place] {i}")
        if i % 3
        else marked(f"nobody went {i}")
        for i in range(n)
    ]
    return Scheme(name, texts, LABELS)


def named_scheme(name: str, labels: dict[str, Sequence[str]], samples: Sequence[Sample]) -> Scheme:
    """labels: by id, their names."""
    return Scheme(name, samples, {key: OpenLabel(tuple(names)) for key, names in labels.items()})


def text_vectors(texts: Sequence[str]) -> np.ndarray:
    """A vector of length 1 for each text; like texts have nothing in common."""
    rows = [np.random.default_rng([*text.encode(), 1]).normal(size=8) for text in texts]
    return np.asarray([row / np.linalg.norm(row) for row in rows], dtype="float32")


def write_scheme(scheme: Scheme, folder: Path) -> Path:
    """As a folder with train.jsonl and schema.jsonl."""
    import srsly

    from spacy_fewner.data import write_samples

    folder.mkdir(parents=True)
    write_samples(scheme.samples, folder / "train.jsonl")
    records = [
        {
            "id": label,
            "description": next(iter(known.definitions), ""),
            "synonyms": list(known.names[1:]),
            "paraphrases": list(known.definitions[1:]),
        }
        for label, known in scheme.labels.items()
    ]
    srsly.write_jsonl(folder / "schema.jsonl", records)
    return folder
