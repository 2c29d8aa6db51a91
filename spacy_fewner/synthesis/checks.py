"""Checks of what stages are told."""

from collections.abc import Collection
from typing import Any

from ..errors import FewnerError

_DEFAULT = "Leave it out for the default."


def check(argument: str, holds: bool, rule: str, value: Any, remedy: str = _DEFAULT) -> None:
    """Raise FewnerError unless the rule holds."""
    if not holds:
        raise FewnerError(argument, rule, value, remedy)


def at_least(settings: Any, least: float, *names: str) -> None:
    for name in names:
        value = getattr(settings, name)
        check(name, value >= least, f"must be {least} or more", value)


def share(settings: Any, *names: str) -> None:
    for name in names:
        value = getattr(settings, name)
        check(name, 0 <= value <= 1, "must lie in [0, 1]", value)


def one_of(settings: Any, name: str, choices: Collection[str]) -> None:
    value = getattr(settings, name)
    check(name, value in choices, f"must be one of {', '.join(choices)}", value)
