"""What open extraction is measured on: documents and passages that have no labels here."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

from spacy_fewner.synthesis.retrieval.corpus_file import read_unlabelled
from spacy_fewner.synthesis.stages.passages import Passages
from spacy_fewner.types import Sample, Schema

ABSTRACTS, PROTOCOLS, RECIPES = 20, 15, 15


def documents(data: Path) -> list[Sample]:
    """50 documents of 70 to 220 words: encyclopedia abstracts (DBpedia), wet lab protocols and
    syntheses of materials, the last two put together again from their sentences."""
    abstracts = _texts(data / "dbpedia14/train.jsonl", 70, 180)
    found = _drawn("dbpedia", list(abstracts), ABSTRACTS)
    for name, count in (("wlp", PROTOCOLS), ("materials", RECIPES)):
        found += _drawn(name, _whole(data / "open" / name / "train.jsonl"), count)
    return found


def passages(data: Path, most: int) -> list[Sample]:
    """Of English Wikipedia sentences."""
    given = read_unlabelled(data / "wiki_sentences/corpus.jsonl")
    made = Passages(most=most)(given, Schema(()), None)
    return [one for one in made if isinstance(one, Sample)]


def _texts(path: Path, least: int, most: int) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    return [text for text in texts if least <= len(text.split()) <= most]


def _whole(path: Path) -> list[str]:
    """Documents of the sentences of a file, whose ids end with their number."""
    sentences: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        document, _, number = record["meta"]["id"].rpartition("-")
        sentences[document].append((int(number), record["text"]))
    texts = [" ".join(text for _, text in sorted(held)) for _, held in sorted(sentences.items())]
    return [text for text in texts if 80 <= len(text.split()) <= 220]


def _drawn(name: str, texts: list[str], count: int) -> list[Sample]:
    chosen = random.Random(0).sample(texts, count)
    return [Sample(text, meta={"id": f"{name}-{number}"}) for number, text in enumerate(chosen)]
