"""Small pipelines of every kind that can be exported, trained on tiny encoders."""

import random
from pathlib import Path

import spacy
import torch
from cascade_helpers import CASES as SPAN_CASES
from cascade_helpers import TREE
from cascade_helpers import make_example as span_example
from spacy.training import Example
from span_helpers import TEXTS, make_example
from textcat_helpers import CASES, MEANINGS
from tiny_bases import TEXTS as MORE_TEXTS
from tiny_bases import write_tiny_base

from spacy_fewner.data.tokens.pipeline import blank_pipeline

SENTENCES = [
    *(text for text, *_ in [*TEXTS, *SPAN_CASES, *CASES]),
    *MORE_TEXTS,
]


def lora_tok2vec(base, pooling="reduce_mean.v1"):
    return {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": str(base),
        "pooling": {"@layers": pooling},
        "rank": 4,
    }


def span_grid(tok2vec, **settings):
    return {
        "@architectures": "spacy-fewner.SpanGrid.v1",
        **{"tok2vec": tok2vec, "hidden": 16, "cell": 16, "biaffine_heads": 2},
        **{"attention_heads": 2, "label_vectors": True, "token_loss": 1.0, **settings},
    }


LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 32, "upstream": "*"}


def start(*pipes):
    """pipes: (name, config)."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    for name, config in pipes:
        nlp.add_pipe(name, config=config)
    return nlp


def teach(nlp, examples, steps=30):
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.005
    for _ in range(steps):
        nlp.update(examples, sgd=optimizer)
    return nlp


def spans_pipeline(base, pooling="reduce_mean.v1", **settings):
    model = span_grid(lora_tok2vec(base, pooling), **settings)
    nlp = start(("fewner", {"model": model, "threshold": 0.05}))
    return teach(nlp, [make_example(nlp, text, gold) for text, gold in TEXTS])


def characters_pipeline(base):
    """Words of characters that share word pieces, and tile the text."""
    shared = write_tiny_base(Path(base).parent / "xlm", "xlm-r")
    tok2vec = {**lora_tok2vec(shared), "mark_places": True}
    config = {"model": span_grid(tok2vec), "tiling": True}
    spacy.util.fix_random_seed(0)
    nlp = blank_pipeline("en", "characters")
    nlp.add_pipe("fewner", config=config)
    words = [(text, [(word, "WORD") for word in text.split()]) for text in MORE_TEXTS]
    return teach(nlp, [make_example(nlp, text, list(set(gold))) for text, gold in words])


def textcat_pipeline(base):
    model = {"@architectures": "spacy-fewner.LabelTextCat.v1", "tok2vec": lora_tok2vec(base)}
    nlp = start(("fewner_textcat", {"model": model, "labels": MEANINGS}))
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {label: 1.0}}) for text, label in CASES
    ]
    return teach(nlp, examples, steps=5)


def cascade_pipeline(base):
    model = {"@architectures": "spacy-fewner.PathClassifier.v1", "tok2vec": lora_tok2vec(base)}
    nlp = start(
        ("span_ruler", {"spans_key": "span_candidates"}),
        ("fewner_cascade", {"model": model, "tree": TREE}),
    )
    examples = [span_example(nlp, text, [(name, path)]) for text, name, path in SPAN_CASES]
    teach(nlp, examples, steps=5)
    names = sorted({name for _, name, _ in SPAN_CASES})
    patterns = [{"label": "x", "pattern": name} for name in names]
    nlp.get_pipe("span_ruler").add_patterns(patterns)
    return nlp


def joint_pipeline(base):
    """Spans and classes of texts, behind one encoder."""
    return both(lora_tok2vec(base), LISTENER, LISTENER)


def poolings_pipeline(base):
    """The same, each with a pooling of its own."""
    encoder = lora_tok2vec(base)
    encoder["pooling"] = {"@architectures": "spacy-fewner.Poolings.v1", "kinds": ["max", "mean"]}
    listener = {**LISTENER, "width": 64}
    part = {"@architectures": "spacy-fewner.PartOfVectors.v1", "parts": 2, "tok2vec": listener}
    return both(encoder, {**part, "part": 0}, {**part, "part": 1})


def both(encoder, of_spans, of_texts):
    textcat = {"@architectures": "spacy-fewner.LabelTextCat.v1", "tok2vec": of_texts}
    nlp = start(
        ("tok2vec", {"model": encoder}),
        ("fewner", {"model": span_grid(of_spans), "threshold": 0.05}),
        ("fewner_textcat", {"model": textcat}),
    )
    examples = []
    for number, (text, gold) in enumerate(TEXTS):
        example = make_example(nlp, text, gold)
        example.reference.cats = {"a": float(number % 2), "b": float(not number % 2)}
        examples.append(example)
    return teach(nlp, examples)


def texts(number=24):
    chosen = random.Random(0).choices(SENTENCES, k=number)
    return [f"{one} {other}" for one, other in zip(chosen, reversed(chosen), strict=True)]


def saved(nlp, folder: Path) -> Path:
    nlp.to_disk(folder)
    return folder


torch.set_num_threads(1)
