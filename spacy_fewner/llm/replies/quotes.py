"""Taking off the quotes that a model put around a piece of text, and no others."""

_QUOTES = ('""', "''", "``", "\u201c\u201d", "\u2018\u2019", "\u300c\u300d", "\u300e\u300f")
_PAIRS = {pair[0]: pair[1] for pair in _QUOTES}


def unquote(text: str) -> str:
    """The text without spaces at its edges and without one pair of quotes around the whole.

    Quotes around a part stay: in `"A" and "B"` the first quote is closed inside. A single quote
    left open at the start goes too.
    """
    text = text.strip()
    if not text or text[0] not in _PAIRS:
        return text
    closing = _PAIRS[text[0]]
    inner = text[1:]
    if len(text) > 1 and text.endswith(closing) and not _closes_inside(inner[:-1], closing):
        return inner[:-1].strip()
    if closing not in inner and text[0] not in inner:
        return inner.strip()
    return text


def _closes_inside(inner: str, closing: str) -> bool:
    """Whether the first quote inside closes rather than opens: no space before it, none of the
    apostrophes within words counted."""
    for place, char in enumerate(inner):
        if char != closing:
            continue
        before, after = inner[place - 1 : place], inner[place + 1 : place + 2]
        if before.isalnum() and after.isalnum():
            continue
        return bool(before) and not before.isspace() and before not in "([{"
    return False
