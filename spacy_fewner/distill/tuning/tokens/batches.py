"""Which rows are in an update, and how they go through the model."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from math import ceil
from typing import TYPE_CHECKING

from .encoding import IGNORED, Encoded

if TYPE_CHECKING:
    import torch

Tensors = dict[str, "torch.Tensor"]


def updates(rows: int, batch: int, epochs: float, seed: int) -> list[list[int]]:
    """Indices of the rows in each update: passes over all rows, each in an order of its own, cut
    into updates of the same size. The last update is filled up by one more pass."""
    size = min(batch, rows)
    number = max(1, ceil(epochs * rows / size))
    order = chain.from_iterable(_pass(rows, seed, turn) for turn in count())
    return [list(islice(order, size)) for _ in range(number)]


def _pass(rows: int, seed: int, turn: int) -> list[int]:
    return random.Random(f"{seed} {turn}").sample(range(rows), rows)


def shares(rows: Sequence[Encoded], processes: int) -> list[list[Encoded]]:
    """An update's rows for each process, short and long ones for all."""
    ordered = sorted(rows, key=len)
    return [ordered[number::processes] for number in range(processes)]


@dataclass(frozen=True)
class MicroBatches:
    """How rows go through the model: about as long as each other, padded on the left so that
    answers lie together; or packed, behind each other in one line.

    most: tokens at once, padding included; a longer row goes alone. pad: the token.
    """

    most: int
    pad: int
    packing: bool = False

    def __call__(self, rows: Sequence[Encoded]) -> list[Tensors]:
        if self.packing:
            return [_packed(group) for group in self._bins(rows)]
        return [self._padded(group) for group in self._groups(rows)]

    def _groups(self, rows: Sequence[Encoded]) -> Iterator[list[Encoded]]:
        group: list[Encoded] = []
        for row in sorted(rows, key=len):
            if group and len(row) * (len(group) + 1) > self.most:
                yield group
                group = []
            group.append(row)
        yield group

    def _bins(self, rows: Sequence[Encoded]) -> list[list[Encoded]]:
        """The longest first, each into the first line with room for it."""
        bins: list[list[Encoded]] = []
        room: list[int] = []
        for row in sorted(rows, key=len, reverse=True):
            at = next((at for at, left in enumerate(room) if left >= len(row)), len(bins))
            if at == len(bins):
                bins.append([])
                room.append(self.most)
            bins[at].append(row)
            room[at] -= len(row)
        return bins

    def _padded(self, rows: Sequence[Encoded]) -> Tensors:
        import torch

        width = max(map(len, rows))
        shape = (len(rows), width)
        ids, labels = torch.full(shape, self.pad), torch.full(shape, IGNORED)
        mask = torch.zeros(shape, dtype=torch.long)
        for at, row in enumerate(rows):
            ids[at, width - len(row) :] = torch.tensor(row.ids)
            labels[at, width - len(row) :] = torch.tensor(row.labels)
            mask[at, width - len(row) :] = 1
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        inputs = {"input_ids": ids, "attention_mask": mask, "position_ids": positions}
        return {**inputs, **_targets(labels)}


def _packed(rows: Sequence[Encoded]) -> Tensors:
    """One line. Positions that begin anew part the rows, for what makes the attention mask."""
    import torch

    ids = [token for row in rows for token in row.ids]
    # What a row begins with is nobody's answer.
    labels = [label for row in rows for label in (IGNORED, *row.labels[1:])]
    positions = [at for row in rows for at in range(len(row))]
    inputs = {"input_ids": torch.tensor([ids]), "position_ids": torch.tensor([positions])}
    return {**inputs, **_targets(torch.tensor([labels]))}


def _targets(labels: "torch.Tensor") -> Tensors:
    """logits_to_keep: columns in front of an answer's token in any row. targets: what follows
    them."""
    following = labels[:, 1:]
    kept = (following != IGNORED).any(0).nonzero()[:, 0]
    return {"logits_to_keep": kept, "targets": following[:, kept]}
