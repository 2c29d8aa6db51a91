"""What the settings of `fewner_textcat` may be."""

import math
from typing import Any, Literal, get_args

from ..data.config_keys import by_label
from ..errors import FewnerError
from ..spans.stored_settings import probability

Way = Literal["finetune", "contrastive", "probe"]
WAYS: tuple[str, ...] = get_args(Way)


def way(argument: str, value: Any) -> str:
    """How training goes: see the factory."""
    if value not in WAYS:
        remedy = '"finetune" suits most.'
        raise FewnerError(argument, f"must be one of {', '.join(WAYS)}", value, remedy)
    return value


def temperature(argument: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value <= 0:
        raise FewnerError(argument, "must be a number above 0", value, "1.0 changes nothing.")
    return float(value)


def label_probabilities(argument: str, value: Any) -> dict[str, float]:
    """Of labels: any in a mapping made in Python; in a list as configs have it."""
    given = value if isinstance(value, dict) else by_label(argument, value)
    return {label: probability(f"{argument}[{label!r}]", one) for label, one in given.items()}
