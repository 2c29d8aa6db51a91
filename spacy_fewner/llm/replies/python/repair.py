"""Small slips for which a model's Python is none: quotes in quotes, typographic quotes, keywords
as names. What is in strings stays as it is."""

import keyword
import re

from .strings import depth_of, end_of_string

MAX_DEPTH = 50  # of brackets
_START = re.compile(r"[\"“”„]{3}|'{3}|[\"'#]|(?<=[=(\[,{:])[ \t]*[“”„‘’]|(?<=[=(\[,{:])[ \t]*`")
_PAIRS = {"“": "”“", "”": "”", "„": "“”", "‘": "’", "’": "’", "`": "`"}
# Behind a closing quote goes no sentence on.
_CLOSED = r"((?:\\.|[^\\\n])*?)[%s](?=[ \t]*(?:[,)\]}:#]|$)|[ \t]+[\"'])"
_WORDS = "|".join(sorted(set(keyword.kwlist) - {"None", "True", "False"}))
_NOT_A_FIELD = "|".join(("else", "try", "finally", "lambda"))
_AS_ARGUMENT = re.compile(rf"(?<=[(,\s])({_WORDS})(?=[ \t]*=(?!=))")
_AS_FIELD = re.compile(rf"(?m)^([ \t]+)(?!{_NOT_A_FIELD})({_WORDS})(?=[ \t]*:[ \t]*\w)")


def repaired(text: str) -> str:
    """The text with these slips mended, or as it is where that would nest brackets too deeply."""
    parts, position = [], 0
    while start := _START.search(text, position):
        parts.append(_code(text[position : start.start()]))
        said, position = _string(text, start)
        parts.append(said)
    parts.append(_code(text[position:]))
    mended = "".join(parts)
    return mended if depth_of(mended) <= MAX_DEPTH else text


def plain_name(name: str) -> str:
    """A name as the model wrote it: without the underscore that makes it none of the keywords."""
    bare = name.removesuffix("_")
    return bare if keyword.iskeyword(bare) else name


def _code(text: str) -> str:
    return _AS_FIELD.sub(r"\1\2_", _AS_ARGUMENT.sub(r"\1_", text))


def _string(text: str, start: re.Match[str]) -> tuple[str, int]:
    """The string or comment that starts here, mended, and where it ends."""
    quote = start[0].strip()
    if len(quote) == 3 and quote not in ('"""', "'''"):
        end = re.compile('["“”]{3}').search(text, start.end())
        stop = end.start() if end else len(text)
        return f'"""{text[start.end() : stop]}"""', end.end() if end else stop
    if len(quote) == 3 or quote == "#":
        end_at = end_of_string(text, start.end(), quote)
        return text[start.start() : end_at], end_at
    line_end = text.find("\n", start.end())
    line_end = len(text) if line_end < 0 else line_end
    closed = re.compile(_CLOSED % re.escape(_PAIRS.get(quote, quote)))
    inside = closed.match(text, start.end(), line_end)
    if inside is None:
        return text[start.start() : line_end], line_end
    return _quoted(inside[1], quote), inside.end()


def _quoted(inside: str, quote: str) -> str:
    mark = quote if quote in "\"'" else '"'
    escaped = re.sub(rf"(\\.)|{mark}", lambda found: found[1] or "\\" + mark, inside)
    return f"{mark}{escaped}{mark}"
