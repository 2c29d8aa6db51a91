"""What an encoder asks of its word pieces: plain values, which JSON can hold."""

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy

from ...errors import FewnerError
from ..stored import REMEDY, part_of


@dataclass(frozen=True, slots=True)
class PieceRules:
    """How windows of word pieces are made for one encoder.

    prefix, suffix: ids before and after the pieces of each window.
    pad_id: fills rows up to the longest.
    filler_id: the one piece of a window that would have none at all.
    limit: pieces that fit the encoder's positions beside prefix and suffix.
    n_pieces: of the encoder's vocabulary; ids are below it.
    has_token_types: the encoder is told of token types (all zero).
    splits_specials: signs such as "[SEP]" in a text are read as text.
    marks_places: tokens are told where they stand in a word piece of several (`places`).
    """

    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    pad_id: int
    filler_id: int
    limit: int
    n_pieces: int
    has_token_types: bool
    splits_specials: bool = False
    marks_places: bool = False

    def __post_init__(self) -> None:
        if self.limit < 1:
            remedy = "Use an encoder with more positions."
            raise FewnerError("name", "must leave room for a word piece", self.limit, remedy)

    def around(self, ids: list[int]) -> list[int]:
        """The ids of a window, from those of its pieces."""
        # White space alone, and a tokenizer without special tokens: still one position.
        return [*self.prefix, *ids, *self.suffix] or [self.filler_id]

    def shortest(self) -> list[int]:
        """Ids of a text of one piece."""
        return self.around([self.filler_id])

    def row(self, ids: list[int]) -> dict[str, numpy.ndarray]:
        """One window as the encoder is given it, as `Batch.inputs` has it: (1, len(ids)) each."""
        array = numpy.asarray([ids], dtype="int64")
        found = {"input_ids": array, "attention_mask": numpy.ones_like(array)}
        if self.has_token_types:
            found["token_type_ids"] = numpy.zeros_like(array)
        return found

    def check_ids(self, ids: numpy.ndarray) -> None:
        """ids: any shape. Raises FewnerError for pieces that the encoder has no vector for: on a
        GPU one such ends everything that runs there."""
        highest = int(ids.max()) if ids.size else 0
        if highest >= self.n_pieces:
            rule = f"must number its word pieces below the encoder's {self.n_pieces}"
            remedy = "Use the tokenizer that was made for the encoder."
            raise FewnerError("tokenizer", rule, highest, remedy)

    def to_record(self) -> dict[str, Any]:
        """For JSON or msgpack."""
        return {**asdict(self), "prefix": list(self.prefix), "suffix": list(self.suffix)}


def read_rules(record: Any, what: str = "word pieces") -> PieceRules:
    """What `to_record` gave. what: errors call it. Raises FewnerError for anything else."""
    found: dict[str, Any] = {}
    for field in fields(PieceRules):
        if field.name == "marks_places" and isinstance(record, dict) and field.name not in record:
            continue  # records of before 0.2 have none
        if field.type is bool:
            found[field.name] = part_of(record, field.name, bool, what)
        elif field.type is int:
            found[field.name] = _number(record, field.name, what)
        else:
            ids = part_of(record, field.name, list, what)
            found[field.name] = tuple(
                _number(dict(enumerate(ids)), i, what) for i in range(len(ids))
            )
    return PieceRules(**found)


def _number(record: Any, name: Any, what: str) -> int:
    value = part_of(record, name, int, what)
    if not 0 <= value < 2**31:
        raise FewnerError(what, f"its {name!r} must be 0 or a whole number above", value, REMEDY)
    return value
