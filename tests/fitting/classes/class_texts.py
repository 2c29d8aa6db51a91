"""Texts of a few classes that even a small network tells apart."""

import random

from spacy_fewner.types import CharSpan, Sample

WORDS = {
    "repair": ["leather", "glue", "crack", "hinge", "bellows"],
    "tuning": ["pitch", "beats", "temperament", "fifth", "octave"],
    "quote": ["price", "invoice", "estimate", "cost", "deposit"],
}
FAST = {"encoder": "cnn", "epochs": 2, "min_steps": 12, "progress": False}


def texts(n: int, seed: int = 0, classes: tuple[str, ...] = tuple(WORDS)) -> list[Sample]:
    """So many of each class, one after the other."""
    rng = random.Random(seed)
    return [
        Sample(
            f"Note {seed}{at}: the {' and the '.join(rng.sample(WORDS[one], 2))} of {one[:1]}.",
            cats={one: 1.0},
            spans_annotated=False,
        )
        for at in range(n)
        for one in classes
    ]


def with_makers(samples: list[Sample]) -> list[Sample]:
    """The same with a span in each."""
    makers = ["Hartwell", "Brindle", "Osgood", "Penrose"]
    found = []
    for at, sample in enumerate(samples):
        maker = makers[at % len(makers)]
        spans = (CharSpan(0, len(maker), "MAKER"), CharSpan(len(maker) + 1, len(maker) + 5, "WORD"))
        found.append(Sample(f"{maker} {sample.text}", spans, cats=dict(sample.cats)))
    return found
