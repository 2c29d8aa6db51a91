"""Rows to train on and rows to measure on, apart from each other and from test sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ....errors import FewnerError, check_number, warn
from ....llm.chat_rows import ChatRow
from ....types import Reject
from ...rows.row_texts import text_of
from ...rows.splitting import decontaminated, split_rows
from .encoding import EncodedRows, RowEncoder

MOST_LEFT_OUT = 0.3  # of all rows; more of them, and the limit is wrong


@dataclass(frozen=True)
class Parted:
    """train, dev: no text is in both, unless dev was given so."""

    train: list[ChatRow]
    dev: list[ChatRow]
    rejects: list[Reject] = field(default_factory=list)


def parted(
    rows: Sequence[ChatRow],
    dev: Sequence[ChatRow],
    share: float,
    against: Mapping[str, Sequence[str]],
    seed: int,
) -> Parted:
    """dev: rows given to measure on, with a warning if they show texts of the rows; without any,
    about `share` of the rows are, none if it is 0.
    against: names of held-out sets to their texts, which no row may show."""
    check_number("dev_share", share, least=0, most=0.9)
    if not rows:
        raise FewnerError("rows", "must hold a row to learn", "none", "Give a file with rows.")
    texts = [text for one in against.values() for text in one]
    kept, rejects = decontaminated(rows, texts) if texts else (list(rows), [])
    if not kept:
        rule, remedy = "must hold a row that shows no held-out text", "Give other rows."
        raise FewnerError("rows", rule, f"{len(rows)} that do", remedy)
    if dev or not share:
        _warn_of_shared(kept, dev)
        return Parted(kept, list(dev), rejects)
    try:
        train, held_out = split_rows(kept, share, seed)
    except FewnerError as err:
        if err.argument != "share":
            raise
        remedy = f"{err.remedy.rstrip('.')}, or 0 to measure on none."
        raise FewnerError("dev_share", err.rule, err.value, remedy) from err
    return Parted(train, held_out, rejects)


def _warn_of_shared(rows: Sequence[ChatRow], dev: Sequence[ChatRow]) -> None:
    texts = [text_of(row) for row in dev]
    shown = {reject.text for reject in decontaminated(rows, texts)[1]} if texts else ()
    if shown:
        warn(
            f"the rows to measure on show {len(shown):,} texts of the rows to learn: the loss on "
            "them says little of new texts. Leave them out of one side."
        )


def encoded(encoder: RowEncoder, rows: Sequence[ChatRow], called: str) -> EncodedRows:
    """called: what errors call the rows. Raises FewnerError where too many are too long."""
    found = encoder.encode_all(rows)
    left_out = len(found.rejects)
    if rows and (not found.rows or left_out > MOST_LEFT_OUT * len(rows)):
        rule = f"must hold rows of at most {encoder.most:,} tokens"
        said = f"{left_out:,} of {len(rows):,} that are longer"
        remedy = "Raise max_length as far as the model reads, or make rows of shorter texts."
        raise FewnerError(called, rule, said, remedy)
    return found
