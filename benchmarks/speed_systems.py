"""The systems whose speed is compared: an encoder alone, and whole pipelines on it.

Each is a function that reads texts in batches of some size and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.datasets import Sentence, to_sample

Run = Callable[[Sequence[str], int], None]

WIDTH = 12
STEPS = 60  # of training: enough to predict a usual number of spans
SEED = 0


def raw_encoder(path: str) -> Run:
    """Hugging Face's model and tokenizer on length-sorted batches: as fast as the encoder goes."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(path), AutoModel.from_pretrained(path).eval()
    tokenizer.deprecation_warnings["Asking-to-pad-a-fast-tokenizer"] = True  # what run does

    def run(texts: Sequence[str], batch_size: int) -> None:
        pieces = tokenizer(list(texts))["input_ids"]
        # By word pieces: sorted by characters, batches have a fifth more padding.
        pieces.sort(key=len, reverse=True)
        with torch.inference_mode():
            for at in range(0, len(pieces), batch_size):
                batch = {"input_ids": pieces[at : at + batch_size]}
                model(**tokenizer.pad(batch, return_tensors="pt"))

    return run


def exported(nlp: Any, train: Sequence[Sentence], folder: Path) -> dict[str, Path]:
    """Folders of the pipeline as `export` writes it: in full precision, and in 8 bits."""
    from spacy_fewner.runtime.export.exporting import export as export_pipeline

    nlp.to_disk(folder / "torch")
    samples = list(map(to_sample, train))
    found = {}
    for precision in ("fp32", "int8"):
        found[precision] = folder / precision
        how: dict[str, Any] = {"precision": precision, "samples": samples}
        export_pipeline(folder / "torch", found[precision], **how)
    return found


def fewner(nlp: Any) -> tuple[Run, Run]:
    """The encoder inside our pipeline by itself, and the whole pipeline."""
    from spacy_fewner.spans.component import labeller_of

    tok2vec = labeller_of(nlp).model.get_ref("tok2vec")

    def encode(texts: Sequence[str], batch_size: int) -> None:
        for at in range(0, len(texts), batch_size):
            tok2vec.predict([nlp.make_doc(text) for text in texts[at : at + batch_size]])

    return encode, piped(nlp)


def fewner_pipeline(encoder: str, train: Sequence[Sentence]) -> Any:
    """As `fit` trains it, but for few steps and spans of at most WIDTH tokens."""
    from spacy_fewner.fitting.training.config import training_config
    from spacy_fewner.fitting.training.settings import FitSettings
    from spacy_fewner.fitting.training.training import train_pipeline

    settings = FitSettings(encoder=encoder)
    config = training_config(settings, len(train), SEED, nested=False)
    config["training"]["max_steps"] = STEPS
    config["components"]["fewner"]["max_width"] = WIDTH
    return train_pipeline(config, [to_sample(sentence) for sentence in train])


def spacy_ner(path: str, train: Sequence[Sentence]) -> Run:
    from benchmarks.peers import spacy_ner

    return _peer(spacy_ner.pipeline(path), train, lambda doc, spans: doc.set_ents(spans))


def spacy_spancat(path: str, train: Sequence[Sentence]) -> Run:
    from benchmarks.peers import spacy_spancat

    def annotate(doc: Any, spans: list) -> None:
        doc.spans[spacy_spancat.KEY] = spans

    return _peer(spacy_spancat.pipeline(path, WIDTH), train, annotate)


def _peer(nlp: Any, train: Sequence[Sentence], annotate: Callable[[Any, list], None]) -> Run:
    from benchmarks.peers.spacy_common import fit, to_examples

    examples = to_examples(nlp, train, annotate)
    words = sum(len(sentence.tokens) for sentence in train)
    fit(nlp, examples, SEED, lr=1e-4, epochs=5, batch_words=5 * words // STEPS + 1, warmup=0.1)
    return piped(nlp)


def piped(nlp: Any) -> Run:
    """nlp.pipe on texts, documents dropped as they come."""

    def run(texts: Sequence[str], batch_size: int) -> None:
        for _ in nlp.pipe(texts, batch_size=batch_size):
            pass

    return run
