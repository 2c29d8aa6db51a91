"""GEIC's category files: the tree of labels that belongs to CascadeNER's data, as JSON.

Nested, with lists at the bottom:

    {"person": {"real person": ["politician", "artist"], "fictional figure": []}, "date": []}

and by levels, as CascadeNER's scripts read it, each list behind the name of the label above:

    {"dataset": "…", "first-level": "person, date", "second-level": {"person": "politician, …"}}

Both hold names alone, and a "/" in a name becomes "-". [ours] By levels, files written here have
"labels" too, {"person/politician": {"description", "examples", "synonyms", "catch_all"}}, which
the scripts pass over. No label can be its own ancestor in either form.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import FewnerError
from ...types import PATH_SEPARATOR, LabelSpec, Schema
from . import paths
from .checks import unknown_label
from .label_records import label_from
from .records import SAID, check_keys, flag, record_of
from .tree import LabelTree

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
LEVELS = tuple(f"{ordinal}-level" for ordinal in _ORDINALS)
_SAID = "labels"
_Labels = dict[str, LabelSpec]


def is_by_levels(found: Any) -> bool:
    """Whether what a JSON file holds are categories by levels, and not nested."""
    return isinstance(found, dict) and isinstance(found.get(LEVELS[0]), str)


def tree_from_nested(found: Any, where: str) -> LabelTree:
    """A tree from nested categories.

    Raises FewnerError, naming the label above, for what is no object or list of names, and for a
    name that stands twice; and as LabelTree.
    """
    labels: _Labels = {}
    waiting: list[tuple[str | None, Any]] = [(None, found)]
    while waiting:
        above, below = waiting.pop(0)
        place = f"{where}: {above}" if above else where
        for name, deeper in _children(below, place):
            waiting.append((_declare(labels, above, name, place), deeper))
    return LabelTree(Schema(tuple(labels.values())), where=where)


def tree_from_levels(found: Mapping[str, Any], where: str) -> LabelTree:
    """A tree from categories by levels.

    Raises FewnerError, naming the level, for names behind one that the level above lacks or has
    under two parents, a name twice under one parent, keys that the form does not have; and as
    LabelTree.
    """
    check_keys(found, ("dataset", *LEVELS, _SAID), where, "a category file")
    labels: _Labels = {}
    before: Mapping[str, list[str]] = {}
    for level in LEVELS:
        place = f"{where}: {level}"
        here: defaultdict[str, list[str]] = defaultdict(list)
        for above, names in _lists(found.get(level, {}), level, place):
            parent = None if above is None else _parent(above, before, place)
            for name in names:
                path = _declare(labels, parent, name, place)
                here[paths.name(path)].append(path)
        before = here
    return _described(labels, found.get(_SAID, {}), where)


def nested_of(tree: LabelTree) -> dict[str, Any]:
    """The names of a tree as nested categories; what else is known of the labels is left out."""
    bodies: dict[str | None, Any] = {}
    for path in reversed([None, *tree]):
        below = tree.children(path)
        if path is not None and all(map(tree.is_leaf, below)):
            bodies[path] = [paths.name(one) for one in below]
        else:
            bodies[path] = {paths.name(one): bodies[one] for one in below}
    return bodies[None]


def levels_of(tree: LabelTree, dataset: str) -> dict[str, Any]:
    """A tree as categories by levels. dataset: what the file calls its data.

    Raises FewnerError for a tree that the form cannot hold: more than six levels, a comma in a
    name, or labels below one that shares its name with another of its level.
    """
    _check_names(tree)
    found: dict[str, Any] = {"dataset": dataset, LEVELS[0]: _joined(tree.roots)}
    for number in range(2, tree.depth + 1):
        parents = [path for path in tree.level(number - 1) if not tree.is_leaf(path)]
        found[LEVELS[number - 1]] = {
            paths.name(path): _joined(tree.children(path)) for path in parents
        }
    said = {path: record for path in tree if (record := record_of(tree, path))}
    return {**found, **({_SAID: said} if said else {})}


def _children(below: Any, place: str) -> list[tuple[Any, Any]]:
    """Names and what stands below each."""
    if isinstance(below, list):
        return [(name, []) for name in below]
    if isinstance(below, dict):
        return list(below.items())
    raise FewnerError(
        place,
        "the labels below one must be an object or a list of names",
        below,
        'Write ["…", "…"], and [] where there are none.',
    )


def _declare(labels: _Labels, above: str | None, name: Any, place: str) -> str:
    """Take a label in; returns its path."""
    if not isinstance(name, str):
        raise FewnerError(place, "a label's name must be a text", name, "Write it in quotes.")
    own = name.strip().replace(PATH_SEPARATOR, "-")
    path = paths.check_path(paths.child(above, own), place)
    if path in labels:
        remedy = "Remove or rename one of them."
        raise FewnerError(place, "a label must be declared once", f"{path!r} twice", remedy)
    labels[path] = LabelSpec(path)
    return path


def _lists(found: Any, level: str, place: str) -> Iterator[tuple[str | None, list[str]]]:
    """The lists of a level, each behind the name of the label above; the first has none above."""
    groups = {None: found} if level == LEVELS[0] else found
    if not isinstance(groups, dict) or not all(isinstance(one, str) for one in groups.values()):
        remedy = 'Write {"person": "politician, artist"}, and a text alone for the first level.'
        raise FewnerError(place, "a level must be lists behind the names above", found, remedy)
    for above, names in groups.items():
        # Published files have an empty place here and there ("algorithm,, miscellaneous").
        yield above, [name for name in names.split(",") if name.strip()]


def _parent(above: str, before: Mapping[str, list[str]], place: str) -> str:
    """The one label of the level before that is called so."""
    name = above.strip().replace(PATH_SEPARATOR, "-")
    found = before.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        raise FewnerError(
            place,
            "a label must have one parent",
            f"labels below {name!r}, which is {' and '.join(map(repr, found))}",
            "Rename one of the two, or write the categories nested.",
        )
    meant = paths.closest(name, list(before), 1)
    raise FewnerError(
        place,
        "the parent of every label must be declared",
        f"labels below {name!r}, which the level above lacks",
        f"Add it there, or correct it{f' to {meant[0]!r}' if meant else ''}.",
    )


def _described(labels: _Labels, said: Any, where: str) -> LabelTree:
    """The tree, with what is said of its labels."""
    place = f"{where}: {_SAID}"
    if not isinstance(said, dict) or not all(isinstance(one, dict) for one in said.values()):
        remedy = 'Write {"person": {"description": "…"}}.'
        raise FewnerError(place, "must be objects by the paths of labels", said, remedy)
    known, catch_alls = dict(labels), set()
    for path, record in said.items():
        if path not in labels:
            raise unknown_label(path, labels, place)
        check_keys(record, SAID, f"{place}: {path}")
        known[path] = label_from({**record, "id": path}, f"{place}: {path}")
        catch_alls |= {path} if flag(record, f"{place}: {path}") else set()
    return LabelTree(Schema(tuple(known.values())), frozenset(catch_alls), where)


def _joined(labels: tuple[str, ...]) -> str:
    return ", ".join(map(paths.name, labels))


def _check_names(tree: LabelTree) -> None:
    remedy = "Write the categories nested, or rename it."
    if tree.depth > len(LEVELS):
        rule = f"categories by levels have {len(LEVELS)} levels at most"
        raise FewnerError(tree.where, rule, tree.depth, "Write the categories nested.")
    for path in tree:
        if "," in paths.name(path):
            raise FewnerError(tree.where, "no name may have a comma by levels", path, remedy)
    for number in range(1, tree.depth):
        counts = Counter(map(paths.name, tree.level(number)))
        for path in tree.level(number):
            if counts[paths.name(path)] > 1 and not tree.is_leaf(path):
                rule = "by levels, a label with others below must be the only one of its name there"
                raise FewnerError(tree.where, rule, path, remedy)
