"""The model that is tuned: a base with an adapter in it, or as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.installed import is_installed
from ...errors import FewnerError, path_given_as
from ...llm.tuned.base import Base, fingerprint, load_base
from ...llm.tuned.card import read_card
from .settings import ALL_LINEAR, Settings

if TYPE_CHECKING:
    import torch
    from peft import LoraConfig

SHORT = "bfloat16"


@dataclass(frozen=True)
class Precision:
    """weights: type that the base is loaded in. short: whether layers compute in bfloat16."""

    weights: "torch.dtype"
    short: bool


def precision_of(settings: Settings) -> Precision:
    """Weights that change stay in float32. Raises FewnerError for bfloat16 where the processor has
    no instructions for it."""
    import torch

    from ...encoders.shims.precision import has_bfloat16

    able = has_bfloat16(torch.device(device_of(settings)))
    if settings.precision == SHORT and not able:
        rule, remedy = "needs a processor or GPU that computes in it", "Use auto, or float32."
        raise FewnerError("precision", rule, settings.precision, remedy)
    short = able and settings.precision != "float32"
    whole = settings.method == "full" or not short
    return Precision(torch.float32 if whole else torch.bfloat16, short)


def device_of(settings: Settings) -> str:
    """ "cpu" or "cuda". Raises FewnerError for a GPU that is not there."""
    import torch

    found = torch.cuda.is_available()
    if settings.device == "cuda" and not found:
        remedy = "Use cpu, or install torch for CUDA."
        raise FewnerError("device", "needs a GPU that torch sees", settings.device, remedy)
    return "cuda" if found and settings.device != "cpu" else "cpu"


def check_method(settings: Settings) -> None:
    """Raises FewnerError where QLoRA cannot run: before anything is loaded."""
    if settings.method != "qlora":
        return
    missing = [] if is_installed("bitsandbytes") else ["no package bitsandbytes"]
    missing += [] if device_of(settings) == "cuda" else ["no GPU"]
    if missing:
        remedy = "Use --method lora, or pip install bitsandbytes on a machine with a GPU."
        rule = "qlora needs a GPU and bitsandbytes"
        raise FewnerError("method", rule, " and ".join(missing), remedy)


def loaded(settings: Settings, where: str | None = None) -> Base:
    """The base as it is tuned. where: a folder in place of settings.base."""
    chosen = precision_of(settings)
    how = _four_bits() if settings.method == "qlora" else {}
    return load_base(where or settings.base, settings.revision, chosen.weights, **how)


def base_fingerprint(settings: Settings, base: Base) -> str:
    """Of the base's weights as they are stored."""
    if settings.method == "qlora":
        import torch

        return fingerprint(load_base(settings.base, settings.revision, torch.bfloat16).model)
    return fingerprint(base.model)


def with_adapter(base: Base, settings: Settings, start: Path | None) -> "torch.nn.Module":
    """The model to train. start: folder of the adapter to go on from, whose form the settings must
    have; None for a new one."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model

    if settings.method == "full":
        return base.model
    if settings.method == "qlora":
        from peft import prepare_model_for_kbit_training

        prepare_model_for_kbit_training(  # in place
            base.model, use_gradient_checkpointing=settings.gradient_checkpointing
        )
    with _targets_checked(settings):
        if start is None:
            torch.manual_seed(settings.seed)
            return get_peft_model(base.model, _adapter(settings))
        config = LoraConfig.from_pretrained(str(start))
        config.lora_dropout, config.inference_mode = settings.dropout, False
        return PeftModel.from_pretrained(base.model, str(start), config=config, is_trainable=True)


def check_start(settings: Settings, found: str) -> None:
    """Raises FewnerError for an adapter of another base, or of another form than the settings'.

    found: fingerprint of the base.
    """
    from peft import LoraConfig

    with path_given_as("start"):
        card = read_card(settings.start)
    if card.is_adapter != (settings.method != "full"):
        remedy = "Give the same --method, or none of the two."
        raise FewnerError("start", f"must be tuned with {settings.method}", card.method, remedy)
    if not card.is_adapter:
        return
    if card.fingerprint != found:
        remedy = f"Give --base {card.base}, or leave the start out."
        raise FewnerError("start", f"must be of the base {settings.base}", card.base, remedy)
    config = LoraConfig.from_pretrained(str(settings.start))
    for name, own, other in (
        ("rank", settings.rank, config.r),
        ("alpha", settings.scale, config.lora_alpha),
    ):
        if own != other:
            rule = f"must be that of the adapter to start from, {other:g}"
            raise FewnerError(name, rule, own, f"Give --{name} {other:g}, or leave the start out.")
    _check_targets(settings, config)


def _check_targets(settings: Settings, config: "LoraConfig") -> None:
    """Of an adapter on all linear modules the names of these are stored."""
    given = set(_names(settings.targets))
    stored = set(config.target_modules or ())
    if given != {ALL_LINEAR} and given != stored:
        rule = "must be those of the adapter to start from"
        remedy = "Leave them out, or leave the start out."
        found = f"{settings.targets}, not {', '.join(sorted(stored))}"
        raise FewnerError("targets", rule, found, remedy)


def _names(targets: str) -> list[str]:
    return [name.strip() for name in targets.split(",") if name.strip()]


def _adapter(settings: Settings) -> "LoraConfig":
    from peft import LoraConfig

    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.scale,  # type: ignore[arg-type]
        lora_dropout=settings.dropout,
        target_modules=ALL_LINEAR if settings.targets == ALL_LINEAR else _names(settings.targets),
        task_type="CAUSAL_LM",
    )


@contextmanager
def _targets_checked(settings: Settings) -> Iterator[None]:
    try:
        yield
    except ValueError as err:
        rule, remedy = "must name linear modules of the base", f'Use "{ALL_LINEAR}".'
        raise FewnerError("targets", rule, f"{settings.targets}: {err}", remedy) from err


def _four_bits() -> dict[str, Any]:
    import torch
    from accelerate import PartialState
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    gpu = int(PartialState().local_process_index)
    return {"quantization_config": config, "device_map": {"": gpu}}
