"""A small task for `fewner_textcat`: notes about repairs, tunings and bills."""

import numpy as np
import spacy
from spacy.training import Example

MEANINGS = {
    "repair": "something is broken and is being mended",
    "tuning": "pipes are tuned to pitch",
    "bill": "money is asked for",
}
TEXTS = {
    "repair": [
        "The broken tracker was mended with new wood .",
        "We mended the broken bellows with leather .",
        "A broken pallet spring was mended on Monday .",
        "The leather of the bellows is torn and was mended .",
    ],
    "tuning": [
        "All reeds were tuned to the flute .",
        "The flute is sharp and was tuned at pitch .",
        "We tuned the mixture at the pitch of the principal .",
        "The reeds were flat and have been tuned .",
    ],
    "bill": [
        "Please pay the invoice of forty pounds .",
        "The invoice for three days is forty pounds .",
        "We ask you to pay nine pounds for the visit .",
        "An invoice of ten pounds was sent on Monday .",
    ],
}
CASES = [(text, label) for label, texts in TEXTS.items() for text in texts]


def small_model(**settings):
    return {
        "@architectures": "spacy-fewner.LabelTextCat.v1",
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "width": 32,
            "depth": 1,
            "embed_size": 500,
            "window_size": 1,
            "maxout_pieces": 2,
            "subword_features": True,
            "pretrained_vectors": None,
        },
        **settings,
    }


def lora_model(base, **settings):
    tok2vec = {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": str(base),
        "pooling": {"@layers": "reduce_mean.v1"},
        "rank": 4,
    }
    return {"@architectures": "spacy-fewner.LabelTextCat.v1", "tok2vec": tok2vec, **settings}


def make_pipeline(model=None, **config):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner_textcat", config={"model": model or small_model(), **config})
    return nlp


def example(nlp, text, cats):
    return Example.from_dict(nlp.make_doc(text), {"cats": cats})


def examples_of(nlp):
    return [example(nlp, text, {label: 1.0}) for text, label in CASES]


def train(nlp, steps=25, examples=None, rate=0.01):
    """Returns the losses."""
    examples = examples or examples_of(nlp)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = rate
    (name,) = nlp.pipe_names
    return [nlp.update(examples, sgd=optimizer)[name] for _ in range(steps)]


def right(nlp, cases=CASES):
    """Share of the texts whose class is chosen."""
    pipe = nlp.get_pipe("fewner_textcat")
    return float(np.mean([pipe.chosen(nlp(text)) == [label] for text, label in cases]))


def cats_of(nlp):
    return [nlp(text).cats for text, _ in CASES]
