"""A plain BIO token classifier: encoder, dropout, one linear layer, cross entropy.

Each word is classified at its first word piece; the rest of its pieces carry no loss.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

import torch
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    BatchEncoding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    get_linear_schedule_with_warmup,
)

from benchmarks import device
from benchmarks.datasets import Sentence, TokenSpan
from benchmarks.peers.pieces import ALL, OWN, cut, train_rows
from benchmarks.peers.precision import training_precision

IGNORED = -100
PREDICT_BATCH = 32
POOL_BATCHES = 4  # batches are cut from length-sorted pools of this many batches


def train_and_predict(
    train: Sequence[Sentence],
    test_tokens: Sequence[Sequence[str]],
    encoder_path: str,
    seed: int,
    *,
    lr: float,
    epochs: int,
    batch_size: int,
    warmup: float = 0.1,
    weight_decay: float = 0.01,
    train_precision: str = "float32",
    pieces: str = OWN,
    rows: str = ALL,
    head_lr: float | None = None,
) -> list[list[TokenSpan]]:
    """Fine-tune the whole encoder on `train`, then tag each of `test_tokens`; on one thread.

    warmup: share of the steps during which the rate rises; afterwards it falls linearly to 0.
    pieces, rows: as of `pieces.cut` and `pieces.train_rows`.
    head_lr: rate of the linear layer; lr when left out.
    train_precision: "bfloat16" computes the passes in it (autocast); weights stay float32.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    tags = _tags(train)
    # Byte-level tokenizers (RoBERTa) refuse split input without a leading space.
    tokenizer = AutoTokenizer.from_pretrained(encoder_path, add_prefix_space=True)
    cut(tokenizer, pieces)
    model = AutoModelForTokenClassification.from_pretrained(encoder_path, num_labels=len(tags))
    encoded = _encode(tokenizer, [sentence.tokens for sentence in train])
    train_rows(model, rows, encoded["input_ids"].unique().tolist())
    model.to(device.in_use())
    order = random.Random(seed)
    epoch_batches = [_epoch(train, batch_size, order) for _ in range(epochs)]
    batches = [batch for epoch in epoch_batches for batch in epoch]
    optimizer = torch.optim.AdamW(_groups(model, weight_decay, head_lr or lr), lr=lr)
    schedule = get_linear_schedule_with_warmup(optimizer, int(warmup * len(batches)), len(batches))
    model.train()
    for batch in batches:
        inputs = _encode(tokenizer, [sentence.tokens for sentence in batch])
        labels = _labels(inputs, [_bio(sentence, tags) for sentence in batch])
        with training_precision(train_precision):
            loss = model(**inputs.to(model.device), labels=labels.to(model.device)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return _predict(model, tokenizer, test_tokens, list(tags))


def spans_of(tags: Sequence[str]) -> list[TokenSpan]:
    """BIO tags to spans; an I- that continues nothing begins a span, as conlleval has it."""
    spans: list[TokenSpan] = []
    start, label = 0, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, tag_label = tag.partition("-")
        if label and (prefix != "I" or tag_label != label):
            spans.append(TokenSpan(start, i, label))
            label = ""
        if tag_label and not label:
            start, label = i, tag_label
    return spans


def _tags(train: Sequence[Sentence]) -> dict[str, int]:
    labels = sorted({span.label for sentence in train for span in sentence.spans})
    names = ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
    return {name: i for i, name in enumerate(names)}


def _bio(sentence: Sentence, tags: dict[str, int]) -> list[int]:
    ids = [tags["O"]] * len(sentence.tokens)
    for start, end, label in sentence.spans:
        ids[start:end] = [tags[f"B-{label}"]] + [tags[f"I-{label}"]] * (end - start - 1)
    return ids


def _epoch(
    train: Sequence[Sentence], batch_size: int, order: random.Random
) -> list[list[Sentence]]:
    """One shuffled pass in batches of similar length."""
    shuffled = order.sample(list(train), len(train))
    batches: list[list[Sentence]] = []
    for pool in _chunks(shuffled, batch_size * POOL_BATCHES):
        pool = sorted(pool, key=lambda sentence: len(sentence.tokens))
        batches.extend(_chunks(pool, batch_size))
    order.shuffle(batches)
    return batches


def _chunks(items: list, size: int) -> Iterator[list]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _groups(model: PreTrainedModel, weight_decay: float, head_lr: float) -> list[dict]:
    """Matrices decay, biases and norms do not; the linear layer has a rate of its own."""
    head = {id(parameter) for parameter in model.classifier.parameters()}
    encoder = [parameter for parameter in model.parameters() if id(parameter) not in head]
    own = {"lr": head_lr}
    return [
        *_decay_groups(encoder, weight_decay),
        *({**group, **own} for group in _decay_groups(model.classifier.parameters(), weight_decay)),
    ]


def _decay_groups(parameters: Iterable[torch.nn.Parameter], weight_decay: float) -> list[dict]:
    parameters = list(parameters)
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def _encode(
    tokenizer: PreTrainedTokenizerBase, sentences: Sequence[Sequence[str]]
) -> BatchEncoding:
    """Pieces padded to the longest sentence of the batch: (batch, pieces)."""
    words = [list(tokens) for tokens in sentences]
    return tokenizer(
        words, is_split_into_words=True, truncation=True, padding=True, return_tensors="pt"
    )


def _first_pieces(inputs: BatchEncoding, row: int) -> Iterator[tuple[int, int]]:
    """(piece, word) for the first piece of each word of one sentence."""
    previous = None
    for piece, word in enumerate(inputs.word_ids(row)):
        if word is not None and word != previous:
            yield piece, word
        previous = word


def _labels(inputs: BatchEncoding, word_tags: list[list[int]]) -> torch.Tensor:
    """Tag ids at first pieces, IGNORED elsewhere: (batch, pieces)."""
    labels = torch.full_like(inputs["input_ids"], IGNORED)
    for row, tags in enumerate(word_tags):
        for piece, word in _first_pieces(inputs, row):
            labels[row, piece] = tags[word]
    return labels


@torch.inference_mode()
def _predict(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    sentences: Sequence[Sequence[str]],
    tags: list[str],
) -> list[list[TokenSpan]]:
    model.eval()
    predicted: list[list[TokenSpan]] = [[] for _ in sentences]
    by_length = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
    for batch in _chunks(by_length, PREDICT_BATCH):
        inputs = _encode(tokenizer, [sentences[i] for i in batch])
        best = model(**inputs.to(model.device)).logits.argmax(-1).tolist()  # (batch, pieces)
        for row, i in enumerate(batch):
            words = ["O"] * len(sentences[i])
            for piece, word in _first_pieces(inputs, row):
                words[word] = tags[best[row][piece]]
            predicted[i] = spans_of(words)
    return predicted
