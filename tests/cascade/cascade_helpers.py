"""A small task for the cascade: musicians, players, towns and countries."""

import spacy
from spacy.tokens import SpanGroup
from spacy.training import Example

TREE = [
    {"id": "person", "description": "a human being"},
    {"id": "person/organist", "description": "someone who plays the organ", "examples": ["Bach"]},
    {"id": "person/striker", "description": "someone who scores goals", "synonyms": ["forward"]},
    {"id": "place", "description": "somewhere on earth"},
    {"id": "place/town", "description": "a town with streets"},
    {"id": "place/country", "description": "a country with a border"},
]
NAMES = ["Ann", "Bob", "Eve", "Kim", "Lee", "Max"]
FRAMES = {
    "person/organist": "{} plays the organ on Sunday.",
    "person/striker": "{} scores goals on Sunday.",
    "place/town": "We walked the streets of {} today.",
    "place/country": "We crossed the border of {} today.",
}
CASES = [(frame.format(name), name, path) for path, frame in FRAMES.items() for name in NAMES]


def make_example(nlp, text, surfaces, spans_key="sc", candidates_key="span_candidates"):
    """Gold in the reference, the same spans without labels as candidates in the predicted doc."""
    reference, predicted = nlp.make_doc(text), nlp.make_doc(text)
    spans = []
    for surface, label in surfaces:
        at = text.index(surface)
        span = reference.char_span(at, at + len(surface), label=label)
        assert span is not None
        spans.append(span)
    reference.spans[spans_key] = SpanGroup(reference, spans=spans)
    candidates = [predicted[span.start : span.end] for span in spans]
    predicted.spans[candidates_key] = SpanGroup(predicted, spans=candidates)
    return Example(predicted, reference)


def examples_of(nlp, **keys):
    return [make_example(nlp, text, [(name, path)], **keys) for text, name, path in CASES]


def small_model(width=32):
    return {
        "@architectures": "spacy-fewner.PathClassifier.v1",
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "width": width,
            "depth": 2,
            "embed_size": 500,
            "window_size": 2,
            "maxout_pieces": 2,
            "subword_features": True,
            "pretrained_vectors": None,
        },
    }


def make_pipeline(model=None, **config):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    own = {"tree": TREE, "model": model or small_model(), "candidates_key": "span_candidates"}
    nlp.add_pipe("fewner_cascade", config={**own, **config})
    return nlp


def train(nlp, steps=30, **keys):
    """Returns the losses."""
    optimizer = nlp.initialize(lambda: examples_of(nlp, **keys))
    optimizer.learn_rate = 0.005
    return [
        nlp.update(examples_of(nlp, **keys), sgd=optimizer)["fewner_cascade"] for _ in range(steps)
    ]


def classified(nlp, text, *surfaces, key="sc"):
    """{surface: path} of the candidates that were kept."""
    pipe = nlp.get_pipe("fewner_cascade")
    example = make_example(nlp, text, [(surface, "") for surface in surfaces])
    return {span.text: span.label_ for span in pipe(example.predicted).spans[key]}


def levels_of(nlp, text, name):
    """[[path, score], ...] of the one candidate."""
    doc = nlp.get_pipe("fewner_cascade")(make_example(nlp, text, [(name, "")]).predicted)
    return doc.spans["sc"].attrs["levels"][0]


def scores_of(nlp):
    """Logits of the candidates of each case."""
    pipe = nlp.get_pipe("fewner_cascade")
    return [scored.logits for scored in pipe.predict([eg.predicted for eg in examples_of(nlp)])]
