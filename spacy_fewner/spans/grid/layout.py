"""Where each cell of the banded span grid lies in a batch of packed documents.

Tokens of all documents stand in one row of N. A cell is (start token, width - 1): its end is
`start + offset`. The band holds offsets 0 to W - 1; its context also reads `halo` cells on
either side of it, so offsets -halo to W - 1 + halo, which makes the band equal to the full grid
(docs/methods.md).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

ALL = slice(None)


@dataclass(frozen=True)
class Band:
    """Cells of some R rows of a packed batch.

    rows: which packed tokens are the starts.
    real: (R, W + 2 halo) whether the cell's end lies in the document of its start.
    width: W, the widest span in tokens.
    halo: cells on either side of the band.
    """

    rows: slice
    real: Tensor
    width: int
    halo: int

    @property
    def core(self) -> Tensor:
        """(R, W) whether a cell of the band proper is a span of the document."""
        return self.real[:, self.halo : self.halo + self.width]

    @property
    def offsets(self) -> Tensor:
        """(W + 2 halo,) end - start of each cell of a row."""
        return torch.arange(-self.halo, self.width + self.halo, device=self.real.device)


def document_bounds(lengths: Tensor) -> tuple[Tensor, Tensor]:
    """First and last (exclusive) packed token of the document of each token: two (N,)."""
    last = lengths.cumsum(0)
    first = last - lengths
    return first.repeat_interleave(lengths), last.repeat_interleave(lengths)


def band_of(bounds: tuple[Tensor, Tensor], rows: slice, width: int, halo: int) -> Band:
    """The cells of some rows.

    bounds: as `document_bounds` gives them.
    rows: which packed tokens are the starts.
    width: in tokens; at least 1.
    """
    first, last = bounds[0][rows, None], bounds[1][rows, None]  # (R, 1)
    starts = torch.arange(rows.start, rows.stop, device=first.device)[:, None]
    offsets = torch.arange(-halo, width + halo, device=first.device)[None]
    ends = starts + offsets  # (R, W + 2 halo)
    return Band(rows, (ends >= first) & (ends < last), width, halo)


def widest_span(bounds: tuple[Tensor, Tensor], rows: slice, most: int) -> int:
    """The most tokens that a span has that begins in some rows, up to `most`; at least 1."""
    last = bounds[1][rows]
    starts = torch.arange(rows.start, rows.stop, device=last.device)
    longest = int((last - starts).max()) if len(last) else 1
    return min(longest, most)


def stretch(vectors: Tensor, rows: slice, before: int, after: int) -> Tensor:
    """(N, D) -> (before + R + after, D): the rows and their neighbours, zeros outside the batch."""
    first, last = rows.start - before, rows.stop + after
    padding = max(-first, 0), max(last - vectors.shape[0], 0)
    near = vectors[max(first, 0) : last]
    return F.pad(near, (0, 0, *padding)) if any(padding) else near


def windows(vectors: Tensor, size: int) -> Tensor:
    """(R + size - 1, D) -> (R, D, size): a view, in which each row meets the ones after it."""
    return vectors.unfold(0, size, 1)
