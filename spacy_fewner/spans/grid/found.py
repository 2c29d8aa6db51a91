"""Of many cells the few that count: those whose logit reaches a floor."""

from typing import NamedTuple

import torch
from torch import Tensor

from .layout import Band

LEAST_ROOM = 1024  # spans


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


class Gathered:
    """What was found so far, in tensors that grow by doubling.

    Small tensors that stay, each between large ones that come and go, keep malloc from using the
    room of the large ones again: 5,000 labels on 5,000 tokens then took 450 MB more than 14 did.
    """

    def __init__(self, like: Tensor):
        """like: has the type of the logits, and the device."""
        none = torch.zeros(0, dtype=torch.long, device=like.device)
        self._room = Found(none, none, none, like.new_zeros(0))
        self._size = 0

    def add(self, part: Found) -> None:
        size = self._size + len(part.logits)
        if size > len(self._room.logits):
            self._room = Found(*(_doubled(column, size) for column in self._room))
        for column, added in zip(self._room, part, strict=True):
            column[self._size : size] = added
        self._size = size

    def found(self) -> Found:
        return Found(*(column[: self._size] for column in self._room))


def _doubled(column: Tensor, at_least: int) -> Tensor:
    wider = column.new_zeros(max(2 * len(column), at_least, LEAST_ROOM))
    wider[: len(column)] = column
    return wider
