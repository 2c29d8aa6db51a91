"""Small starts for open models, written to disk."""

from dataclasses import asdict
from pathlib import Path

import torch

from spacy_fewner.encoders.lora import adapters, storage
from spacy_fewner.encoders.model import LoraEncoder
from spacy_fewner.encoders.settings import LoraSettings
from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid
from spacy_fewner.spans.open.start import ENCODER, GRID, OF_LABELS, Start, write_start

SIZES = {"hidden": 16, "cell": 16, "biaffine_heads": 2, "attention_heads": 2, "writer": 8}


def write_tiny_start(folder: Path, encoder: str, rank: int = 4, seed: int = 0) -> str:
    """A start of random weights for this base encoder."""
    torch.manual_seed(seed)
    model = LoraEncoder(LoraSettings(encoder, rank=rank, alpha=4 * rank, dropout=0.0))
    model.initialize()
    shim = model.shim
    for layer in adapters.lora_layers(shim._model):
        for update in layer.lora_B.values():
            torch.nn.init.normal_(update.weight, std=0.02)  # else it would adapt nothing
    sizes = GridSizes(model.get_dim("nO"), 1, 1, **SIZES, label_vectors=True, token_evidence=True)
    body = SpanGrid(sizes).state_dict()
    tensors = {ENCODER + name: one for name, one in adapters.trained_state(shim._model).items()}
    tensors |= {GRID + name: one for name, one in body.items() if name not in OF_LABELS}
    shapes = {k: v for k, v in asdict(sizes).items() if k not in ("n_labels", "max_width")}
    base = storage.base_record(shim.base, shim.base_hash)
    write_start(Start(base, {"rank": rank, "alpha": 4 * rank}, shapes, 0.3, tensors), folder)
    return str(folder)
