"""What a matcher of spans and labels is given."""

from typing import NamedTuple

import numpy as np
from thinc.types import Floats2d


class Packed(NamedTuple):
    """Tokens of documents and label texts in one row, and where in it spans and labels lie.

    tokens: (N, width). spans: (S, 2). labels: (L, 2), both as first and last (exclusive) token.
    """

    tokens: Floats2d
    spans: np.ndarray
    labels: np.ndarray
