"""Names of classes as people type them: with spaces at their edges, in capitals, as numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ...errors import FewnerError, warn

_SHOWN = 3


def clean_cats(cats: Mapping[str, float], where: str) -> dict[str, float]:
    """The cats without white space at the edges of names.

    Raises FewnerError for a name of nothing else, and for two names that become one and have
    different scores.
    """
    cleaned: dict[str, float] = {}
    for name, score in cats.items():
        bare = name.strip()
        if not bare:
            remedy = "Name the class, or leave it out."
            raise FewnerError(where, "classes must have a name", repr(name), remedy)
        if cleaned.setdefault(bare, score) != score:
            found = f"{bare!r} has {cleaned[bare]:g} and {score:g}"
            raise FewnerError(where, "a class must be given once", found, "Leave one out.")
    return cleaned


def warn_of_trimmed(where: str, names: Iterable[str]) -> None:
    """Warn of names, as they were given, that have white space at their edges; nothing if none."""
    odd = [name for name in names if name != name.strip()]
    if odd:
        shown = ", ".join(map(repr, list(dict.fromkeys(odd))[:_SHOWN]))
        warn(f"{where}: {len(odd)} names of classes without the spaces at their edges: {shown}.")


def variants(names: Iterable[str]) -> list[list[str]]:
    """Names that differ from each other only in capitals or white space, sorted."""
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        alike["".join(name.casefold().split())].add(name)
    return sorted(sorted(group) for group in alike.values() if len(group) > 1)
