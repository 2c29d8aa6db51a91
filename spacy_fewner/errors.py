"""The one exception type a user sees."""

from typing import Any
from unicodedata import category

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
        super().__init__(f"{argument}: {rule}; got {_shorten(value)}. {remedy}")

    def __reduce__(self):
        # Default pickling would pass the message as the only argument, which
        # loses the error on its way back from a worker of nlp.pipe(n_process=2).
        return type(self), (self.argument, self.rule, _shorten(self.value), self.remedy)


def _shorten(value: Any) -> str:
    """One line without control characters: it is printed, and may be what a binary file held."""
    text = value if isinstance(value, str) else repr(value)
    if not any(c.isprintable() and not c.isspace() for c in text):  # it would not be seen
        text = repr(text) if text else "'' (empty)"
    shown = " ".join(text.splitlines())
    shown = "".join(ascii(c)[1:-1] if category(c) in ("Cc", "Cs") else c for c in shown)
    return shown if len(shown) <= _MAX_SHOWN else shown[: _MAX_SHOWN - 1] + "…"
