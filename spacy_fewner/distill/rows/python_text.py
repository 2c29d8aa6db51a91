"""Any text as Python source: literals, docstrings, comments, names. Nothing here is ever run."""

import keyword
import re
import unicodedata
from collections.abc import Collection
from itertools import count

from ...prompts.render import TURN_MARKS, as_data

RESERVED = frozenset(("List", "dataclass", "result", "str", "text"))  # of a row's own code
_QUOTES = re.compile(r'""+|"$')
_WORD = re.compile(r"\w+")


def literal(text: str) -> str:
    r"""A string literal on one line that reads as the text: `"He said \"no\""`.

    Marks that chat formats take for the end of a turn are written as escapes, so that the text
    stays what it is.
    """
    return '"' + _escaped(text).replace('"', r"\"") + '"'


def docstring(text: str) -> str:
    '''The text on one line in three quotes: `"""What it means."""`.'''
    line = _escaped(" ".join(text.split()))
    return '"""' + _QUOTES.sub(lambda found: r"\"" * len(found[0]), line) + '"""'


def comment(text: str) -> str:
    """The text as it may stand after "# ": on one line, with escapes for what is not printable."""
    return as_data(_printable(" ".join(text.split())))


def class_name(words: str) -> str:
    """ "organ builder" -> "OrganBuilder"; "Type…" before what can begin no name."""
    parts = _WORD.findall(_normal(words))
    name = _identifier("".join(part[:1].upper() + part[1:] for part in parts))
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"Type{name}"


def field_name(words: str) -> str:
    """ "Year built" -> "year_built"; "field_…" before what can begin no name."""
    name = _identifier("_".join(_WORD.findall(_normal(words).lower())))
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"field_{name}"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number that makes it one that is not taken."""
    names = (name if at == 1 else f"{name}_{at}" for at in count(1))
    return next(one for one in names if one not in taken and one not in RESERVED)


def _escaped(text: str) -> str:
    plain = _printable(text.replace("\\", "\\\\"))
    return TURN_MARKS.sub(lambda mark: f"\\x{ord(mark[0]):02x}", plain)


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _identifier(text: str) -> str:
    """What of it may stand in a name, as Python itself normalizes it."""
    kept = "".join(one for one in text if f"a{one}".isidentifier())
    return _normal(kept)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
