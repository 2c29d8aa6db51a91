"""The options of a question on a label: what is offered, under which names, in which order."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...data.trees.paths import key, name
from ...data.trees.tree import LabelTree

NONE_OF_THEM = ("other", "unknown")
NONE_NAMES = (*NONE_OF_THEM[::-1], "none of these")  # what "none of them" is called: the first free
_NONE_ALIASES = (*NONE_NAMES, "none", "none of them", "none of the above", "no label")
_NONE_MEANS = "none of the other labels fits"
_EXAMPLES = 5  # of a label's


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


def option_of(tree: LabelTree, path: str, shown: str | None = None) -> Option:
    """A label as an option. shown: its name in the question, if not its own."""
    label = tree[path]
    description = label.description
    if label.examples:
        listed = ", ".join(label.examples[:_EXAMPLES])
        description = f"{description} (such as {listed})".strip()
    return Option(shown or name(path), path, description, (name(path), path, *label.synonyms))


def none_option(others: Iterable[Option], shown: str | None = None) -> Option:
    """ "None of them", by names that no other option goes by."""
    taken = {key(called) for one in others for called in (one.name, *one.aliases)}
    free = tuple(called for called in _NONE_ALIASES if key(called) not in taken)
    first = next((called for called in free if called in NONE_NAMES), _NONE_MEANS)
    return Option(shown or first, None, _NONE_MEANS, free)


def offered(tree: LabelTree, parent: str | None, unknown: bool) -> tuple[Option, ...]:
    """The labels below one (below None: the roots), in the order of the tree.

    unknown: offer "none of them" last, where no catch-all is among them: that already means so,
        and two such options would share its votes (ours).
    """
    options = tuple(option_of(tree, path) for path in tree.children(parent))
    if not options or not unknown or tree.catch_all_of(parent) is not None:
        return options
    return (*options, none_option(options))


def in_order(options: Sequence[Option], seed: str, turn: int, turns: int) -> tuple[Option, ...]:
    """Shuffled, the same for the same seed; each of several turns begins at another place, so that
    a model which favours the first option favours no label. turn: from 0."""
    shuffled = random.Random(seed).sample(options, len(options))
    shift = turn * len(options) // turns
    return (*shuffled[shift:], *shuffled[:shift])
