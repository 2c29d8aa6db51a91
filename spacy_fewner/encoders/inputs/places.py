"""Where tokens stand in a word piece that several share, as part of their vectors (ours).

Tokenizers without a notion of words take "北京" for one piece. Where each character is a token,
both characters get its vector, and no span could be told from one that begins a character later.
"""

from collections.abc import Iterable
from typing import Any

import numpy

from .pieces import Pieces

_FAR = 4  # from here on places are not told apart
_SHARE = 0.5  # of the size of a vector
_SEED = 0


def token_places(pieces: Iterable[tuple[int, Pieces]], n_tokens: int) -> numpy.ndarray:
    """(n_tokens, 2) how many tokens stand before each in its word piece, and how many behind it.

    pieces: with the number of the first token of their region.
    """
    found = numpy.zeros((n_tokens, 2), dtype="int64")
    for offset, own in pieces:
        for at in numpy.flatnonzero(own.last - own.first > 1):
            first, last = int(own.first[at]), int(own.last[at])
            before = numpy.arange(last - first)
            found[offset + first : offset + last] = numpy.stack([before, before[::-1]], axis=1)
    return numpy.minimum(found, _FAR)


def with_places(vectors: Any, places: numpy.ndarray, xp: Any) -> Any:
    """The vectors with a fixed sign of each token's place, half as large as they are.

    vectors: (tokens, D). places: of `token_places`. xp: numpy, or cupy. Tokens with pieces of their
    own stay as they are. To the backward pass the sign is a constant.
    """
    shared = numpy.flatnonzero(places.any(axis=1))
    if not len(shared):
        return vectors
    before, behind = _signs(vectors.shape[1])
    signs = xp.asarray(before[places[shared, 0]] + behind[places[shared, 1]], dtype="float32")
    marked = vectors.copy()
    own = vectors[shared]
    size = xp.sqrt((own * own).mean(axis=1, keepdims=True))
    marked[shared] = own + _SHARE * size * signs
    return marked


def _signs(width: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(FAR + 1, width) each, the first of them 0: what stands for each number of tokens."""
    drawn = numpy.random.default_rng(_SEED).choice([-1.0, 1.0], (2, _FAR + 1, width))
    drawn[:, 0] = 0.0
    return drawn[0], drawn[1]
