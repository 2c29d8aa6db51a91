"""Texts as single vectors of a base encoder: the mean of its word pieces, as sentence encoders do.

The base is read as it was published, without any adapter: what a label means must not move with
what a model is trained on.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from .base import Loaded, load_base, resolve_base
from .piece_rules import piece_rules

BATCH = 64


def read_sentences(name: str, texts: Sequence[str], revision: str = "") -> np.ndarray:
    """(texts, width) float32, each of length 1. name, revision: as `resolve_base` takes them."""
    loaded = load_base(resolve_base(name, revision), {}, {})
    return sentence_vectors(loaded, texts)


@torch.no_grad()
def sentence_vectors(loaded: Loaded, texts: Sequence[str]) -> np.ndarray:
    """(texts, width), each of length 1. A text longer than the encoder's positions is read in
    windows, whose vectors are averaged by their lengths: nothing is cut off."""
    tokenizer, encoder = loaded.tokenizer, loaded.transformer.eval()
    rules = piece_rules(tokenizer, encoder)
    pieces = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    windows = [
        (number, rules.around(own[at : at + rules.limit]))
        for number, own in enumerate(pieces)
        for at in range(0, max(len(own), 1), rules.limit)
    ]
    sums = np.zeros((len(texts), encoder.config.hidden_size), "float32")
    for at in range(0, len(windows), BATCH):
        part = windows[at : at + BATCH]
        ids = pad_sequence([torch.tensor(ids) for _, ids in part], True, rules.pad_id)
        lengths = torch.tensor([len(ids) for _, ids in part])
        mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long().to(encoder.device)
        output = encoder(input_ids=ids.to(encoder.device), attention_mask=mask)
        hidden = output.last_hidden_state * mask[..., None]
        for (number, _), total in zip(part, hidden.sum(1).cpu().numpy(), strict=True):
            sums[number] += total
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / np.maximum(norms, 1e-12)
