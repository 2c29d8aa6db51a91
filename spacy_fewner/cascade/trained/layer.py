"""The torch matcher as a Thinc layer: its own shim, conversion and serialization."""

from typing import Any, cast

import numpy as np
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
from .matcher import Matcher
from .packed import Packed

MATCHER = "matcher"  # as errors call it


class MatcherShim(SteppedShim):
    """Rebuilds the module from the width saved with its weights."""

    def __init__(self, matcher: Matcher, lr_scale: float):
        super().__init__(matcher, lr_scale, matcher_to_bytes, matcher_from_bytes)

    @property
    def matcher(self) -> Matcher:
        return self._model

    def label_vectors(self, tokens: Floats2d, labels: np.ndarray) -> Floats2d:
        """(L, width) of labels alone, without gradient."""
        with torch.no_grad():
            found = self.matcher.label_vectors(*self._to_torch(tokens, labels))
        return cast(Floats2d, torch2xp(found))

    def compare(self, tokens: Floats2d, spans: np.ndarray, label_vectors: Floats2d) -> Floats2d:
        """(S, L) logits for labels known by their vectors, without gradient."""
        with torch.no_grad():
            vectors = xp2torch(label_vectors, device=self.device)
            found = self.matcher.compare(*self._to_torch(tokens, spans), vectors)
        return cast(Floats2d, torch2xp(found))

    def _to_torch(self, tokens: Floats2d, bounds: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        device = self.device
        check_vectors(tokens, self.matcher.n_in)
        return xp2torch(tokens, device=device), torch.as_tensor(bounds, device=device)


def matcher_layer(lr_scale: float) -> Model[Packed, Floats2d]:
    """Packed tokens -> logits (S, L). The module in it is a placeholder until `replace`."""
    one_thread_after_fork()
    return Model(
        "span_label_matcher",
        forward,
        attrs={"convert_inputs": _convert_inputs, "convert_outputs": convert_logits},
        shims=[MatcherShim(Matcher(1), lr_scale)],
    )


def shim_of(layer: Model) -> MatcherShim:
    """The shim of a layer that `matcher_layer` made."""
    return cast(MatcherShim, layer.shims[0])


def _convert_inputs(model: Model, packed: Packed, is_train: bool) -> tuple[ArgsKwargs, Any]:
    device = shim_of(model).device
    check_vectors(packed.tokens, shim_of(model).matcher.n_in)
    tokens = xp2torch(packed.tokens, requires_grad=is_train, device=device)
    bounds = [torch.as_tensor(found, device=device) for found in (packed.spans, packed.labels)]
    return ArgsKwargs(args=(tokens, *bounds), kwargs={}), first_gradient


def matcher_to_bytes(matcher: Matcher) -> bytes:
    """Width and weights; reading them runs no code of the file's."""
    return srsly.msgpack_dumps(
        {"n_in": matcher.n_in, "weights": pack_tensors(matcher.state_dict())}
    )


def matcher_from_bytes(matcher: Matcher, data: bytes, device: torch.device) -> Matcher:
    """A new module of the width saved; `matcher` (what stands there) is not used.

    Raises FewnerError for what is damaged, before the width saved takes memory.
    """
    with reading(MATCHER):
        saved = unpacked(data)
        width = part_of(saved, "n_in", int, MATCHER)
        check_number(f"{MATCHER}, n_in", width, least=1, most=MOST, whole=True, remedy=REMEDY)
        weights = unpack_tensors(part_of(saved, "weights", bytes, MATCHER), MATCHER)
        with torch.device("meta"):
            planned = Matcher(width).state_dict()
        check_tensors(MATCHER, weights, planned)
        loaded = Matcher(width)
        loaded.load_state_dict(weights)
    return loaded.to(device)
