"""How the offsets of a file count, where they do not count as ours: what its spans' texts tell."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..tokens.joining import usual_joiner


class Claim(NamedTuple):
    """A span as it was given. own: what it says its text is; words: the tokens, if it has any."""

    text: str
    start: int
    end: int
    own: str
    words: tuple[str, ...] | None = None


class _Unit(NamedTuple):
    name: str
    cut: Callable[[Claim, int, int], str | None]
    remedy: str


class _Edges(NamedTuple):
    name: str
    move: Callable[[int, int], tuple[int, int]]
    remedy: str


def folded(text: str) -> str:
    """Runs of spaces as one, none at the ends."""
    return " ".join(text.split())


def joined(words: Sequence[str]) -> str:
    """The text of tokens that come without it."""
    return usual_joiner([words]).join(words)


def claim_of(span: Mapping[str, Any], text: str, words: tuple[str, ...] | None) -> Claim | None:
    """None if the span says nothing of its text, or has no offsets."""
    start, end, own = span.get("start"), span.get("end"), span.get("text")
    if type(start) is not int or type(end) is not int or not isinstance(own, str):
        return None
    return Claim(text, start, end, own, words) if own.strip() else None


def claims_of(records: Iterable[Any]) -> Iterator[Claim]:
    """What the spans of raw records say of themselves; all that is malformed is passed over."""
    for record in (record for record in records if isinstance(record, dict)):
        tokens, spans = record.get("tokens"), record.get("spans")
        words = strings(tokens)
        text = record.get("text")
        if text is None and words:
            text = joined(words)
        if not isinstance(spans, list) or not isinstance(text, str):
            continue
        for span in spans:
            if isinstance(span, dict) and (claim := claim_of(span, text, words)):
                yield claim


def same_text(one: str, other: str) -> bool:
    """Whether they differ at most in spaces, and in how marked letters are composed."""
    return folded(_nfc(one)) == folded(_nfc(other))


def remedy(claim: Claim, claims: Sequence[Claim]) -> str:
    """What to do about a span that is not where it says it is; claims: all those of its file."""
    return _other_width(claim) or _which_fits(claim, claims) or _where_it_is(claim)


def _other_width(claim: Claim) -> str:
    """Of a span that is where it says, but for full-width and half-width forms, and ligatures."""
    found = claim.text[max(claim.start, 0) : max(claim.end, 0)]
    if same_text(found, claim.own) or folded(_nfkc(found)) != folded(_nfkc(claim.own)):
        return ""
    return f"They differ in full-width or half-width forms: write the span's own as {found!r}."


def _where_it_is(claim: Claim) -> str:
    place = claim.text.find(claim.own)
    if claim.own and place >= 0:
        return f"The text has it at {place} to {place + len(claim.own)}: correct start and end."
    return "The text does not have it: correct the text, or the span's own."


def _which_fits(claim: Claim, others: Sequence[Claim]) -> str:
    """The counting under which the claim holds, and all others if there is such a one; and how to
    make characters of it. "" if there is none.
    """
    fits = [(unit, edges) for edges in _EDGES for unit in _UNITS if _holds(claim, unit, edges)]
    if not fits:
        return ""
    counts = [sum(_holds(other, *fit) for other in others) for fit in fits]
    best = max(range(len(fits)), key=counts.__getitem__)
    unit, edges = fits[best]
    shown = ", ".join(part for part in (unit.name, edges.name) if part)
    spans = (
        f"all {len(others)}" if counts[best] == len(others) else f"{counts[best]} of {len(others)}"
    )
    remedy = " ".join(part for part in (unit.remedy, edges.remedy) if part)
    return f"The offsets fit {spans} spans if they count {shown}. {remedy}"


def strings(tokens: Any) -> tuple[str, ...] | None:
    if isinstance(tokens, list) and tokens and all(isinstance(t, str) for t in tokens):
        return tuple(tokens)
    return None


def _holds(claim: Claim, unit: _Unit, edges: _Edges) -> bool:
    start, end = edges.move(claim.start, claim.end)
    found = unit.cut(claim, start, end) if 0 <= start < end else None
    return found is not None and same_text(found, claim.own)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _encoded(encoding: str, width: int) -> Callable[[Claim, int, int], str | None]:
    def cut(claim: Claim, start: int, end: int) -> str | None:
        data = claim.text.encode(encoding, "surrogatepass")
        return data[start * width : end * width].decode(encoding, "replace")

    return cut


def _of(change: Callable[[str], str]) -> Callable[[Claim, int, int], str | None]:
    return lambda claim, start, end: change(claim.text)[start:end]


def _tokens(claim: Claim, start: int, end: int) -> str | None:
    words = claim.words or claim.text.split()
    return usual_joiner([words]).join(words[start:end]) if end <= len(words) else None


_UNITS = (
    _Unit("characters", _of(str), ""),
    _Unit(
        "UTF-16 units, as JavaScript, Java and C# do",
        _encoded("utf-16-le", 2),
        "Make them characters: len(text.encode('utf-16-le')[:2 * start].decode('utf-16-le')).",
    ),
    _Unit(
        "bytes of UTF-8",
        _encoded("utf-8", 1),
        "Make them characters: len(text.encode()[:start].decode()).",
    ),
    _Unit(
        "tokens",
        _tokens,
        'Give the tokens as a list of strings, "tokens": ["…"], and the spans may count them.',
    ),
    _Unit(
        "each line end as two characters, \\r\\n",
        _of(lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n")),
        "Write the text as it was when it was annotated.",
    ),
    _Unit(
        "each line end, \\r\\n, as one character",
        _of(lambda text: text.replace("\r\n", "\n")),
        "Write the text as it was when it was annotated.",
    ),
    _Unit(
        "the text without the spaces at its start",
        _of(str.lstrip),
        "Remove these spaces from the text.",
    ),
    _Unit(
        "composed characters (NFC)",
        _of(_nfc),
        "Write the text in this form: unicodedata.normalize('NFC', text).",
    ),
    _Unit(
        "decomposed characters (NFD)",
        _of(lambda text: unicodedata.normalize("NFD", text)),
        "Write the text in this form: unicodedata.normalize('NFD', text).",
    ),
    _Unit(
        "full-width and half-width forms made plain (NFKC)",
        _of(_nfkc),
        "Write the text in this form: unicodedata.normalize('NFKC', text).",
    ),
)
_EDGES = (
    _Edges("", lambda start, end: (start, end), ""),
    _Edges("the end inclusive", lambda start, end: (start, end + 1), "Add 1 to each end."),
    _Edges(
        "from 1, or a byte order mark before the text",
        lambda start, end: (start - 1, end - 1),
        "Take 1 from each start and end.",
    ),
    _Edges(
        "from 1, the end inclusive",
        lambda start, end: (start - 1, end),
        "Take 1 from each start.",
    ),
    _Edges(
        "one character less than the text has at its start",
        lambda start, end: (start + 1, end + 1),
        "Add 1 to each start and end.",
    ),
    _Edges(
        "a start and a length",
        lambda start, end: (start, start + end),
        "Add the start to each end.",
    ),
)
