"""Texts as single vectors of a base encoder: the mean of its word pieces, as sentence encoders do.

The base is read as it was published, without any adapter: what a label means must not move with
what a model is trained on.
"""

from collections.abc import Sequence

import numpy as np
import torch

from .base import load_base, resolve_base
from .compat import HFObjects
from .piece_rules import piece_rules

BATCH = 64


def read_sentences(name: str, texts: Sequence[str], revision: str = "") -> np.ndarray:
    """(texts, width) float32, each of length 1. name, revision: as `resolve_base` takes them."""
    loaded = load_base(resolve_base(name, revision), {}, {})
    return sentence_vectors(loaded, texts)


@torch.no_grad()
def sentence_vectors(loaded: HFObjects, texts: Sequence[str]) -> np.ndarray:
    """(texts, width), each of length 1. A text longer than the encoder's positions is read in
    windows, whose vectors are averaged by their lengths: nothing is cut off."""
    tokenizer, encoder = loaded.tokenizer, loaded.transformer.eval()
    # It advises against padding what is cut into windows first.
    tokenizer.deprecation_warnings["Asking-to-pad-a-fast-tokenizer"] = True
    limit = piece_rules(tokenizer, encoder).limit
    pieces = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    windows = [
        (number, own[at : at + limit])
        for number, own in enumerate(pieces)
        for at in range(0, max(len(own), 1), limit)
    ]
    sums = np.zeros((len(texts), encoder.config.hidden_size), "float32")
    for at in range(0, len(windows), BATCH):
        part = windows[at : at + BATCH]
        inputs = tokenizer.pad(
            {"input_ids": [tokenizer.build_inputs_with_special_tokens(ids) for _, ids in part]},
            return_tensors="pt",
        ).to(encoder.device)
        hidden = encoder(**inputs).last_hidden_state * inputs["attention_mask"][..., None]
        for (number, _), total in zip(part, hidden.sum(1).cpu().numpy(), strict=True):
            sums[number] += total
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / np.maximum(norms, 1e-12)
