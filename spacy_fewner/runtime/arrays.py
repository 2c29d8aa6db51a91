"""Arrays by name in msgpack: float32, in half the bytes where that loses nothing."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..encoders.stored import check_array


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
