"""Arrays: by name in msgpack, in half the bytes where that loses nothing; vectors, checked and made
of length 1."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..encoders.stored import check_array
from ..errors import FewnerError


def pack_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What `unpack_arrays` takes; srsly's msgpack writes arrays by itself."""
    return {name: _smallest(np.ascontiguousarray(one)) for name, one in arrays.items()}


def _smallest(array: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        half = array.astype("float16")
    return half if np.array_equal(half.astype("float32"), array) else array.astype("float32")


def unpack_arrays(packed: Mapping[str, Any], what: str) -> dict[str, np.ndarray]:
    """Raises FewnerError for what is no array of finite numbers. what: errors call it."""
    found = {}
    for name, array in packed.items():
        if isinstance(array, np.ndarray) and array.dtype == np.float16:
            array = array.astype("float32")
        check_array(f"{what}, {name}", array)
        found[name] = array
    return found


def unit(vectors: np.ndarray) -> np.ndarray:
    """(…, D), each of length 1; one of 0 stays so."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(norms, 1e-12)


def fitting(vectors: Any, width: int) -> np.ndarray:
    """(N, width). Raises FewnerError for vectors of another encoder."""
    if vectors.shape[-1] != width:
        rule = f"must give vectors of {width} numbers, as those that its head was trained on"
        remedy = "Load the component with the encoder that it was exported with."
        raise FewnerError("tok2vec", rule, vectors.shape[-1], remedy)
    return np.asarray(vectors)
