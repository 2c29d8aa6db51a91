"""Stored models are somebody else's files: what is damaged or made up ends in one plain error."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np
import srsly
from thinc.api import Model
from thinc.model import deserialize_attr

from ..errors import FewnerError

REMEDY = "Copy or install the pipeline once more; if that does not help, train it anew."
AS_IN_CONFIG = "Load it with the config.cfg that it was stored with."
PARTS = ("nodes", "attrs", "params", "shims")  # of a model, as Thinc stores it


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Whatever the parsers of a stored file raise becomes a FewnerError. what: is read."""
    try:
        yield
    except FewnerError:
        raise
    except Exception as error:
        _damaged(what, error)
    except BaseException as error:
        # What goes wrong in Rust, in which tokenizers are written, is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        _damaged(what, error)


def _damaged(what: str, error: BaseException) -> NoReturn:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    shown = f"{type(error).__name__}: {said}"
    raise FewnerError(what, "what is stored must be whole", shown, REMEDY) from error


def unpacked(data: Any) -> Any:
    """What `srsly.msgpack_dumps` wrote. srsly's reader leaves the garbage collector off when it
    fails."""
    if not isinstance(data, bytes):
        raise TypeError(f"bytes expected, not {type(data).__name__}")
    was_on = gc.isenabled()
    try:
        return srsly.msgpack_loads(data)
    finally:
        if was_on:
            gc.enable()


def part_of(message: Any, name: str, kind: type, what: str) -> Any:
    """One part of a stored message, which must be of this kind. what: the message is of."""
    value = message.get(name) if isinstance(message, Mapping) else None
    if type(value) is not kind:
        shown = "nothing" if value is None else f"{type(value).__name__} {value!r}"
        raise FewnerError(what, f"its {name!r} must be a {kind.__name__}", shown, REMEDY)
    return value


class StoredModel(Model):
    """A Thinc model that loads nothing but what fits the layers that its config has built.

    Thinc's own takes in arrays of any shape and attributes of any kind, which fail in the middle of
    a text or give other predictions.
    """

    def from_bytes(self, bytes_data: bytes) -> "StoredModel":
        """Raises FewnerError for what is damaged."""
        with reading("model"):
            message = unpacked(bytes_data)
            check_model(self, message)
            super().from_dict(message)
        return self


def check_model(model: Model, message: Any) -> None:
    """Raises FewnerError unless a stored message has the layers of the model."""
    nodes = list(model.walk())
    parts = [part_of(message, name, list, "model") for name in PARTS]
    if any(len(part) != len(nodes) for part in parts):
        shown = f"{len(parts[0])} layers"
        rule = f"must have the {len(nodes)} layers of its config"
        raise FewnerError("model", rule, shown, AS_IN_CONFIG)
    numbers = {node.id: number for number, node in enumerate(nodes)}
    for node, info, attrs, params, shims in zip(nodes, *parts, strict=True):
        where = f"model, layer {node.name!r}"
        part_of(info, "name", str, where)
        _check_dims(node, part_of(info, "dims", dict, where), where)
        _check_refs(node, part_of(info, "refs", dict, where), numbers, where)
        _check_attrs(node, attrs, where)
        _check_params(node, params, where)
        if not isinstance(shims, list) or len(shims) != len(node.shims):
            raise FewnerError(where, "must have as many shims", shims, AS_IN_CONFIG)


def _check_dims(node: Model, dims: Mapping[str, Any], where: str) -> None:
    for name, size in dims.items():
        known = node.has_dim(name) and node.get_dim(name) if name in node.dim_names else None
        fits = name in node.dim_names and (size is None or (type(size) is int and size >= 0))
        if not fits or (known and size not in (None, known)):
            shown = f"{name} = {size!r}"
            raise FewnerError(where, "must be of the sizes of its config", shown, AS_IN_CONFIG)


def _check_refs(
    node: Model, refs: Mapping[str, Any], numbers: Mapping[int, int], where: str
) -> None:
    for name in node.ref_names:
        own = numbers.get(node.get_ref(name).id) if node.has_ref(name) else None
        if own is not None and (type(refs.get(name)) is not int or refs[name] != own):
            shown = f"{name} = {refs.get(name)!r}"
            raise FewnerError(where, "must refer to the same layers", shown, AS_IN_CONFIG)
    for name, number in refs.items():
        valid = number is None or (type(number) is int and 0 <= number < len(numbers))
        if name not in node.ref_names or not valid:
            shown = f"{name} = {number!r}"
            raise FewnerError(where, "must refer to layers that there are", shown, AS_IN_CONFIG)


def _check_attrs(node: Model, stored: Any, where: str) -> None:
    if not isinstance(stored, Mapping):
        raise FewnerError(where, "must have attributes", stored, REMEDY)
    for name, data in stored.items():
        own = node.attrs.get(name)
        value = deserialize_attr(own, data, name, node)
        # A seed that no config gives is the layer's number in the process that made it.
        drawn = name == "seed" and own == node.id
        if name not in node.attrs or not _alike(value if drawn else own, value):
            shown = f"{name} = {value!r}"
            raise FewnerError(where, "its attributes must be as in its config", shown, AS_IN_CONFIG)


def _alike(own: Any, value: Any) -> bool:
    """Whole numbers come from the config alone; names may differ, as of a base that has moved, and
    rates and switches change in use."""
    if isinstance(own, Mapping):
        # An earlier version had fewer.
        known = isinstance(value, Mapping) and value.keys() <= own.keys()
        return known and all(_alike(own[name], value[name]) for name in value)
    if isinstance(own, list | tuple):
        same_length = isinstance(value, list | tuple) and len(own) == len(value)
        return same_length and all(map(_alike, own, value))
    if isinstance(own, float):
        return type(value) in (int, float) and bool(np.isfinite(value))
    return type(value) is type(own) and (isinstance(own, bool | str) or value == own)


def _check_params(node: Model, params: Any, where: str) -> None:
    if not isinstance(params, Mapping):
        raise FewnerError(where, "must have weights", params, REMEDY)
    for name, array in params.items():
        if name not in node.param_names:
            raise FewnerError(where, "has no such weights", name, AS_IN_CONFIG)
        if array is not None:
            check_array(f"{where}, {name!r}", array)
            if node.has_param(name) and node.get_param(name).shape != array.shape:
                rule = f"must have the shape {node.get_param(name).shape}"
                raise FewnerError(f"{where}, {name!r}", rule, array.shape, AS_IN_CONFIG)


def check_array(where: str, array: Any) -> None:
    """Raises FewnerError unless it is an array of finite numbers."""
    if not isinstance(array, np.ndarray) or array.dtype != np.float32:
        shown = getattr(array, "dtype", None) or type(array).__name__
        raise FewnerError(where, "must be an array of float32", str(shown), REMEDY)
    if not np.isfinite(array).all():
        raise FewnerError(where, "must hold finite numbers alone", "NaN or infinity", REMEDY)


def names_of(where: str, value: Any, *, unique: bool = True) -> Sequence[str]:
    """A stored list of names. Raises FewnerError for anything else."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise FewnerError(where, "must be a list of names", value, REMEDY)
    if unique and len(set(value)) < len(value):
        raise FewnerError(where, "must hold each name once", value, REMEDY)
    return value
