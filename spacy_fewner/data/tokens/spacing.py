"""Tokens given by their characters, in spaCy's form."""

import re
from collections.abc import Iterable

from ...errors import FewnerError

_RUNS = re.compile(r"\s+|\S+")


def words_and_spaces(
    text: str, tokens: Iterable[tuple[int, int]], where: str = "text"
) -> tuple[list[str], list[bool]]:
    """Words, and whether one space follows each, which together are the text.

    tokens: start and end of each, in characters. Text between them is cut into runs of spaces and
    of other characters, so that nothing of it is lost. where: what an error calls the text.
    Raises FewnerError if tokens are empty, overlap or leave the text.
    """
    words: list[str] = []
    spaces: list[bool] = []
    position = 0

    def between(start: int) -> None:
        for piece in _RUNS.findall(text, position, start):
            if piece.startswith(" ") and spaces and not spaces[-1]:
                spaces[-1] = True
                piece = piece[1:]
            if piece:
                words.append(piece)
                spaces.append(False)

    for start, end in tokens:
        if not position <= start < end <= len(text):
            rule = "tokens must be in order, apart and in the text"
            raise FewnerError(where, rule, (start, end), "Mend them.")
        if start > position:
            between(start)
        words.append(text[start:end])
        spaces.append(False)
        position = end
    between(len(text))
    return words, spaces
