"""The model card."""

from typing import Any

import torch

from spacy_fewner.pretraining.output.card import card_of
from spacy_fewner.spans.open.start import Start

ROW = {"texts": 3, "spans": 4, "labels": 2, "share": 1.0}
ABOUT: dict[str, Any] = {
    "data": [
        {"name": "wiki|text", "licence": "CC BY-SA 4.0", "source": "a\nb", **ROW},
        {"name": "own", "licence": "not stated", "source": "", **ROW},
    ],
    "counts": {
        "texts": 6000,
        "spans": 8,
        "labels": 3,
        "data_sets": 2,
        "in_held_out": 7,
        "texts_too_long": 1,
        "spans_too_wide": 2,
        "spans_off_tokens": 0,
    },
    "settings": {"passes": 1.5, "revision": "", "seed": 0},
    "zero_shot": {
        "mean_f": 0.5,
        "sets": {
            "dev": {
                "texts": 2,
                "labels": 2,
                "defined": 1,
                "all": {"p": 0.25, "r": 1.0, "f": 0.4, "spans": 4},
                "seen": {"labels": ["person"], "p": 0.5, "r": 0.5, "f": 0.512, "spans": 2},
                "unseen": {"labels": [], "p": 0.0, "r": 0.0, "f": 0.0, "spans": 0},
            }
        },
    },
}


def start(**about: Any) -> Start:
    base = {"name": "all-MiniLM", "kind": "hub", "revision": "abc", "hash": "f" * 64}
    return Start(base, {"rank": 16, "alpha": 64}, {}, 0.35, {"a": torch.zeros(3, 2)}, about)


def test_it_says_what_is_in_it():
    card = card_of(start(**ABOUT), "open")
    assert card.startswith("# open: a start for open labels\n")
    for part in (
        "`all-MiniLM`, revision `abc`",
        "f" * 64,
        "| threshold | 0.35 |",
        "6,000 texts with 8 spans of 3 labels",
        "| wiki\\|text | CC BY-SA 4.0 | 3 | 4 | 2 | 1.0 | a b |",
        "| own | not stated | 3 | 4 | 2 | 1.0 |  |",
        "7 texts like those of held-out",
        "passes 1.5, revision none, seed 0.",
        "| dev | 2 | 2, 1 with a definition | 25.0 | 100.0 | 40.0 | 51.2 (1) | no such (0) |",
        "Mean F1: 50.0.",
        "6 numbers in half precision",
    ):
        assert part in card
    assert "\n\n\n" not in card and card.endswith(".\n")


def test_what_was_not_measured_is_said_to_be_a_guess():
    for about in ({}, {key: ABOUT[key] for key in ("data", "counts", "settings")}):
        card = card_of(start(**about), "open")
        assert "Not measured: there was no dev set, and the threshold is a guess." in card
        assert "Mean F1" not in card and "\n\n\n" not in card
