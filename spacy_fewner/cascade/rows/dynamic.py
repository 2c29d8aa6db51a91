"""Dynamic categorisation: questions of classification that never offer quite the same labels.

A model that always sees the same list learns the list. For training rows the options of a
question are changed at random (CascadeNER): inner labels give way to the labels below them,
distractors are dropped, names become synonyms, and sometimes the true label is taken out and "none
of them" is right.

[ours] Where the released code leaves the true label among the options when "other" is to be the
answer, it is taken out here. What is opened into the labels below does not depend on the answer
alone, and "none of them" is also offered where it is wrong, or either would give the answer away.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from ...data.trees.labels import check_samples
from ...data.trees.paths import depth as depth_of
from ...data.trees.paths import is_within, key, name, prefix
from ...data.trees.tree import LabelTree
from ...errors import FewnerError
from ...types import CharSpan, Sample, is_extension
from ..asked.options import NoneOfThem, none_of_them


@dataclass(frozen=True, slots=True)
class Dynamic:
    """How often each change is made; probabilities, of a question.

    merge: labels are replaced by those below them, so that options come from two levels.
    drop: all but some options are dropped, never to fewer than `keep`.
    synonyms: options are called by a synonym, where they have one.
    replace: the true label is taken out; the parent's catch-all is right then, if it is among the
        options, else "other" or "unknown".
    offer: "other" or "unknown" is an option of a question of which it is not the answer.
    """

    merge: float = 0.4
    drop: float = 0.3
    synonyms: float = 0.4
    replace: float = 0.25
    offer: float = 0.25
    keep: int = 3

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name != "keep" and not 0 <= value <= 1:
                raise FewnerError(one.name, "must be from 0 to 1", value, "Give a probability.")
        if self.keep < 1:
            raise FewnerError("keep", "must be 1 or more", self.keep, "Keep the answer at least.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A question: which of the options is it?

    options: as they are called, in the order to show; no two alike.
    paths: what each stands for, None for "none of them".
    answer: the index of the right option.
    truth: the true label at the level of the options; None of the paths if it was taken out.
    """

    options: tuple[str, ...]
    paths: tuple[str | None, ...]
    answer: int
    truth: str

    @property
    def is_replaced(self) -> bool:
        return self.paths[self.answer] != self.truth


@dataclass(frozen=True, slots=True)
class Row:
    """A question on a span of a sample. parent: below which label it asks, None for the roots."""

    sample: int
    span: CharSpan
    parent: str | None
    choice: Choice


def rows(
    samples: Iterable[Sample],
    tree: LabelTree,
    how: Dynamic | None = None,
    seed: int = 0,
    language: str = "en",
) -> Iterator[Row]:
    """A question for each level of each span, from coarse to fine; the same for the same seed.

    language: of the texts.
    A question that skipped a level (see merge) is followed by that of the level after. A level with
    a single label needs no question. Raises FewnerError for labels outside the tree.
    """
    samples = list(samples)
    check_samples(samples, tree)
    how = how or Dynamic()
    for number, sample in enumerate(samples):
        for place, span in enumerate(sorted(sample.spans)):
            if not is_extension(span.label):
                rng = random.Random(f"{seed} {number} {place}")
                for parent, choice in questions(span.label, tree, how, rng, language):
                    yield Row(number, span, parent, choice)


def questions(
    label: str, tree: LabelTree, how: Dynamic, rng: random.Random, language: str = "en"
) -> Iterator[tuple[str | None, Choice]]:
    """The questions that lead to one label, each with the label it asks below."""
    parent: str | None = None
    while parent != label:
        level = 1 if parent is None else depth_of(parent) + 1
        if len(tree.children(parent)) == 1:
            parent = prefix(label, level)
            continue
        choice = choose(label, parent, tree, how, rng, language)
        yield parent, choice
        parent = choice.truth


def choose(
    label: str,
    parent: str | None,
    tree: LabelTree,
    how: Dynamic,
    rng: random.Random,
    language: str = "en",
) -> Choice:
    """One question on a label, among those below one of its ancestors, or among the roots."""
    options = list(tree.children(parent))
    if rng.random() < how.merge:
        options = _opened(options, label, tree, rng)
    truth = next(path for path in options if is_within(label, path))
    if rng.random() < how.drop:
        options = _fewer(options, truth, how.keep, rng)
    right: str | None = truth
    is_replaced = rng.random() < how.replace and truth not in tree.catch_alls
    if is_replaced:
        options.remove(truth)
        catch_all = tree.catch_all_of(tree.parent(truth))
        right = catch_all if catch_all in options else None
    shown: list[str | None] = list(options)
    if right is None or (not is_replaced and rng.random() < how.offer):
        shown.append(None)
    rng.shuffle(shown)
    said = none_of_them(language)
    names = _names(shown, truth, tree, rng.random() < how.synonyms, rng, said)
    return Choice(tuple(names), tuple(shown), shown.index(right), truth)


def _opened(options: list[str], label: str, tree: LabelTree, rng: random.Random) -> list[str]:
    """With the labels below some of the inner ones in their place, the answer's among them."""
    found: list[str] = []
    for path in options:
        on_the_way = path != label and is_within(label, path)
        # A label that is itself the answer has to stay, whatever is below it.
        opens = on_the_way or (path != label and rng.random() < 0.5)
        found += (tree.children(path) if opens else ()) or (path,)
    return found


def _fewer(options: list[str], truth: str, keep: int, rng: random.Random) -> list[str]:
    others = [path for path in options if path != truth]
    least = min(max(keep - 1, 0), len(others))
    kept = {truth, *rng.sample(others, rng.randint(least, len(others)))}
    return [path for path in options if path in kept]


def _names(
    shown: list[str | None],
    truth: str,
    tree: LabelTree,
    synonyms: bool,
    rng: random.Random,
    none: NoneOfThem,
) -> list[str]:
    """What the options are called: a name, or a synonym; the path where others go by both.

    None is called by no name that an option or the true label goes by.
    """
    owners = Counter(
        called
        for path in {truth, *filter(None, shown)}
        for called in set(map(key, (name(path), *tree[path].synonyms)))
    )
    names = []
    for path in shown:
        if path is None:
            free = [one for one in rng.sample(none.names, 2) if not owners[key(one)]]
            names.append(free[0] if free else none.last)
            continue
        others = list(tree[path].synonyms) if synonyms else []
        wanted = [*rng.sample(others, len(others)), name(path)]
        names.append(next((one for one in wanted if owners[key(one)] == 1), path))
    return names
