"""What must hold of a tree of labels."""

from collections.abc import Collection, Mapping, Sequence

from ...errors import FewnerError
from ...types import LabelSpec
from .paths import check_path, closest, key, name, parent

Children = Mapping[str | None, Sequence[str]]


def check_labels(labels: Mapping[str, LabelSpec], where: str) -> None:
    """Raise FewnerError for no label, an id that is no path, and a label without its parent."""
    if not labels:
        raise FewnerError(where, "must hold a label", "none", 'Add one, such as "person".')
    for path in labels:
        check_path(path, where)
        above = parent(path)
        if above is not None and above not in labels:
            raise FewnerError(
                where,
                "the parent of every label must be declared",
                f"{path!r}, but no {above!r}",
                f"Declare {above!r}{_meant(above, labels)}, or correct the path.",
            )


def check_siblings(children: Children, labels: Mapping[str, LabelSpec], where: str) -> None:
    """Raise FewnerError if two labels under one parent go by the same name or synonym.

    Names that differ in case, spaces or punctuation only count as the same: a reply with one of
    them could mean either.
    """
    for siblings in children.values():
        owners: dict[str, str] = {}
        for path in siblings:
            for called in dict.fromkeys(key(one) for one in (name(path), *labels[path].synonyms)):
                other = owners.setdefault(called, path)
                if other != path:
                    raise FewnerError(
                        where,
                        "labels under one parent must differ in their names and synonyms, and "
                        "not in case and punctuation only",
                        f"{other!r} and {path!r} both go by {called!r}",
                        "Rename one, or remove the synonym.",
                    )


def check_catch_alls(
    catch_alls: Collection[str], children: Children, labels: Mapping[str, LabelSpec], where: str
) -> None:
    """Raise FewnerError for a catch-all that is no label, and for two under one parent."""
    for path in catch_alls:
        if path not in labels:
            raise unknown_label(path, labels, where)
    for siblings in children.values():
        found = [path for path in siblings if path in catch_alls]
        if len(found) > 1:
            raise FewnerError(
                where,
                "at most one label under a parent can be for all that the others are not",
                " and ".join(map(repr, found)),
                "Keep catch_all at one of them.",
            )


def ancestry(label: str, parents: Mapping[str, str | None], where: str) -> list[str]:
    """The label, its parent and so on, as far as they are declared.

    parents: of each label that is declared. Raises FewnerError if it comes to one twice.
    """
    passed = [label]
    while (above := parents[passed[-1]]) is not None and above in parents:
        if above in passed:
            raise FewnerError(
                where,
                "no label may be its own ancestor",
                " under ".join([*passed, above]),
                "Give every label one parent, and the topmost none.",
            )
        passed.append(above)
    return passed


def unknown_label(label: str, labels: Collection[str], where: str) -> FewnerError:
    """The error for a label outside the tree, with those it may have meant."""
    meant = closest(label, labels)
    shown = f"It may be {', '.join(map(repr, meant))}. " if meant else ""
    return FewnerError(
        where, "labels must be in the tree", label, f"{shown}Correct it, or add it to the tree."
    )


def _meant(label: str, labels: Collection[str]) -> str:
    meant = closest(label, labels, 1)
    return f" (or was {meant[0]!r} meant?)" if meant else ""
