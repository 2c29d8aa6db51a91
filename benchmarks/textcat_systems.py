"""What is compared on texts with classes: each takes shots and gives each held-out text a class.

All read the same texts with the same encoder. `recipe` of each says all that it was told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.textcat_data import Shots, meanings
from spacy_fewner.errors import FewnerError

BATCH = 64
SETFIT_PYTHON = "SETFIT_PYTHON"  # environment variable: a Python that has setfit 1.2


def fewner(task: Shots, encoder: str, way: str, defined: bool, **settings: Any) -> list[str]:
    """What `fit` trains, without its choice of a way by cross-validation; the probe makes no
    updates."""
    from spacy_fewner.fitting.training.class_config import ClassSettings
    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings, of_classes
    from spacy_fewner.fitting.training.training import train_pipeline
    from spacy_fewner.types import Sample

    classes = ClassSettings(_records(task, defined), True, way)
    plain = FitSettings(encoder=encoder, classes=classes, **settings)
    config = training_config(of_classes(plain, settings), len(task.train), task.seed, False)
    samples = [Sample(text, cats={label: 1.0}) for text, label in task.train]
    return _classes(train_pipeline(config, samples), task)


def zero_shot(task: Shots, encoder: str, defined: bool) -> list[str]:
    """`nlp.add_pipe("fewner_textcat", config={"labels": …})`, without any example."""
    import spacy

    tok2vec = {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": encoder,
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    model = {"@architectures": "spacy-fewner.LabelTextCat.v1", "tok2vec": tok2vec}
    nlp = spacy.blank("en")
    records = _records(task, defined)
    nlp.add_pipe("fewner_textcat", config={"labels": records, "model": model})
    return _classes(nlp, task)


def _records(task: Shots, defined: bool) -> list[dict[str, Any]]:
    known = meanings(task.name)
    told = ((known[label], known[label].synonyms) for label in task.classes)
    if not defined:
        return [{"id": one.id, "synonyms": list(names)} for one, names in told]
    return [{"id": o.id, "description": o.description, "synonyms": list(n)} for o, n in told]


def _classes(nlp: Any, task: Shots) -> list[str]:
    from spacy_fewner.textcat.component import textcat_of

    pipe = textcat_of(nlp)
    texts = [one.text for one in task.held_out]
    return [pipe.chosen(doc)[0] for doc in nlp.pipe(texts, batch_size=BATCH)]


def logistic_regression(task: Shots, encoder: str) -> list[str]:
    """scikit-learn's, as it comes, on mean-pooled vectors."""
    from sklearn.linear_model import LogisticRegression

    from spacy_fewner.encoders.sentences import read_sentences

    texts, labels = zip(*task.train, strict=True)
    known = read_sentences(encoder, list(texts))
    model = LogisticRegression(max_iter=1000).fit(known, labels)
    new = read_sentences(encoder, [one.text for one in task.held_out])
    return [str(label) for label in model.predict(new)]


def spacy_textcat(task: Shots, encoder: str, *, lr: float, epochs: int) -> list[str]:
    """spaCy's `textcat` on the encoder, all of it trained."""
    from spacy.training import Example

    from benchmarks.peers.spacy_common import LISTENER, fit, transformer_pipeline

    nlp = transformer_pipeline(encoder)
    model = {
        "@architectures": "spacy.TextCatReduce.v1",
        "exclusive_classes": True,
        "use_reduce_mean": True,
        "use_reduce_first": False,
        "use_reduce_last": False,
        "use_reduce_max": False,
        "tok2vec": LISTENER,
    }
    nlp.add_pipe("textcat", config={"model": model})
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {c: float(c == own) for c in task.classes}})
        for text, own in task.train
    ]
    fit(nlp, examples, task.seed, lr=lr, epochs=epochs, batch_words=512, train_precision="bfloat16")
    found = []
    for doc in nlp.pipe((one.text for one in task.held_out), batch_size=BATCH):
        found.append(max(doc.cats, key=lambda label: doc.cats[label]))
        doc._.trf_data = None
    return found


def setfit(task: Shots, encoder: str, **settings: Any) -> list[str]:
    """SetFit in a Python of its own: its requirements and ours do not go together."""
    python = os.environ.get(SETFIT_PYTHON)
    if not python:
        remedy = "Give the path of a Python that has setfit 1.2, or leave setfit out."
        raise FewnerError(SETFIT_PYTHON, "must be set for setfit", "nothing", remedy)
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder, "given.json"), Path(folder, "found.json")
        texts = [one.text for one in task.held_out]
        said = {"train": task.train, "texts": texts, "encoder": encoder, "seed": task.seed}
        given.write_text(json.dumps({**said, **settings}), encoding="utf8")
        script = Path(__file__).parent / "peers" / "setfit_run.py"
        subprocess.run([python, script, given, found], check=True, stdout=sys.stderr)
        return list(json.loads(found.read_text(encoding="utf8")))


SYSTEMS: dict[str, tuple[Callable[..., list[str]], dict[str, Any]]] = {
    "fewner": (fewner, {"way": "finetune", "defined": True}),
    "fewner, names only": (fewner, {"way": "finetune", "defined": False}),
    "fewner, probe": (fewner, {"way": "probe", "defined": True}),
    "fewner, contrastive": (fewner, {"way": "contrastive", "defined": True}),
    "fewner, rank 4": (fewner, {"way": "finetune", "defined": True, "rank": 4}),
    "fewner, rank 64": (fewner, {"way": "finetune", "defined": True, "rank": 64}),
    "fewner, full fine-tuning": (fewner, {"way": "finetune", "defined": True, "rank": 0}),
    "zero-shot, definitions": (zero_shot, {"defined": True}),
    "zero-shot, names": (zero_shot, {"defined": False}),
    "logistic regression": (logistic_regression, {}),
    "spaCy textcat": (spacy_textcat, {"lr": 1e-4, "epochs": 20}),
    "SetFit": (setfit, {"num_iterations": 20, "num_epochs": 1, "batch_size": 16}),
}
RANKS = {4: "fewner, rank 4", 16: "fewner", 64: "fewner, rank 64", 0: "fewner, full fine-tuning"}
WITHOUT_EXAMPLES = ("zero-shot, definitions", "zero-shot, names")
