"""The torch head as a Thinc layer: its own shim, conversion and serialization."""

from collections.abc import Sequence
from typing import Any, cast

import srsly
import torch
from thinc.api import ArgsKwargs, Model, torch2xp, xp2torch
from thinc.layers.pytorchwrapper import forward
from thinc.types import Floats2d

from ...encoders.shims.tensors import check_tensors, pack_tensors, unpack_tensors
from ...encoders.shims.torch_shim import (
    SteppedShim,
    check_vectors,
    convert_logits,
    first_gradient,
    one_thread_after_fork,
)
from ...encoders.stored import REMEDY, part_of, reading, unpacked
from ...errors import check_number
from ...spans.grid.sizes import MOST
from .head import ClassHead

HEAD = "class head"  # as errors call it


class HeadShim(SteppedShim):
    """Rebuilds the module from the sizes saved with its weights."""

    def __init__(self, head: ClassHead, lr_scale: float):
        super().__init__(head, lr_scale, head_to_bytes, head_from_bytes)

    @property
    def head(self) -> ClassHead:
        return self._model

    @property
    def n_in(self) -> int:
        return self.head.n_in

    @property
    def n_labels(self) -> int:
        return self.head.n_labels

    def set_columns(self, columns: Sequence[int | None]) -> None:
        self.replace(self.head.with_labels(list(columns)))

    def set_meanings(self, vectors: Floats2d) -> None:
        with torch.no_grad():
            self.head.meanings.copy_(xp2torch(vectors, device=self.device))


def head_layer(lr_scale: float) -> Model[Floats2d, Floats2d]:
    """(texts, width) -> (texts, labels) logits. The module in it is a placeholder until
    `replace`."""
    one_thread_after_fork()
    return Model(
        "class_head",
        forward,
        attrs={"convert_inputs": _convert_inputs, "convert_outputs": convert_logits},
        shims=[HeadShim(ClassHead(1, 1), lr_scale)],
    )


def shim_of(layer: Model) -> HeadShim:
    """The shim of a layer that `head_layer` made."""
    return cast(HeadShim, layer.shims[0])


def _convert_inputs(model: Model, vectors: Floats2d, is_train: bool) -> tuple[ArgsKwargs, Any]:
    check_vectors(vectors, shim_of(model).head.n_in)
    given = xp2torch(vectors, requires_grad=is_train, device=shim_of(model).device)
    return ArgsKwargs(args=(given,), kwargs={}), first_gradient


def as_torch(array: Any, like: HeadShim) -> torch.Tensor:
    """An array on the device of the head."""
    return xp2torch(array, device=like.device)


def as_array(tensor: torch.Tensor) -> Any:
    return torch2xp(tensor)


def head_to_bytes(head: ClassHead) -> bytes:
    """Sizes and weights; reading them runs no code of the file's."""
    sizes = {"n_in": head.n_in, "n_labels": head.n_labels}
    return srsly.msgpack_dumps({**sizes, "weights": pack_tensors(head.state_dict())})


def head_from_bytes(head: ClassHead, data: bytes, device: torch.device) -> ClassHead:
    """A new module of the sizes saved; `head` (what stands there) is not used.

    Raises FewnerError for what is damaged, before the sizes saved take memory.
    """
    with reading(HEAD):
        saved = unpacked(data)
        sizes = [part_of(saved, name, int, HEAD) for name in ("n_in", "n_labels")]
        for name, size in zip(("n_in", "n_labels"), sizes, strict=True):
            check_number(f"{HEAD}, {name}", size, least=1, most=MOST, whole=True, remedy=REMEDY)
        weights = unpack_tensors(part_of(saved, "weights", bytes, HEAD), HEAD)
        with torch.device("meta"):
            planned = ClassHead(*sizes).state_dict()
        check_tensors(HEAD, weights, planned)
        loaded = ClassHead(*sizes)
        loaded.load_state_dict(weights)
    return loaded.to(device)
