"""The one exception type a user sees, and the one warning."""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .shown import shown, shown_in_line

_MAX_SHOWN = 200


class FewnerError(ValueError):
    """Bad input, said so that it can be mended.

    argument: what the caller gave (a parameter, a file, a line of it).
    rule: what must hold.
    value: what was found instead; shown shortened.
    remedy: what to do about it.
    """

    def __init__(self, argument: str, rule: str, value: Any, remedy: str):
        self.argument = argument
        self.rule = rule
        self.value = value
        self.remedy = remedy
        said = f"{shown_in_line(argument)}: {rule}; got {_shorten(value)}. {remedy}"
        super().__init__(shown(said))

    def __reduce__(self):
        # Default pickling would pass the message as the only argument, which
        # loses the error on its way back from a worker of nlp.pipe(n_process=2).
        return type(self), (self.argument, self.rule, _shorten(self.value), self.remedy)


@contextmanager
def called(**names: str) -> Iterator[None]:
    """Errors within call these arguments as given, where a name alone does not tell what it is."""
    try:
        yield
    except FewnerError as err:
        name = names.get(err.argument)
        if name is None:
            raise
        raise FewnerError(name, err.rule, err.value, err.remedy) from err


@contextmanager
def path_given_as(name: str) -> Iterator[None]:
    """What is wrong with a file is said of the argument that named it."""
    with called(path=name):
        yield


def check_number(
    argument: str,
    value: Any,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    whole: bool = False,
    remedy: str = "Leave it out for the default.",
) -> None:
    """Raise FewnerError unless the value is a number, finite, from `least` to `most`."""
    kind = (int,) if whole else (int, float)
    number = isinstance(value, kind) and not isinstance(value, bool)
    if number and least <= value <= most and math.isfinite(value):
        return
    rule = "must be a whole number" if whole else "must be a number"
    if math.isfinite(most):
        rule += f" from {least:g} to {most:g}"
    elif math.isfinite(least):
        rule += f", {least:g} or more"
    raise FewnerError(argument, rule, value, remedy)


class FewnerWarning(UserWarning):
    """Input that can be used, but perhaps not as it was meant."""


def warn(message: str) -> None:
    """Warn the user; the command line prints it on stderr, in one line."""
    warnings.warn(FewnerWarning(shown(message)), stacklevel=3)


def _shorten(value: Any) -> str:
    """One line without control characters: it is printed, and may be what a binary file held."""
    text = value if isinstance(value, str) else repr(value)
    if not any(c.isprintable() and not c.isspace() for c in text):  # it would not be seen
        text = repr(text) if text else "'' (empty)"
    line = shown_in_line(" ".join(text.splitlines()))
    return line if len(line) <= _MAX_SHOWN else line[: _MAX_SHOWN - 1] + "…"
