"""The page of the distillation benchmark says what was measured."""

import pytest

from benchmarks.distill_page import PARTS, page

SCORES = {"f": 0.315, "p": 0.2, "r": 0.4, "words_per_cpu_second": 12.5, "rejected": 0}
TUNING = {"dev loss": [1.9, 0.4361], "seconds": 1234}
SIZES = {"epochs": 3, "test": 40}
WAYS = {
    "crossner": ("untuned", "tuned"),
    "negatives": ("none", "uniform", "frequency"),
    "extractor": ("untuned", "untuned, held to the text", "tuned", "tuned, held to the text"),
    "open": (
        "language model, untuned",
        "language model",
        "span model",
        "span model, all passages",
    ),
}


def found() -> dict:
    parts = {name: dict.fromkeys(ways, SCORES) for name, ways in WAYS.items()}
    parts["extractor"]["rounds"] = {"1": SCORES, "3": SCORES, "5": SCORES}
    parts["open"]["passages"], parts["crossner"]["texts"] = 200, 300
    chosen = {"untuned": 0.05, "tuned": 0.55, "tuning": TUNING}
    cascade = {"untuned": SCORES, "tuned": SCORES}
    parts["classifier"] = {"in context": chosen, "alone": chosen, "cascade": cascade}
    return {
        name: {**part, "tuning": TUNING, "sizes": SIZES, "base": "Small"}
        for name, part in parts.items()
    }


@pytest.mark.parametrize("part", PARTS)
def test_each_part_by_itself(part: str):
    text = page({part: found()[part]}, {"date": "today"})
    assert text.count("\n## ") == 1 and "- date: today" in text


def test_all_parts_in_their_order():
    text = page(found(), {})
    assert text.count("\n## ") == len(PARTS)
    assert "| tuned, held to the text | 31.5 | 20.0 | 40.0 | 12.5 |" in text
    assert "Loss on dev rows: 1.900 → 0.436; 1,234 s." in text
    assert "| in context | 5.0 | 55.0 |" in text
    assert "200 passages of the Pile" in text
