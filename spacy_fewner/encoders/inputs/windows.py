"""Windows over long documents, counted in word pieces, and which window speaks for a piece."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy
from spacy.tokens import Doc, Span

from ...errors import FewnerError


@dataclass(frozen=True, slots=True)
class StridedWindows:
    """Cut documents into overlapping windows of word pieces.

    window: word pieces in a window, special tokens not counted; lowered to what the
        encoder's positions allow.
    stride: word pieces from one window's start to the next, 0 < stride <= window.

    A span getter for `spacy-fewner.LoraTransformer.v1`, which alone can count word pieces.
    """

    window: int = 256
    stride: int = 192

    def __post_init__(self) -> None:
        if self.window < 1:
            raise FewnerError("window", "must be at least 1 word piece", self.window, "Use 256.")
        if not 0 < self.stride <= self.window:
            remedy = "Use three quarters of the window."
            raise FewnerError("stride", "must be in 1..window", self.stride, remedy)

    def fitted(self, limit: int) -> "StridedWindows":
        """The same, with no window above `limit` pieces."""
        if self.window <= limit:
            return self
        return StridedWindows(limit, max(1, min(self.stride, limit * self.stride // self.window)))

    def __call__(self, docs: Iterable[Doc]) -> list[list[Span]]:
        """Whole documents: any other architecture would take tokens for word pieces."""
        return [[doc[:]] if len(doc) else [] for doc in docs]


def strided_windows(window: int = 256, stride: int = 192) -> StridedWindows:
    """`spacy-fewner.StridedWindows.v1` (span_getters)."""
    return StridedWindows(window, stride)


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces start..end are read together; it speaks for the pieces own_start..own_end.

    The own ranges of a document's windows follow each other without gap or overlap.
    """

    start: int
    end: int
    own_start: int
    own_end: int


def plan_windows(words: numpy.ndarray, settings: StridedWindows) -> list[Window]:
    """Cover all pieces of a text.

    words: the token each piece belongs to, shape (n_pieces,), non-decreasing.
    The last window is moved back to be as long as the others. In an overlap the window
    in which a piece has more context speaks for it; the border is moved to a token's
    first piece where the overlap holds one, so that a token is read in one window.
    """
    n_pieces, length = len(words), settings.window
    last_start = max(0, n_pieces - length)
    starts = [*range(0, last_start, settings.stride), last_start]
    ends = [min(start + length, n_pieces) for start in starts]
    borders = [_border(words, start, end) for start, end in zip(starts[1:], ends, strict=False)]
    return [
        Window(*bounds)
        for bounds in zip(starts, ends, [0, *borders], [*borders, n_pieces], strict=True)
    ]


def _border(words: numpy.ndarray, overlap_start: int, overlap_end: int) -> int:
    middle = (overlap_start + overlap_end) // 2
    border = middle
    while border > overlap_start and words[border - 1] == words[border]:
        border -= 1
    is_token_start = border == 0 or words[border - 1] != words[border]
    return border if is_token_start else middle
