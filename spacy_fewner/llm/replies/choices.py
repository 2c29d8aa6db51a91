"""Verdicts on mentions that a model was asked to check, one of four options each.

The question shows spans in their sentences and offers: (A) a mention of the type, (B) one with
another boundary, (C) one of another type, (D) none (self-correction of ProgGen, Heng et al. 2024,
"ProgGen: Generating Named Entity Recognition Datasets Step-by-step with Self-Reflexive LLMs").
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from ...grounding.normal import fold
from .parsed import EMPTY, Problem, explain_nothing
from .quotes import unquote

Ruling: TypeAlias = Literal["kept", "boundary", "type", "none"]

# Ask with the options in several orders, and read with that order: small models prefer a letter.
OPTIONS: Mapping[str, Ruling] = MappingProxyType(
    {"A": "kept", "B": "boundary", "C": "type", "D": "none"}
)
NOT_ANSWERED = "not answered"
OTHER_SPAN = "answer about another span"
NO_OPTION = "no option chosen"
NO_SURFACE = "no corrected boundary"
NO_TYPE = "no corrected type"
NO_CHANGE = "correction changes nothing"

_START = re.compile(
    r"\s{0,8}\*{0,2}(\d{1,4})"
    r"(?:[.)]\*{0,2}(?: |$|(?=(?:文本|片段|答案)))|[\u3001\uff0e\uff09]\*{0,2} ?)"
)
_SPAN = re.compile(
    r"\W{0,4}(?:(?:text )?span|(?:文本)?片段)\W{0,3}?[:\uff1a]\*{0,2}(.*)", re.IGNORECASE
)
_QUESTION = re.compile(
    r"\W{0,4}(?:query|sentence|text|文本|句子|原文)\W{0,3}?[:\uff1a]", re.IGNORECASE
)
_OPTION = re.compile(
    r"[(\uff08]([A-Z])[)\uff09]|(?:label|answer|option)\W{0,4}([A-Z])\b|"
    r"(?:标签|答案|选项|选择|选)(?:是|为)?\W{0,4}([A-Z])(?![A-Za-z])",
    re.IGNORECASE,
)
# A quote right before the closing one is the piece's own: "an 8"".
_QUOTED = re.compile(
    r"\"([^\"]+(?:\"(?=\"))?)\"|\u201c([^\u201d]+)\u201d|(?<!\w)'([^']+)'(?!\w)|"
    r"\u300c([^\u300d]+)\u300d|\u300e([^\u300f]+)\u300f"
)
_TOWARDS = re.compile(r"\b(?:should be|to)\b|应该?[是为]|应改为|改为|而是")
_TYPE = re.compile(
    r"(?:type|category)(?: should be| is|:) ?|(?:类型|类别)(?:应该?[是为]|[是为:\uff1a]) ?",
    re.IGNORECASE,
)
_IT_IS = re.compile(r"\bit is (?:an? )?|而是(?:一个)?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"\. |[。；，]")
_CATEGORY_IS_NOT = re.compile(r"(?:category|type) is not ", re.IGNORECASE)
_BARE_TYPE = re.compile(r"[\w' /&-]{1,40}")
_STATEMENTS = ("entity", "wrong", "the span", "incorrect", "实体", "片段", "错误")


@dataclass(frozen=True, slots=True)
class Asked:
    """A span that the model was asked about, and the label that it has."""

    surface: str
    label: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """surfaces: for "boundary" the corrected ones, more than one where a span is taken apart.
    label: for "type" the corrected one, as the model put it; it need be none of the schema's."""

    ruling: Ruling
    surfaces: tuple[str, ...] = ()
    label: str = ""


def read_choices(
    reply: str, asked: Sequence[Asked], options: Mapping[str, Ruling] = OPTIONS
) -> tuple[Verdict | Problem, ...]:
    """For each span that was asked about, in order, a verdict or why there is none.

    options: letter -> ruling, as the question had them.
    """
    if not reply.strip():
        return tuple(Problem(EMPTY, one.surface, "") for one in asked)
    answers = _by_number(_split_answers(reply))
    found: list[Verdict | Problem] = []
    for number, one in enumerate(asked, start=1):
        lines = answers.get(number)
        if lines:
            found.append(_read_answer(lines, one, options))
        else:
            reason = NOT_ANSWERED if answers else explain_nothing(reply).reason
            found.append(Problem(reason, one.surface, "" if answers else reply))
    return tuple(found)


