"""A small, real pipeline and rows for it."""

import json
import random
from pathlib import Path

import spacy
from spacy.language import Language

WORDS = ("Ada", "left", "Rome", "for", "Oslo", "in", "1820", "and", "slept", "straße", "日本")


def ruler() -> Language:
    """Finds cities and numbers; writes doc.ents."""
    nlp = spacy.blank("en")
    patterns: list[dict] = [{"label": "CITY", "pattern": city} for city in ("Rome", "Oslo")]
    nlp.add_pipe("entity_ruler").add_patterns(
        [*patterns, {"label": "YEAR", "pattern": [{"IS_DIGIT": True}]}]
    )
    return nlp


def rows(count: int, seed: int = 0) -> list[dict]:
    chosen = random.Random(seed)
    return [
        {"id": n, "text": " ".join(chosen.choices(WORDS, k=chosen.randint(1, 12)))}
        for n in range(count)
    ]


def write_lines(path: Path, lines: list) -> Path:
    """Rows as JSON; strings as they are."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(line + "\n" for line in written), encoding="utf8")
    return path


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf8").splitlines()]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
