"""The shim between Thinc and the adapted encoder: steps, averages, prediction, bytes."""

import contextlib
import copy
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

import srsly
import torch
from thinc.api import (
    ArgsKwargs,
    Optimizer,
    PyTorchGradScaler,
    PyTorchShim,
    get_torch_default_device,
)
from thinc.shims import Shim

from ...errors import FewnerError
from ..base import Base, Loaded, load_base, resolve_base, weights_hash
from ..inputs.pieces import PieceReader
from ..keywords import TOKENIZER, TRANSFORMER, check_keywords
from ..locking import MAKING_READY
from ..piece_rules import piece_reader
from ..settings import LoraSettings
from ..shims.dropout import quicken
from ..shims.precision import is_short
from ..shims.prediction import leave_training
from ..shims.shapes import in_few_widths
from ..shims.stepping import step_parameters, use_values
from ..shims.tensors import pack_tensors
from ..stored import REMEDY, reading
from . import adapters, configs, storage, tokenizers
from .restoring import Restored, restored

logger = logging.getLogger(__name__)


class LoraHFShim(PyTorchShim):
    """Holds an encoder whose training is confined to a LoRA adapter, or not (settings.mode).

    Differs from PyTorchShim in what the optimizer touches, in that averaged parameters are
    really used, and in what is stored: the adapter with a reference to its base, or whole
    weights with the adapter folded in. Threads may predict at once: the first prediction after a
    training folds the adapter in and leaves the training mode; those that follow change nothing.
    """

    tokenizer: Any = None  # this and the reader from the moment a model is taken in
    reader: PieceReader
    _packed: dict[str, Any] | None = None  # of a stored tokenizer, which stays as it is

    def __init__(
        self,
        settings: LoraSettings,
        tokenizer_config: dict[str, Any],
        transformer_config: dict[str, Any],
        mixed_precision: bool = False,
        grad_scaler_config: dict[str, Any] | None = None,
    ):
        self.settings = settings
        self.base: Base | None = None
        self.base_hash = ""
        self._process = os.getpid()
        self._forget_model_state()
        self._loaded_with(tokenizer_config, transformer_config)
        scaling = {"enabled": mixed_precision, **(grad_scaler_config or {})}
        super().__init__(
            None, mixed_precision=mixed_precision, grad_scaler=PyTorchGradScaler(**scaling)
        )

    def _loaded_with(self, tokenizer_config: Any, transformer_config: Any) -> None:
        """Settings of how a base is to be loaded. Raises FewnerError for those not known."""
        self._tokenizer_config = check_keywords("tokenizer_config", tokenizer_config, TOKENIZER)
        self._transformer_config = check_keywords(
            "transformer_config", transformer_config, TRANSFORMER
        )

    def _forget_model_state(self) -> None:
        self._targets: list[str] = []
        self._lora_layers: list[Any] = []
        self._trainable: list[tuple[str, torch.nn.Parameter]] = []
        self._originals: list[torch.Tensor] | None = None
        # True from a training pass to the optimizer's step: weights must not be swapped
        # while a backward pass may still read them.
        self._in_update = False

    @property
    def width(self) -> int:
        """Of a word piece's vector."""
        return self._model.config.hidden_size

    # Taking in a model

    def find_base(self) -> tuple[Base, Loaded]:
        """Load the settings' base, not yet adapted. Raises FewnerError (see base.py)."""
        base = resolve_base(self.settings.name, self.settings.revision)
        return base, load_base(base, self._tokenizer_config, self._transformer_config)

    def adopt(self, base: Base, loaded: Loaded) -> None:
        """Take a pristine base: note its hash, put the adapter in, move to the device."""
        # Only an adapter file refers to its base; the hash is not worth its time elsewhere.
        is_referred_to = self.settings.mode != "full" and self.settings.save == "adapter"
        base_hash = weights_hash(loaded.transformer) if is_referred_to else ""
        if is_referred_to and base.kind == "folder":
            logger.warning(
                "The stored adapter will load only where the folder %s exists; a hub name, "
                'pkg:package/folder or save = "merged" goes anywhere.',
                base.name,
            )
        tokenizers.check_names(loaded.tokenizer.vocab_files_names.values())
        targets = adapters.linear_targets(loaded.transformer, self.settings.targets)
        self._install(loaded, base, base_hash, targets)

    def _install(self, loaded: Loaded, base: Base | None, base_hash: str, targets: list) -> None:
        self._forget_model_state()
        self.base, self.base_hash = base, base_hash
        self.tokenizer, self._model = loaded.tokenizer, loaded.transformer
        self._packed = loaded.packed
        backend = tokenizers.backend_of(loaded.packed) if loaded.packed else None
        self.reader = piece_reader(
            loaded.tokenizer, loaded.transformer, backend, self.settings.mark_places
        )
        if self.settings.mode == "lora" and targets:
            self._adapt(targets)
        self._prepare()

    def _adapt(self, targets: list[str]) -> None:
        adapters.inject(self._model, self.settings, targets)
        self._targets = targets
        self._lora_layers = adapters.lora_layers(self._model)

    def _prepare(self) -> None:
        quicken(self._model)
        adapters.set_trainable(self._model, self.settings)
        if self.settings.grad_checkpointing:
            adapters.checkpoint_gradients(self._model)
        device = get_torch_default_device()
        self._model.to(device)
        self._grad_scaler.to_(device)
        self._trainable = [(n, p) for n, p in self._model.named_parameters() if p.requires_grad]

    # Passes

    def predict(self, inputs: Any) -> Any:
        self._be_modest_in_workers()
        if not self._in_update:
            self._fold()
        leave_training(self._model)
        with torch.no_grad(), self._precision():
            return self._model(*inputs.args, **inputs.kwargs)

    def _precision(self) -> torch.autocast:
        """That of predictions; `mixed_precision` is float16, on a GPU."""
        if not self._mixed_precision and is_short(self.settings.predict_precision, self.device):
            return torch.autocast(self.device.type, torch.bfloat16)
        return torch.autocast("cuda", enabled=self._mixed_precision)

    def _be_modest_in_workers(self) -> None:
        """One thread in the processes of nlp.pipe(n_process=...).

        A forked process inherits OpenMP's threads in name only, and waits for them forever.
        """
        if self._process != os.getpid():
            self._process = os.getpid()
            torch.set_num_threads(1)

    def begin_update(self, inputs: Any) -> Any:
        if self.settings.mode == "lora" and not self._lora_layers:
            # Loaded with its adapter folded in: training goes on in a fresh one.
            self._adapt(adapters.linear_targets(self._model, self.settings.targets))
            self._prepare()
        if not self._trainable:
            return self.predict(inputs), _no_gradient
        self._unfold()
        self._in_update = True
        in_short = self.settings.train_precision == "bfloat16"
        begin = self._begin_in_bfloat16 if in_short else super().begin_update
        outputs, backprop = begin(inputs)
        return outputs, self._in_training_mode(backprop)

    def _in_training_mode(self, backprop: Callable) -> Callable:
        """Gradient checkpointing runs parts of the pass again, and must find its mode, which a
        prediction in between has left."""

        def run(gradients: Any) -> Any:
            if not self._model.training:
                self._model.train()
            return backprop(gradients)

        return run

    def _begin_in_bfloat16(self, inputs: Any) -> Any:
        """Without scaled gradients, which bfloat16 does not need: on a GPU Thinc's shim would put
        its own autocast, for float16, in the place of this one."""
        self._model.train()
        with torch.autocast(self.device.type, torch.bfloat16):
            outputs = self._model(*inputs.args, **self._shaped(inputs.kwargs))
        width = inputs.kwargs["input_ids"].shape[1]
        outputs.last_hidden_state = outputs.last_hidden_state[:, :width]

        def backprop(gradients: Any) -> None:
            torch.autograd.backward(*gradients.args, **gradients.kwargs)

        return outputs, backprop

    def _shaped(self, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        if self.device.type != "cpu":
            return inputs
        rules = self.reader.rules
        most = rules.limit + len(rules.prefix) + len(rules.suffix)
        return in_few_widths(inputs, most, rules.pad_id)

    def _fold(self) -> None:
        if self._originals is not None or not self._lora_layers:
            return
        with MAKING_READY:
            if self._originals is None:
                self._originals = adapters.fold(self._lora_layers)

    def _unfold(self) -> None:
        with MAKING_READY:
            if self._originals is not None:
                adapters.unfold(self._lora_layers, self._originals)
                self._originals = None

    # Parameters

    def finish_update(self, optimizer: Optimizer) -> None:
        """One optimizer step on the trained parameters, at lr_scale times the learn rate.

        Parameters of one dimension (biases, normalisations) get no weight decay. Gradients
        are dropped afterwards, so that a second call in the same step changes nothing.
        """
        if self._grad_scaler.found_inf:
            for _, parameter in self._trainable:
                parameter.grad = None
        step_parameters(optimizer, self.id, self._trainable, self.settings.lr_scale)
        self._grad_scaler.update()
        self._in_update = False

    @contextlib.contextmanager
    def use_params(self, params: dict) -> Iterator[None]:
        """Predict with the given values (an optimizer's averages) of the trained parameters."""
        self._unfold()
        with use_values(self.id, self._trainable, params):
            try:
                yield
            finally:
                self._unfold()

    # Bytes

    def to_bytes(self) -> bytes:
        msg: dict[str, Any] = {
            "format": storage.FORMAT,
            "mode": self._stored_mode(),
            "_init_tokenizer_config": dict(self._tokenizer_config),
            "_init_transformer_config": dict(self._transformer_config),
        }
        if self._model is not None:
            msg["config"] = configs.portable_config(self._model)
            msg["tokenizer"] = self._packed or tokenizers.pack_tokenizer(self.tokenizer)
            is_adapter = msg["mode"] == "adapter"
            msg.update(self._adapter_message() if is_adapter else self.whole_message())
        return srsly.msgpack_dumps(msg)

    def _stored_mode(self) -> str:
        if self._model is None:
            return "empty"
        return "adapter" if self.base_hash and self.settings.save == "adapter" else "whole"

    def _adapter_message(self) -> dict[str, Any]:
        assert self.base is not None
        return {
            "base": storage.base_record(self.base, self.base_hash),
            "lora": storage.lora_record(self.settings, self._targets),
            "state": pack_tensors(self._trained_state()),
        }

    def _trained_state(self) -> dict[str, torch.Tensor]:
        return adapters.trained_state(self._model) if self._lora_layers else {}

    def whole_message(self) -> dict[str, Any]:
        """What is stored of an encoder whole: its state, the adapter folded in."""
        with MAKING_READY:
            was_folded = self._originals is not None
            self._fold()
            state = pack_tensors(adapters.whole_state(self._model))
            if not was_folded:
                self._unfold()
        return {"state": state}

    def from_bytes(self, bytes_data: bytes) -> "LoraHFShim":
        """Restore from bytes.

        Raises FewnerError for what is damaged, when an adapter's base cannot be found, or is not
        the one the adapter was trained on.
        """
        with reading("encoder"):
            msg = storage.read_message(bytes_data)
            self._model = self.tokenizer = None
            self._loaded_with(msg["_init_tokenizer_config"], msg["_init_transformer_config"])
            if msg["mode"] != "empty":
                self._take(restored(self.settings, msg))
                self._check_reading()
        return self

    def _take(self, found: Restored) -> None:
        self.settings = found.settings
        self._install(found.loaded, found.base, found.base_hash, found.targets)
        if found.targets:
            adapters.load_trained_state(self._model, found.state)

    def _check_reading(self) -> None:
        """Raises FewnerError unless the encoder reads what its tokenizer gives."""
        ids = torch.tensor([self.reader.rules.shortest()], device=self.device)
        self.reader.rules.check_ids(ids.cpu().numpy())
        kwargs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        hidden = self.predict(ArgsKwargs(args=(), kwargs=kwargs)).last_hidden_state
        if hidden.shape != (*ids.shape, self.width) or not torch.isfinite(hidden).all():
            rule = f"must give vectors of {self.width} finite numbers"
            raise FewnerError("encoder", rule, f"shape {tuple(hidden.shape)}", REMEDY)

    def copy(self) -> "LoraHFShim":
        """A deep copy with an id of its own, so that optimizers keep the two apart."""
        with MAKING_READY:  # folded or not, but nothing between
            copied = copy.deepcopy(self)
        with Shim.global_id_lock:
            Shim.global_id += 1
            copied.id = Shim.global_id
        return copied


def _no_gradient(_: Any) -> None:
    """What backprop is when nothing trains."""
