"""Which columns of a table hold the text and its classes: by their names in the header (ours)."""

from collections.abc import Sequence
from typing import NamedTuple

from ...errors import FewnerError
from .cells import Row

Wanted = str | int | Sequence[str | int] | None
"""Columns by name, or by number as people count: from 1, or from the end with -1."""

# Where several are there, the first of these is taken.
TEXTS = (
    *("text", "sentence", "content", "utterance", "question", "query", "message", "review"),
    *("document", "body", "abstract", "description", "title"),
)
LABELS = ("label", "labels", "category", "categories", "class", "classes", "intent", "cats")
_REMEDY = (
    "Name them in the first row (text,label), or choose: --text-column 1 --label-column 2 "
    "(text_column=, label_column= in Python), by name or number."
)


class TableColumns(NamedTuple):
    """Columns counted from 0. header: the names, None if the first row is an example."""

    text: int
    labels: tuple[int, ...]
    header: tuple[str, ...] | None

    def __str__(self) -> str:
        last = max(self.text, *self.labels, 0)
        shown = self.header or tuple(str(number) for number in range(1, last + 2))
        classes = " and ".join(shown[n] for n in self.labels) or "in none"
        return f"text {shown[self.text]}, class {classes}"


def has_names(cells: Sequence[str]) -> bool:
    """Whether a first row names both a text and a label."""
    return bool(_known(cells, TEXTS)) and bool(_known(cells, LABELS))


def choose_columns(
    rows: Sequence[Row], where: str, text: Wanted, label: Wanted, texts_only: bool = False
) -> TableColumns:
    """The columns that were asked for, and for the others those with a name that says it.

    The first row is a header if a column is asked for by a name, or if it has a name of ours.
    FewnerError for a column that is not there, and where no name says which it is; with texts_only
    there need be none of classes.
    """
    first = rows[0].cells
    asked_text, asked_labels = _asked(text), _asked(label)
    named = any(isinstance(one, str) for one in (*asked_text, *asked_labels))
    known = bool(_known(first, TEXTS) or _known(first, LABELS))
    header = first if named or known else None
    texts = _places(asked_text, first, "text_column (--text-column)") or _known(first, TEXTS)
    labels = _places(asked_labels, first, "label_column (--label-column)") or _known(first, LABELS)
    if not texts or not (labels or texts_only):
        missing = " and ".join(
            what for what, found in (("text", texts), ("label", labels or texts_only)) if not found
        )
        shown = ", ".join(cell[:30] for cell in first)
        rule = f"a column must be known to hold the {missing}"
        raise FewnerError(where, rule, f"{shown} in the first row", _REMEDY)
    if texts[0] in labels:
        shown = f"both in column {texts[0] + 1}"
        raise FewnerError(where, "text and label must be in different columns", shown, _REMEDY)
    return TableColumns(texts[0], tuple(labels), header)


def _known(cells: Sequence[str], names: Sequence[str]) -> list[int]:
    """The columns of the first name that is there; several if it is repeated."""
    plain = [cell.strip().casefold() for cell in cells]
    for name in names:
        if name in plain:
            return [n for n, cell in enumerate(plain) if cell == name]
    return []


def _asked(wanted: Wanted) -> list[str | int]:
    if wanted is None:
        return []
    several = [wanted] if isinstance(wanted, (str, int)) else list(wanted)
    return [_number(one) for one in several]


def _number(wanted: str | int) -> str | int:
    """The command line has numbers as text."""
    try:
        return int(wanted)
    except ValueError:
        return wanted


def _places(wanted: Sequence[str | int], first: Sequence[str], argument: str) -> list[int]:
    found: list[int] = []
    for one in wanted:
        own = [cell.strip() for cell in first]
        alike = [n for n, cell in enumerate(own) if cell == str(one)]
        if isinstance(one, int) and not alike and one and -len(first) <= one <= len(first):
            alike = [one - 1 if one > 0 else one + len(first)]
        if not alike:
            shown = ", ".join(cell[:30] for cell in own)
            rule = f"must be a name in the first row, or one of {len(first)} columns"
            raise FewnerError(argument, rule, one, f"Choose from {shown}, or count from 1.")
        found += alike
    return list(dict.fromkeys(found))
