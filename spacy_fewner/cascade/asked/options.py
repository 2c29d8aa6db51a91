"""The options of a question on a label: what is offered, under which names, in which order."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...data.trees.paths import key, name
from ...data.trees.tree import LabelTree
from ...synthesis.languages import prompt_language
from ...synthesis.phrases import phrases_in

_EXAMPLES = 5  # of a label's


class NoneOfThem(NamedTuple):
    """What the answer "none of them" is called. names: either of which a row may use, the second
    first in questions. last: where labels have both of these names."""

    names: tuple[str, str]
    last: str
    aliases: tuple[str, ...]
    means: str


_ENGLISH = NoneOfThem(
    ("other", "unknown"),
    "none of these",
    ("none", "none of them", "none of the above", "no label"),
    "none of the other labels fits",
)
_CHINESE = NoneOfThem(
    ("其他", "未知"),
    "都不是",
    ("以上都不是", "以上都不对", "没有合适的标签", "无", *_ENGLISH.names),
    "其他标签都不合适",
)
NONE_OF_THEM = _ENGLISH.names


def none_of_them(language: str) -> NoneOfThem:
    """language: of the texts."""
    return _CHINESE if prompt_language(language) == "zh" else _ENGLISH


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose.

    name: as it is shown. path: the label it stands for, None for "none of them".
    description: what the label means, maybe empty.
    aliases: what else an answer may call it.
    """

    name: str
    path: str | None
    description: str = ""
    aliases: tuple[str, ...] = ()


def option_of(tree: LabelTree, path: str, shown: str | None = None, language: str = "en") -> Option:
    """A label as an option. shown: its name in the question, if not its own. language: of the
    text."""
    label = tree[path]
    description = label.description
    if label.examples:
        said = phrases_in(language)
        listed = said.listed.join(label.examples[:_EXAMPLES])
        description = f"{description}{said.such_as.format(listed)}".strip()
    return Option(shown or name(path), path, description, (name(path), path, *label.synonyms))


def none_option(others: Iterable[Option], shown: str | None = None, language: str = "en") -> Option:
    """ "None of them", by names that no other option goes by. language: of the text."""
    said = none_of_them(language)
    names = (*said.names[::-1], said.last)
    taken = {key(called) for one in others for called in (one.name, *one.aliases)}
    free = tuple(called for called in (*names, *said.aliases) if key(called) not in taken)
    first = next((called for called in free if called in names), said.means)
    return Option(shown or first, None, said.means, free)


def offered(
    tree: LabelTree, parent: str | None, unknown: bool, language: str = "en"
) -> tuple[Option, ...]:
    """The labels below one (below None: the roots), in the order of the tree.

    unknown: offer "none of them" last, where no catch-all is among them: that already means so,
        and two such options would share its votes (ours). language: of the text.
    """
    options = tuple(option_of(tree, path, language=language) for path in tree.children(parent))
    if not options or not unknown or tree.catch_all_of(parent) is not None:
        return options
    return (*options, none_option(options, language=language))


def in_order(options: Sequence[Option], seed: str, turn: int, turns: int) -> tuple[Option, ...]:
    """Shuffled, the same for the same seed; each of several turns begins at another place, so that
    a model which favours the first option favours no label. turn: from 0."""
    shuffled = random.Random(seed).sample(options, len(options))
    shift = turn * len(options) // turns
    return (*shuffled[shift:], *shuffled[:shift])
