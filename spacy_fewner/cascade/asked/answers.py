"""Which option an answer names: exactly one, or none is chosen (ours)."""

import re
from collections.abc import Iterable, Sequence

from ...data.trees.paths import key
from ...grounding.ladder import Ladder, Match
from ...llm.replies.json_reply import read_json
from ...llm.replies.parsed import CUT_SHORT, NO_ITEMS, Problem, explain_nothing
from ...llm.types import Reply
from ...synthesis.stage import NO_REPLY
from .options import Option

LABEL = "label"  # the key of the answer
NOT_OFFERED = "label not offered"
SEVERAL = "several labels"

_LONGEST = 4000  # characters of an explanation that are searched
_EXACT = ("exact", "normalised")
_GLUE = "/_-"  # "place/other" and "non-person" name neither "other" nor "person"
_DENIED = re.compile(r"\b(?:not|never|neither|nor|cannot|without)\b|n['\u2019]t\b|不|非", re.I)
_COLON = re.compile("[:：]")
_SENTENCE = re.compile(r"[.!?;。！？\n]")


def read_answer(reply: Reply, options: Sequence[Option]) -> Option | Problem:
    """The option that an answer names, by name, path or synonym, whatever its case.

    Read are, in this order, `{"label": …}`, a line of just the name (in quotes, behind
    "Label:", with marks of Markdown), and a name in an explanation. It must be the only option
    named, and not denied; what is near a name is none. A label of null is "none of them".
    """
    if reply.error:
        return Problem(NO_REPLY, reply.error, "")
    names = _names(options)
    values = [str(found[LABEL]) for found in read_json(reply.text, (LABEL,)).items]
    if values:
        strange = next((value for value in values if key(value) not in names), None)
        if strange is not None:
            return Problem(NOT_OFFERED, repr(strange), reply.text)
        return _only((names[key(value)] for value in values), reply)
    is_cut = reply.finish == "length"
    lines = reply.text.strip().split("\n")
    alone = [_alone(line, names) for line in lines[: len(lines) - is_cut]]
    if any(alone):
        return _only(filter(None, alone), reply)
    if is_cut:
        return Problem(CUT_SHORT, reply.text[-120:], reply.text)
    return _only(_mentioned(reply.text[:_LONGEST], options), reply)


def _names(options: Sequence[Option]) -> dict[str, Option]:
    """By key; an option's own name goes before another's synonym or path."""
    names: dict[str, Option] = {}
    for called, option in _called(options):
        names.setdefault(key(called), option)
    return names


def _called(options: Sequence[Option]) -> list[tuple[str, Option]]:
    own = [(option.name, option) for option in options]
    return own + [(alias, option) for option in options for alias in option.aliases]


def _only(found: Iterable[Option], reply: Reply) -> Option | Problem:
    named = list(dict.fromkeys(found))
    if len(named) == 1:
        return named[0]
    if named:
        detail = " and ".join(repr(option.name) for option in named[:3])
        return Problem(SEVERAL, detail, reply.text)
    problem = explain_nothing(reply.text)
    if problem.reason == NO_ITEMS:
        return Problem(NOT_OFFERED, problem.detail, reply.text)
    return problem


def _alone(line: str, names: dict[str, Option]) -> Option | None:
    """The option that a line names and says no more of, but for what stands before a colon."""
    behind = _COLON.split(line, maxsplit=1)[1:]
    return next(filter(None, (names.get(key(said)) for said in (line, *behind))), None)


def _mentioned(text: str, options: Sequence[Option]) -> list[Option]:
    """All that are named in a text, none if one of them is denied."""
    ladder = Ladder(text)
    found: dict[tuple[int, int], Option] = {}
    for called, option in _called(options):
        for surface in dict.fromkeys((called, key(called))):
            for match in ladder.find(surface):
                if match.rung in _EXACT and not _is_glued(match, text):
                    found.setdefault((match.start, match.end), option)
    outermost = [at for at in found if not any(_is_inside(at, other) for other in found)]
    if any(_is_denied(text[:start]) for start, _ in outermost):
        return []
    return [found[at] for at in sorted(outermost)]


def _is_glued(match: Match, text: str) -> bool:
    around = text[max(0, match.start - 1) : match.start] + text[match.end : match.end + 1]
    return any(char in _GLUE for char in around)


def _is_inside(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and other[0] <= one[0] and one[1] <= other[1]


def _is_denied(before: str) -> bool:
    """Whether the sentence so far says no."""
    return bool(_DENIED.search(_SENTENCE.split(before)[-1]))
