"""From where training begins: whether a start fits, and what it is told of the labels."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..data.config_keys import check_no_variables
from ..errors import FewnerError
from ..spans.open import SHIPPED
from ..spans.open.given import as_records
from ..types import Schema
from .training.config import ALPHA
from .training.settings import MEASURED, SCRATCH, FitSettings

if TYPE_CHECKING:
    from ..spans.open.start import Start


def misfit(settings: FitSettings, name: str = SHIPPED) -> str:
    """Why training cannot begin from a start, for people; empty if it can.

    name: "open", or a folder. Raises FewnerError for an encoder that there is not, and for a folder
    that holds no start.
    """
    from ..spans.open.start import read_about

    if settings.encoder == "cnn":
        return _no_start(name, "the small network cnn, which is not pretrained")
    if settings.rank == 0:
        return _no_start(name, "full fine-tuning (rank 0)")
    if name == SHIPPED and not _is_shipped():
        return "this installation holds no open start"
    start = read_about(name)
    if (settings.rank, ALPHA * settings.rank) != (start.lora["rank"], start.lora["alpha"]):
        return _no_start(name, f"LoRA of rank {settings.rank}", start)
    if settings.head_context != start.context:
        return _no_start(name, f"a head with context {settings.head_context}")
    if _hash_of(settings) != start.base["hash"]:
        return _no_start(name, f"the encoder {settings.encoder_name}", start)
    return ""


def settled(settings: FitSettings) -> tuple[FitSettings, str]:
    """The settings with a start that fits them, and what is to be said of it.

    "measured" becomes "scratch" where no open start fits, and else stays, with nothing said yet.
    Raises FewnerError if the start that they name does not fit.
    """
    if settings.start == SCRATCH:
        return settings, "from scratch, as asked"
    name = SHIPPED if settings.start == MEASURED else str(settings.start)
    reason = misfit(settings, name)
    if reason and settings.start == MEASURED:
        return replace(settings, start=SCRATCH), f"from scratch; {reason}"
    if reason:
        remedy = f'Leave it out, or train from scratch (start "{SCRATCH}").'
        raise FewnerError("start", "must fit what is trained", f"{name}: {reason}", remedy)
    return settings, "" if settings.start == MEASURED else f"{name}, as asked"


def settled_unmeasured(settings: FitSettings) -> tuple[FitSettings, str]:
    """As `settled`, for a training that is compared with no other: the open start if it fits."""
    settings, said = settled(settings)
    if settings.start != MEASURED:
        return settings, said
    return replace(settings, start=SHIPPED), "open; only `fit` measures whether that is better"


def meanings_of(schema: Schema, labels: Collection[str]) -> list[dict[str, Any]]:
    """What the scheme says of those labels beside their names, as a config can hold it.

    Raises FewnerError for what a config would read as a variable.
    """
    told = [one for one in schema if one.id in labels and (one.description or one.synonyms)]
    records = as_records(Schema(tuple(told)))
    check_no_variables("labels", records)
    return records


def _is_shipped() -> bool:
    from ..spans.open.start import find_start

    try:
        find_start(SHIPPED)
    except FewnerError:
        return False
    return True


def _hash_of(settings: FitSettings) -> str:
    from ..encoders.base import load_base, resolve_base, weights_hash

    base = resolve_base(settings.encoder_name, settings.revision)
    return weights_hash(load_base(base, {}, {}).transformer)


def _no_start(name: str, what: str, start: "Start | None" = None) -> str:
    if name == SHIPPED:
        said = f"there is no open start for {what}"
    else:
        said = f"this start is not for {what}"
    if start is None:
        return said
    return f"{said}, but for {start.base['name']} with LoRA of rank {start.lora['rank']}"
