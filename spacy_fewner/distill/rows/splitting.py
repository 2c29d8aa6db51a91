"""Rows apart: a part to measure on whose texts are in no other row, and none of held-out texts."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ...data.auditing.leakage import KnownTexts
from ...data.auditing.near import normalize, tokens
from ...data.auditing.overlap import Overlaps
from ...errors import FewnerError, check_number
from ...llm.chat_rows import ChatRow
from ...llm.types import Message
from ...types import Reject
from .cut import STAGE
from .row_texts import quoted_in, shown_in, text_of

HELD_OUT = "in a held-out set"
_WORDS = 5  # of what is quoted: fewer are a name, and no text
_SHOWN = 60  # characters of a held-out text


def split_rows(
    rows: Sequence[ChatRow], share: float, seed: int = 0
) -> tuple[list[ChatRow], list[ChatRow]]:
    """(train, dev), each in the order of the rows; about `share` of the rows are in dev.

    Rows of one text go to one side, and so do those with a parent in common (passages of one
    document, the two steps of the cascade) and those of texts that are the same but for
    punctuation, or share four fifths of their 13-grams. The same for the same rows and seed.
    Raises FewnerError for a share outside (0, 1), and for rows that cannot be parted.
    """
    check_number("share", share, least=0, most=1)
    groups = _groups(rows)
    if not 0 < share < 1 or len(groups) < 2:
        rule = "must be above 0 and below 1, of rows of two texts at least"
        found = f"{share:g} of {len(rows)} rows of {len(groups)} texts"
        raise FewnerError("share", rule, found, "Give more rows, or rows to measure on.")
    wanted = min(round(share * len(rows)), len(rows) - 1)
    dev = set(_drawn(groups, wanted, seed))
    train = [row for at, row in enumerate(rows) if at not in dev]
    return train, [rows[at] for at in sorted(dev)]


def decontaminated(
    rows: Iterable[ChatRow], texts: Iterable[str]
) -> tuple[list[ChatRow], list[Reject]]:
    """The rows without those that show a held-out text, and a reject for each of these.

    texts: of all test and dev sets there are. A row shows one if a text in any of its messages is
    the same or nearly (data/auditing/near.py), also one of five words or more that it quotes as
    JSON does, or if a message and the text have four fifths of the 13-grams of the shorter one in
    common: part of a held-out document, or a text within others.
    """
    texts = list(texts)
    held_out = _HeldOut(texts)
    kept: list[ChatRow] = []
    rejects: list[Reject] = []
    for row in rows:
        found = held_out.in_row(row)
        if found is None:
            kept.append(row)
        else:
            detail = f"held-out text {found + 1}: {texts[found][:_SHOWN]!r}"
            rejects.append(Reject(HELD_OUT, detail, STAGE, text_of(row), dict(row.meta)))
    return kept, rejects


class _HeldOut:
    """Each message is looked up once, as many rows may have it."""

    def __init__(self, texts: Sequence[str]):
        self._same, self._shared = KnownTexts(texts), Overlaps(texts)
        self._found: dict[Message, int | None] = {}

    def in_row(self, row: ChatRow) -> int | None:
        """The number of a held-out text."""
        messages = (one for one in row.messages if one.role != "system")
        return next((at for one in messages if (at := self._in(one)) is not None), None)

    def _in(self, message: Message) -> int | None:
        if message not in self._found:
            content = message.content
            # What an assistant says may be but a name, which is some set's whole text.
            whole = content if message.role == "user" else ""
            texts = (shown_in(content) or whole, *quoted_in(content, _WORDS))
            leaks = (leak.other for text in texts if (leak := self._same.find(text)))
            self._found[message] = next(leaks, self._shared.find(content))
        return self._found[message]


def _groups(rows: Sequence[ChatRow]) -> list[list[int]]:
    """Indices of rows that have to stay together, in the order of their first."""
    same = _Union()
    overlaps, first = Overlaps(), dict[str, int]()
    for at, row in enumerate(rows):
        text = " ".join(tokens(normalize(text_of(row))))
        if text not in first:
            other = overlaps.find(text)
            first[text] = overlaps.add(text) if other is None else other
        same.join(f"row {at}", f"text {first[text]}")
        for parent in _parents(row):
            same.join(f"row {at}", f"parent {parent}")
    groups: dict[str, list[int]] = defaultdict(list)
    for at in range(len(rows)):
        groups[same.of(f"row {at}")].append(at)
    return list(groups.values())


def _parents(row: ChatRow) -> list[str]:
    found = row.meta.get("parents")
    data_set = row.meta.get("data_set", "")  # ids of two sets may be the same
    return [f"{data_set} {one}" for one in found] if isinstance(found, list) else []


def _drawn(groups: list[list[int]], wanted: int, seed: int) -> list[int]:
    """Whole groups in random order, as long as they fit; the smallest where none does."""
    order = random.Random(seed).sample(groups, len(groups))
    drawn: list[int] = []
    for group in order:
        if len(drawn) + len(group) <= wanted:
            drawn += group
    return drawn or min(order, key=len)


class _Union:
    """Names that belong together."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, name: str) -> str:
        above = self._above.setdefault(name, name)
        while above != name:
            self._above[name] = self._above[above]
            name, above = above, self._above[above]
        return name

    def join(self, one: str, other: str) -> None:
        self._above[self.of(one)] = self.of(other)
