"""The rows of a CoNLL-U file, sentence by sentence, checked.

Source: universaldependencies.org/format.html. Beyond it, comments may stand anywhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....errors import FewnerError

WIDTH = 10
EMPTY = "_"
ID, FORM, UPOS, MISC = 0, 1, 3, 9
_WORD = re.compile(r"[1-9][0-9]*")
_RANGE = re.compile(r"([1-9][0-9]*)-([1-9][0-9]*)")
_EMPTY_NODE = re.compile(r"([0-9]+)\.[1-9][0-9]*")
_COMMENT = re.compile(r"#\s*(text|sent_id)\s*=(.*)")


@dataclass(frozen=True)
class Token:
    """A piece of the text: a word, or several that are written as one.

    line: its number in the file. cells: of its row. words: the cells of the words in it, its own
    if it is one.
    """

    line: int
    cells: Sequence[str]
    words: Sequence[Sequence[str]]

    @property
    def form(self) -> str:
        return self.cells[FORM]

    @property
    def space_after(self) -> bool:
        return "SpaceAfter=No" not in self.cells[MISC].split("|")


@dataclass(frozen=True)
class Block:
    """A sentence. told: its comments `text` and `sent_id`. empty: its empty nodes.

    first: number of its first row in the file.
    """

    lines: tuple[str, ...]
    first: int
    told: dict[str, str]
    tokens: Sequence[Token]
    empty: int


def blocks_of(lines: Sequence[str], path: Path) -> Iterator[Block]:
    """The sentences; comments without a row belong to the next one.

    Raises FewnerError with file and line.
    """
    waiting: list[tuple[int, str]] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            waiting.append((number, line))
        elif any(not one.startswith("#") for _, one in waiting):
            yield _block(waiting, path)
            waiting = []


def _block(lines: Sequence[tuple[int, str]], path: Path) -> Block:
    told: dict[str, str] = {}
    rows = []
    for number, line in lines:
        if not line.startswith("#"):
            rows.append((number, _cells(line, f"{path}:{number}")))
        elif found := _COMMENT.fullmatch(line):
            told[found[1]] = found[2].strip()
    tokens, empty = _tokens(rows, path)
    return Block(tuple(line for _, line in lines), rows[0][0], told, tokens, empty)


def _cells(line: str, where: str) -> list[str]:
    cells = line.split("\t")
    if len(cells) != WIDTH:
        remedy = "Part the columns by tabs; a file with other columns is read with --format conll."
        rule, shown = f"a row of CoNLL-U must have {WIDTH} columns", f"{len(cells)} in {line!r}"
        raise FewnerError(where, rule, shown, remedy)
    if not all(cells):
        remedy = "Write _ for an empty column."
        raise FewnerError(where, "no column of CoNLL-U may be empty", repr(line), remedy)
    return cells


def _tokens(rows: Sequence[tuple[int, list[str]]], path: Path) -> tuple[list[Token], int]:
    """The tokens of a sentence, and how many empty nodes there are."""
    tokens: list[Token] = []
    word, end, empty = 0, 0, 0  # numbers of the last word, and of the last one of a range
    ranged = ""
    for line, cells in rows:
        where, number = f"{path}:{line}", cells[ID]
        if _EMPTY_NODE.fullmatch(number):
            _check(int(number.split(".")[0]) == word, where, number, f"{word}.1")
            empty += 1
        elif found := _RANGE.fullmatch(number):
            _check_apart(word, end, where, number)
            fits = int(found[1]) == word + 1 and int(found[2]) > word
            _check(fits, where, number, f"{word + 1}-{word + 2}")
            end, ranged = int(found[2]), where
            tokens.append(Token(line, cells, []))
        else:
            fits = _WORD.fullmatch(number) is not None and int(number) == word + 1
            _check(fits, where, number, str(word + 1))
            word += 1
            if word <= end:
                tokens[-1].words.append(cells)  # type: ignore[attr-defined]
            else:
                tokens.append(Token(line, cells, [cells]))
    last, cells = rows[-1]
    _check(word >= 1, f"{path}:{last}", f"{cells[ID]}, and no more", "1")
    _check_range_ends(ranged, word, end)
    return tokens, empty


def _check_apart(word: int, end: int, where: str, number: str) -> None:
    """word: the last one so far; end: the last number of the range before."""
    if word < end:
        rule = "a word may be written as one with others once"
        shown = f"{number}, before {end} of another range has come"
        raise FewnerError(where, rule, shown, "Correct one of the two ranges.")


def _check_range_ends(where: str, last: int, end: int) -> None:
    """where: the last range of a sentence; end: its last number."""
    if end > last:
        rule = "words that are written as one must be of the same sentence"
        shown = f"words to {end}, where the last is {last}"
        raise FewnerError(where, rule, shown, "Correct the range, or add the words.")


def _check(fits: bool, where: str, found: str, expected: str) -> None:
    if not fits:
        rule = "words of a sentence must be numbered from 1, without a gap"
        remedy = f"Write {expected}; part sentences by a blank line."
        raise FewnerError(where, rule, found, remedy)
