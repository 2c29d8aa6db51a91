"""What exported parts share as Thinc's shims: bytes that name their kind, and no training."""

import zlib
from typing import Any, NoReturn, cast

import srsly
from thinc.api import Model
from thinc.shims import Shim

from ..encoders.stored import REMEDY, part_of, reading, unpacked
from ..errors import FewnerError

ANEW = "Export the pipeline anew with this version of spacy-fewner."


class ExportedShim(Shim):
    """Subclasses name their `kind`, and what they hold as plain values and bytes."""

    kind = ""
    what = "exported model"  # as errors call it

    def __init__(self) -> None:
        super().__init__(None)

    @property
    def is_filled(self) -> bool:
        """Whether it holds anything yet."""
        raise NotImplementedError

    def record(self) -> dict[str, Any]:
        """For msgpack."""
        raise NotImplementedError

    def take(self, record: dict[str, Any]) -> None:
        """What `record` gave. Raises FewnerError for anything else."""
        raise NotImplementedError

    def predict_arrays(self, inputs: Any) -> Any:
        """What its layer gives."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        record = srsly.msgpack_dumps(self.record()) if self.is_filled else b""
        return srsly.msgpack_dumps(
            {"format": self.kind, "record": record, "crc32": zlib.crc32(record)}
        )

    def from_bytes(self, bytes_data: bytes) -> "ExportedShim":
        """Raises FewnerError for what is damaged, or of another version."""
        with reading(self.what):
            message = unpacked(bytes_data)
            found = message.get("format") if isinstance(message, dict) else None
            if found != self.kind:
                raise FewnerError(self.what, f"must be stored as {self.kind}", found, ANEW)
            record = part_of(message, "record", bytes, self.what)
            if zlib.crc32(record) != part_of(message, "crc32", int, self.what):
                raise FewnerError(self.what, "what is stored must be whole", "other bytes", REMEDY)
            if record:
                self.take(unpacked(record))
        return self

    def finish_update(self, optimizer: Any) -> None:
        """Nothing: there is no gradient."""

    def to_device(self, device_type: str, device_id: int) -> None:
        """Nothing: onnxruntime chooses."""


def refuse_training(*_: Any, **__: Any) -> NoReturn:
    """In the place of what trains or initializes a model, and of what gradients go back through."""
    remedy = "Train the pipeline that it was exported from, and export that anew."
    raise FewnerError("training", "an exported pipeline only predicts", "a step of it", remedy)


def shims_of(model: Model) -> list[Any]:
    """All shims inside a model."""
    return [shim for node in model.walk() for shim in node.shims]


def layer_of(name: str, shim: ExportedShim) -> Model:
    """A layer that gives what its shim predicts."""
    return Model(name, _forward, shims=[shim], dims={"nI": None, "nO": None})


def _forward(model: Model, inputs: Any, is_train: bool) -> tuple[Any, Any]:
    if is_train:
        refuse_training()
    return cast(ExportedShim, model.shims[0]).predict_arrays(inputs), refuse_training
