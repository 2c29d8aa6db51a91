"""LoRA on a transformers encoder: which modules, injection, freezing, folding into the weights."""

from collections.abc import Iterable
from typing import cast

import torch
from peft import (
    LoraConfig,
    get_peft_model_state_dict,
    inject_adapter_in_model,
    set_peft_model_state_dict,
)
from peft.tuners.lora import LoraLayer
from torch import nn

from ...errors import FewnerError
from ..base import base_tensors
from ..settings import LoraSettings
from ..shims.tensors import check_tensors

OTHER_VERSIONS = (
    "Copy or install the model once more, or load it with the versions of peft and transformers "
    "that wrote it."
)


def linear_targets(model: nn.Module, endings: Iterable[str] = ()) -> list[str]:
    """Names of the linear modules to adapt.

    Without endings: all that stand in a repeated layer (a numbered part of the name), which
    leaves out embeddings and pooler in every family. With endings: those whose name ends so.
    """
    linear = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    in_layers = [name for name in linear if any(part.isdigit() for part in name.split("."))]
    endings = tuple(endings)
    if not in_layers:
        rule = "must have layers of linear modules to adapt"
        remedy = 'Use another encoder, or trainable = "full".'
        raise FewnerError("name", rule, type(model).__name__, remedy)
    if not endings:
        return in_layers
    chosen = [name for name in linear if any(f".{name}".endswith(f".{end}") for end in endings)]
    for end in endings:
        if not any(f".{name}".endswith(f".{end}") for name in chosen):
            known = ", ".join(sorted({_without_numbers(name) for name in in_layers}))
            rule = "each must end the name of a linear module of the encoder"
            raise FewnerError("targets", rule, end, f"Known here: {known}.")
    return chosen


def _without_numbers(name: str) -> str:
    parts = name.split(".")
    last = max(i for i, part in enumerate(parts) if part.isdigit())
    return ".".join(parts[last + 1 :])


def inject(model: nn.Module, settings: LoraSettings, targets: list[str]) -> None:
    """Put the adapter in; peft freezes everything else."""
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,  # type: ignore[arg-type]
        lora_dropout=settings.dropout,
        target_modules=targets,
        bias="none",
    )
    inject_adapter_in_model(config, model)


def set_trainable(model: nn.Module, settings: LoraSettings) -> None:
    """Let gradients reach what the settings train, and nothing else."""
    for name, parameter in model.named_parameters():
        if settings.mode == "lora":
            parameter.requires_grad_(".lora_" in name)
        else:
            parameter.requires_grad_(settings.mode == "full")
    if settings.mode == "lora" and settings.train_norms:
        for parameter in _layer_norms(model):
            parameter.requires_grad_(True)


def _layer_norms(model: nn.Module) -> Iterable[nn.Parameter]:
    for name, module in model.named_modules():
        # The embeddings' own normalisation stays frozen: training it would cost the
        # backward pass through the lowest layer.
        in_layer = any(part.isdigit() for part in name.split("."))
        if in_layer and type(module).__name__.endswith("Norm"):
            yield from module.parameters(recurse=False)


def checkpoint_gradients(model: nn.Module) -> None:
    """Raises FewnerError when the family cannot."""
    try:
        # The re-entrant form needs gradients at the frozen input.
        model.gradient_checkpointing_enable({"use_reentrant": False})  # type: ignore[operator]
    except ValueError as error:
        rule = "must be false for encoders that do not support it"
        remedy = "Lower the batch size instead."
        shown = type(model).__name__
        raise FewnerError("grad_checkpointing", rule, shown, remedy) from error


def lora_layers(model: nn.Module) -> list[LoraLayer]:
    return [module for module in model.modules() if isinstance(module, LoraLayer)]


@torch.no_grad()
def fold(layers: list[LoraLayer]) -> list[torch.Tensor]:
    """Add each update to a copy of its weight, so that prediction costs what the base costs.

    Returns the original weights for `unfold`. Subtracting the update again would leave
    rounding errors in the base; putting the originals back leaves none.
    """
    originals = []
    for layer in layers:
        weight = _base_weight(layer)
        originals.append(weight.data)
        weight.data = weight.data.clone()
        layer.merge()
    return originals


def unfold(layers: list[LoraLayer], originals: list[torch.Tensor]) -> None:
    for layer, original in zip(layers, originals, strict=True):
        _base_weight(layer).data = original
        layer.merged_adapters.clear()


def _base_weight(layer: LoraLayer) -> nn.Parameter:
    return cast(nn.Parameter, layer.get_base_layer().weight)


def trained_state(model: nn.Module) -> dict[str, torch.Tensor]:
    """The tensors that training changes: the adapter as peft writes it, then trained norms."""
    norms = {
        name: parameter.detach()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and ".lora_" not in name
    }
    return {**get_peft_model_state_dict(model, save_embedding_layers=False), **norms}


def expected_state(
    model: nn.Module, settings: LoraSettings, targets: Iterable[str]
) -> dict[str, torch.Tensor]:
    """What `trained_state` will give once the adapter is in: names, shapes and types, no memory.

    Raises FewnerError for targets that are no linear modules of the model.
    """
    linear = {name: one for name, one in model.named_modules() if isinstance(one, nn.Linear)}
    expected = {}
    for target in targets:
        if target not in linear:
            rule = "each target must be a linear module of the base encoder"
            raise FewnerError("adapter", rule, target, OTHER_VERSIONS)
        n_out, n_in = linear[target].weight.shape
        expected[f"{target}.lora_A.weight"] = _nothing(settings.rank, n_in)
        expected[f"{target}.lora_B.weight"] = _nothing(n_out, settings.rank)
    if settings.mode == "lora" and settings.train_norms:
        norms = set(map(id, _layer_norms(model)))
        named = ((name, one) for name, one in model.named_parameters() if id(one) in norms)
        expected.update((name, _nothing(*one.shape)) for name, one in named)
    return expected


def _nothing(*shape: int) -> torch.Tensor:
    return torch.empty(shape, device="meta")


def load_trained_state(
    model: nn.Module, state: dict[str, torch.Tensor], what: str = "adapter"
) -> None:
    """Undo `trained_state`. what: errors call it.

    Raises FewnerError when a tensor has no place in the model, is missing, or is not as it was.
    """
    check_tensors(what, state, trained_state(model), OTHER_VERSIONS)
    adapter = {name: tensor for name, tensor in state.items() if ".lora_" in name}
    norms = {name: tensor for name, tensor in state.items() if name not in adapter}
    set_peft_model_state_dict(model, adapter)  # type: ignore[arg-type]
    model.load_state_dict(norms, strict=False)


def whole_state(model: nn.Module) -> dict[str, torch.Tensor]:
    """Every weight under the base's own names; folded weights where the adapter is folded."""
    return {name: tensor.detach() for name, tensor in base_tensors(model)}
