"""Of many cells the few that count: those whose logit reaches a floor."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .layout import Band


class Found(NamedTuple):
    """Spans of packed documents, each tensor (spans,).

    rows: of their first tokens. offsets: last token - first token. labels: by number. logits.
    """

    rows: Tensor
    offsets: Tensor
    labels: Tensor
    logits: Tensor


def select(logits: Tensor, floors: Tensor, band: Band, first_label: int) -> Found:
    """Those of a band's spans that reach their label's floor.

    logits: (R, W, labels). floors: (labels,). first_label: number of the first of these labels.
    """
    rows, offsets, labels = (logits >= floors).nonzero().unbind(1)
    inside = band.core[rows, offsets]
    rows, offsets, labels = rows[inside], offsets[inside], labels[inside]
    values = logits[rows, offsets, labels]
    return Found(rows + band.rows.start, offsets, labels + first_label, values)


def join_found(parts: Sequence[Found], like: Tensor) -> Found:
    """All of them in one; none has the type and the device of `like`."""
    whole = torch.zeros(0, dtype=torch.long, device=like.device)
    none = Found(whole, whole, whole, like.new_zeros(0))
    return Found(*map(torch.cat, zip(none, *parts, strict=True)))
