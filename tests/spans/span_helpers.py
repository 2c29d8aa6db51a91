"""A few annotated texts, and a `fewner` trained on them."""

import spacy
from spacy.tokens import SpanGroup
from spacy.training import Example

TEXTS = [
    (
        "The Swell box of Hartwell needs new leather.",
        [
            ("Swell box", "PART"),
            ("Hartwell", "FIRM"),
            ("Swell", "DIVISION"),
            ("leather", "MATERIAL"),
        ],
    ),
    (
        "Hartwell replaced the oak pallets of the Great.",
        [("Hartwell", "FIRM"), ("oak pallets", "PART"), ("oak", "MATERIAL"), ("Great", "DIVISION")],
    ),
    (
        "Leather of the Great pallets was made by Brindle.",
        [("Great pallets", "PART"), ("Great", "DIVISION"), ("Brindle", "FIRM")],
    ),
    ("Nothing to report today.", []),
]


def make_example(nlp, text, surfaces, key="sc"):
    reference = nlp.make_doc(text)
    spans = []
    for surface, label in surfaces:
        at = text.index(surface)
        span = reference.char_span(at, at + len(surface), label=label)
        assert span is not None
        spans.append(span)
    reference.spans[key] = SpanGroup(reference, spans=spans)
    return Example(nlp.make_doc(text), reference)


def make_pipeline(**config):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config=config)
    return nlp


def train(nlp, steps=120, key="sc"):
    examples = [make_example(nlp, text, gold, key) for text, gold in TEXTS]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.001  # at 0.003 single updates still throw it back
    losses = [nlp.update(examples, sgd=optimizer)["fewner"] for _ in range(steps)]
    return examples, losses