def _split_answers(reply: str) -> list[tuple[int | None, list[str]]]:
    """Number and lines of each answer; it begins at a number, or at a second span."""
    answers: list[tuple[int | None, list[str]]] = []
    for line in filter(str.strip, reply.splitlines()):
        start = _START.match(line)
        line = line[start.end() :] if start else line
        again = _SPAN.match(line) and answers and any(map(_SPAN.match, answers[-1][1]))
        if start or again or not answers:
            answers.append((int(start[1]) if start else None, []))
        answers[-1][1].append(line.strip())
    return answers


def _by_number(answers: Sequence[tuple[int | None, list[str]]]) -> dict[int, list[str]]:
    """Answers without a number count on; prose without an option is none. The first one stands."""
    numbered: dict[int, list[str]] = {}
    last = 0
    for number, lines in answers:
        if number is None and not any(map(_OPTION.search, lines)):
            continue
        last = last + 1 if number is None else number
        numbered.setdefault(last, lines)
    return numbered


def _read_answer(
    lines: Sequence[str], asked: Asked, options: Mapping[str, Ruling]
) -> Verdict | Problem:
    source = "\n".join(lines)
    said = next((match[1] for match in map(_SPAN.match, lines) if match), "")
    if said and not _names(said, asked.surface):
        return Problem(OTHER_SPAN, f"{unquote(said)!r} for {asked.surface!r}", source)
    after = _from_option(lines)
    if after is None or after[0] not in options:
        return Problem(NO_OPTION, asked.surface, source)
    letter, rest = after
    if options[letter] == "boundary":
        return _read_boundary(rest, asked, source)
    if options[letter] == "type":
        return _read_type(rest, asked, source)
    return Verdict(options[letter])


def _names(said: str, surface: str) -> bool:
    """Whether a span line says the surface, in quotes or not; the surface may end in one of its
    own (`an 8"`), which then looks like the end of the quotes."""
    return fold(surface) in (fold(unquote(said)), fold(said)) or fold(said) == fold(f'"{surface}"')


def _from_option(lines: Sequence[str]) -> tuple[str, str] | None:
    """The letter chosen and all that follows it."""
    answer = [line for line in lines if not _SPAN.match(line) and not _QUESTION.match(line)]
    for place, line in enumerate(answer):
        option = _OPTION.search(line)
        if option:
            rest = " ".join([line[option.end() :], *answer[place + 1 :]])
            return next(filter(None, option.groups())).upper(), rest.strip()
    return None


def _read_boundary(rest: str, asked: Asked, source: str) -> Verdict | Problem:
    """Quoted pieces that are not the span itself; what follows "should be", if anything does."""
    quoted = [_inner(match) for match in _QUOTED.finditer(rest)]
    ends = [match.end() for match in _TOWARDS.finditer(_QUOTED.sub(_blank, rest))]
    if ends and len(quoted) > 1:
        later = [_inner(match) for match in _QUOTED.finditer(rest, ends[0])]
        quoted = later or quoted
    surfaces = [piece for piece in quoted if piece]
    if not surfaces:
        return Problem(NO_SURFACE, asked.surface, source)
    changed = tuple(one for one in surfaces if fold(one) != fold(asked.surface))
    return Verdict("boundary", changed) if changed else Problem(NO_CHANGE, asked.surface, source)


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group).strip("{} ")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _read_type(rest: str, asked: Asked, source: str) -> Verdict | Problem:
    label = _type_in(rest)
    if not label:
        return Problem(NO_TYPE, asked.surface, source)
    if label.casefold() == asked.label.casefold():
        return Problem(NO_CHANGE, asked.surface, source)
    return Verdict("type", label=label)


def _type_in(rest: str) -> str:
    """What follows the last "type is" or the like; else what is in brackets; else all, if short."""
    said = [match.end() for match in _TYPE.finditer(rest) if not _is_denied(rest, match)]
    said += [match.end() for match in _IT_IS.finditer(rest)]
    if said:
        return _clean(_SENTENCE_END.split(rest[max(said) :], maxsplit=1)[0])
    ended = rest.rstrip(" .。")
    if ended.endswith((")", "）")):
        return _clean(re.split(r"[(\uff08]", ended[:-1])[-1])
    bare = _clean(rest)
    is_type = _BARE_TYPE.fullmatch(bare) and not any(s in bare.lower() for s in _STATEMENTS)
    return bare if is_type else ""


def _is_denied(rest: str, match: re.Match[str]) -> bool:
    return _CATEGORY_IS_NOT.match(rest, match.start()) is not None


def _clean(label: str) -> str:
    edges = " .,[]()。，（）【】"
    return unquote(label.strip(edges + ":;-：；")).strip(edges)
