"""When a model says the same again and again, as small ones do."""

from collections.abc import Sequence

TIMES = 4
_LEAST = 24  # tokens that the copies must have together: "0000" and "....." are no loop
_LONGEST = 64  # tokens of what is repeated


def repeats(tokens: Sequence[int], prompt: Sequence[int] = ()) -> bool:
    """Whether the tokens end with the same TIMES times, which the prompt does not have.

    A copy of a text that itself repeats is no loop. The numbers are ours.
    """
    for size in range(1, min(_LONGEST, len(tokens) // TIMES) + 1):
        if tokens[-1] != tokens[-1 - size]:
            continue
        times = max(TIMES, -(-_LEAST // size))
        end = list(tokens[-size * times :])
        if len(end) == size * times and end == end[:size] * times:
            return not _has(prompt, end)
    return False


def _has(tokens: Sequence[int], part: list[int]) -> bool:
    size = len(part)
    return any(list(tokens[at : at + size]) == part for at in range(len(tokens) - size + 1))
