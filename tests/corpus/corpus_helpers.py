"""Gold text, and a language model's part: replies computed from the request alone."""

import hashlib
import json
import random
import re
from typing import Any

from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

MAKERS = ["Hartwell", "Brindle", "Osgood", "Penrose", "Quill", "Marsh", "Tolley", "Vane"]
PARTS = ["pallet", "slider", "tracker", "reservoir", "trunk", "roller", "tremulant", "stop"]
WORDS = [
    *("again", "away", "before", "early", "here", "late", "later", "now", "often", "once"),
    *("soon", "there", "twice", "weekly", "anew", "today", "hardly", "nearly", "gladly"),
    *("slowly", "quietly", "badly", "well", "rarely", "never", "always", "seldom", "surely"),
]
SCHEMA = Schema((LabelSpec("MAKER"), LabelSpec("PART")))


def written(count: int, seed: int) -> list[Sample]:
    """Texts of eight words that share little but their mentions."""
    rng = random.Random(seed)
    return [_sample(rng) for _ in range(count)]


def _sample(rng: random.Random) -> Sample:
    maker, part = rng.choice(MAKERS), rng.choice(PARTS)
    before, after = (" ".join(rng.sample(WORDS, 3)) for _ in range(2))
    text = f"{before} {maker} sent the {part} {after}"
    return Sample(text, (_span(text, maker, "MAKER"), _span(text, part, "PART")))


def _span(text: str, surface: str, label: str) -> CharSpan:
    start = text.index(surface)
    return CharSpan(start, start + len(surface), label)


GOLD = written(12, seed=1)


def reply_to(body: dict[str, Any]) -> str:
    """Topics or entities as a list, annotated texts one a line, or an explanation."""
    asked = body["messages"][-1]["content"]
    seed = hashlib.sha256(json.dumps([body["messages"], body.get("seed")]).encode()).hexdigest()
    rng = random.Random(seed)
    if "more texts" in asked:
        plans = re.findall(r"^\d+\. about ", asked, re.MULTILINE)
        return "\n".join(_line(_sample(rng)) for _ in plans)
    if "response_format" in body or re.search(r"List \d+ (topics|others)\.", asked):
        return json.dumps({"items": [" ".join(rng.sample(WORDS, 2)) for _ in range(3)]})
    return _sample(rng).text


def _line(sample: Sample) -> str:
    entities = [{"text": s.surface(sample.text), "label": s.label} for s in sample.spans]
    return json.dumps({"text": sample.text, "entities": entities})
