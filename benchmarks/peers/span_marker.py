"""SpanMarker on the same encoder, trained by its own Trainer.

Needs the package span-marker (transformers below 5), which is no dependency of the project: install
it in an environment of its own and run `accuracy.py --systems span_marker` there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any

import torch
from datasets import ClassLabel, Dataset, Features, Value
from datasets import Sequence as SequenceOf
from span_marker import SpanMarkerModel, Trainer
from transformers import AutoTokenizer, TrainingArguments, set_seed

from benchmarks import device
from benchmarks.datasets import Sentence, TokenSpan

PREDICT_BATCH = 16
LEAST_WIDTH = 8  # SpanMarker's default widest entity


def train_and_predict(
    train: Sequence[Sentence],
    test_tokens: Sequence[Sequence[str]],
    encoder_path: str,
    seed: int,
    *,
    lr: float,
    epochs: int,
    batch_size: int,
    markers: int = 128,
    warmup: float = 0.1,
) -> list[list[TokenSpan]]:
    """Fine-tune SpanMarker on `train`, then its entities for each of `test_tokens`; on one thread.

    markers: candidate spans per model input; a sentence with more of them becomes several inputs.
    """
    torch.set_num_threads(1)
    set_seed(seed)
    widest = max(span.end - span.start for sentence in train for span in sentence.spans)
    labels = sorted({span.label for sentence in train for span in sentence.spans})
    tags = ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
    words = [list(sentence.tokens) for sentence in train] + [list(t) for t in test_tokens]
    model = SpanMarkerModel.from_pretrained(
        encoder_path,
        labels=tags,
        model_max_length=_longest(encoder_path, words),
        marker_max_length=markers,
        entity_max_length=max(LEAST_WIDTH, widest),
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            learning_rate=lr,
            num_train_epochs=epochs,
            per_device_train_batch_size=batch_size,
            warmup_ratio=warmup,
            weight_decay=0.01,
            seed=seed,
            save_strategy="no",
            logging_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=device.in_use().type == "cpu",
        )
        Trainer(model=model, args=arguments, train_dataset=_dataset(train, tags)).train()
    found = model.to(device.in_use()).predict(words[len(train) :], batch_size=PREDICT_BATCH)
    return [[_token_span(entity) for entity in entities] for entities in found]


def _longest(encoder_path: str, words: list[list[str]]) -> int:
    """Pieces of the longest sentence, which is not to be cut; even, as SpanMarker's markers go in
    pairs and its collator fails on an odd length."""
    tokenizer = AutoTokenizer.from_pretrained(encoder_path, add_prefix_space=True)
    pieces = tokenizer(words, is_split_into_words=True)["input_ids"]
    longest = max(len(ids) for ids in pieces)
    return min(longest + longest % 2, tokenizer.model_max_length)


def _dataset(sentences: Sequence[Sentence], names: list[str]) -> Dataset:
    """The sentences with ids of BIO tags, which SpanMarker itself turns into labelled spans."""
    rows: dict[str, list] = {"tokens": [], "ner_tags": []}
    for sentence in sentences:
        tags = ["O"] * len(sentence.tokens)
        for start, end, label in sentence.spans:
            tags[start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
        rows["tokens"].append(list(sentence.tokens))
        rows["ner_tags"].append([names.index(tag) for tag in tags])
    tag_feature = SequenceOf(ClassLabel(names=names))
    features = Features({"tokens": SequenceOf(Value("string")), "ner_tags": tag_feature})
    return Dataset.from_dict(rows, features=features)


def _token_span(entity: dict[str, Any]) -> TokenSpan:
    return TokenSpan(entity["word_start_index"], entity["word_end_index"], entity["label"])
