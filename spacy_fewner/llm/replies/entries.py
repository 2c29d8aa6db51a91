"""Lists of short things (topics, names, phrases): JSON, or lines with numbers or bullets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .json_lists import bare_list, begun_list
from .json_reply import read_json
from .parsed import CUT_SHORT, LOOP, Parsed, Problem, Repeats, explain_nothing
from .quotes import unquote

NOTHING = "nothing behind the mark"

_NUMBER = re.compile(
    r"\s{0,8}[*_]{0,2}[(\uff08]?\d{1,4}(?:[.)](?!\d)|[\u3001\uff0e\uff09])[*_]{0,2}\s{0,8}"
)
_BULLET = re.compile(r"\s{0,8}[-*+\u2022\u2023\u25aa\u2013\u2014]\s{1,8}")
_EMPHASIS = re.compile(r"(\*\*|__|`)((?:(?!\1).)+)\1")
_SEPARATORS = (re.compile(r" [-\u2013\u2014] |\u2014\u2014"), re.compile(r": |\uff1a"))
_ASIDES = (("(", ")"), ("[", "]"), ("\u201c", "\u201d"), ("\uff08", "\uff09"))
_LONGEST_HEAD = 200  # characters


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a list.

    text: without number, quotes around it and emphasis. gloss: what a dash or a colon adds to it.
    source: the line or the string that it was read from.
    """

    text: str
    gloss: str = ""
    source: str = ""


def read_entries(reply: str, *, cut: bool = False, glosses: bool = True) -> Parsed[Entry]:
    """The entries of a list, in order.

    cut: whether the reply ended at a limit: what is not complete is then a problem; the last line
        never is.
    glosses: whether what a dash or a colon adds is told apart, as behind names; not in whole texts.

    Read are the strings of `{"items": […]}` or of a bare `[…]`, else the lines with numbers, else
    those with bullets. Glosses are taken off lines only, where more than half of them have one
    ("1. Ann Lee - a physicist"): a single dash or colon is the name's own ("Alien: Covenant").
    """
    strings = _strings(reply, cut)
    if strings:
        return Parsed(tuple(Entry(text.strip(), "", text) for text in strings))
    lines = reply.splitlines()
    mark = next((mark for mark in (_NUMBER, _BULLET) if any(map(mark.match, lines))), None)
    if mark is None:
        return Parsed(problems=(explain_nothing(reply),))
    return _from_lines(lines, mark, cut, glosses)


def _strings(reply: str, cut: bool) -> list[str]:
    wholes = (value["items"] for value in read_json(reply, ("items",)).items)
    listed = next((one for one in wholes if isinstance(one, list)), None) or bare_list(reply)
    if listed is None and cut:
        listed = begun_list(reply)
    return [one for one in listed or () if isinstance(one, str) and one.strip()]


def _from_lines(
    lines: Sequence[str], mark: re.Pattern[str], cut: bool, glosses: bool
) -> Parsed[Entry]:
    marked = [(line, found.end()) for line in lines if (found := mark.match(line))]
    prose = tuple(line for line in lines if line.strip() and not mark.match(line))
    problems: list[Problem] = []
    if cut:
        line, _ = marked.pop()
        problems.append(Problem(CUT_SHORT, line.strip()[:120], line))
    items: list[Entry] = []
    repeats = Repeats()
    bodies = [(line[end:].strip(), line) for line, end in marked]
    for place, entry in enumerate(_split(bodies) if glosses else _whole(bodies)):
        if not entry.text:
            problems.append(Problem(NOTHING, entry.source.strip(), entry.source))
        elif repeats.loops(entry.text):
            rest = "\n".join(line for line, _ in marked[place:])
            problems.append(Problem(LOOP, entry.text[:120], rest))
            break
        else:
            items.append(entry)
    return Parsed(tuple(items), tuple(problems), prose)


def _split(bodies: Sequence[tuple[str, str]]) -> Iterator[Entry]:
    """(what is behind the mark, the line) -> entries, all split at the same kind of separator."""
    texts = [body.replace(":**", "**:") for body, _ in bodies]
    ends: list[tuple[int, int] | None] = []
    for separator in _SEPARATORS:
        ends = [_end_of_head(text, separator) for text in texts]
        if 2 * sum(end is not None for end in ends) > len(texts) > 1:
            break
    else:
        ends = [None] * len(texts)
    for (_, source), text, end in zip(bodies, texts, ends, strict=True):
        head, gloss = (text, "") if end is None else (text[: end[0]], text[end[1] :])
        yield Entry(_bare(head), gloss.strip(), source)


def _whole(bodies: Sequence[tuple[str, str]]) -> Iterator[Entry]:
    return (Entry(_bare(body), "", source) for body, source in bodies)


def _end_of_head(text: str, separator: re.Pattern[str]) -> tuple[int, int] | None:
    """Characters of the first separator that has something before it and is in no brackets."""
    for found in separator.finditer(text, 0, _LONGEST_HEAD):
        head = text[: found.start()]
        if _bare(head) and all(head.count(left) == head.count(right) for left, right in _ASIDES):
            return found.span()
    return None


def _bare(text: str) -> str:
    text = text.strip().rstrip(",;").strip()
    strong = _EMPHASIS.fullmatch(text.removesuffix(":"))
    return unquote(strong[2] if strong else text)
