"""Inputs in few shapes: each that is new is compiled for, and what was compiled stays in memory."""

from collections.abc import Mapping

from torch import Tensor
from torch.nn import functional as F

MULTIPLE = 8  # word pieces


def in_few_widths(inputs: Mapping[str, Tensor], most: int, pad_id: int) -> dict[str, Tensor]:
    """Inputs of an encoder, (rows, width) each, padded to a width that is a multiple of 8.

    most: positions that the encoder has. pad_id: of a word piece.
    Ours. For bfloat16 on a CPU, where oneDNN keeps kernels for each shape for good: 10 MB with
    MiniLM, forward and backward, so that each training made the process larger.
    """
    width = inputs["input_ids"].shape[1]
    wider = max(width, min(-(-width // MULTIPLE) * MULTIPLE, most))
    fills = {"input_ids": pad_id}  # else 0: no attention, the first token type
    return {
        name: F.pad(own, (0, wider - width), value=fills.get(name, 0))
        for name, own in inputs.items()
    }
