"""Label ids as paths: "person/athlete" is the label athlete below the label person."""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

from ...errors import FewnerError
from ...types import EXTENSION_PREFIX, PATH_SEPARATOR

_OTHER = re.compile(r"[\W_]+")


def parts(path: str) -> list[str]:
    return path.split(PATH_SEPARATOR)


def depth(path: str) -> int:
    """1 for a root."""
    return path.count(PATH_SEPARATOR) + 1


def parent(path: str) -> str | None:
    """None for a root."""
    return path.rpartition(PATH_SEPARATOR)[0] or None


def name(path: str) -> str:
    return path.rpartition(PATH_SEPARATOR)[2]


def child(path: str | None, below: str) -> str:
    """The path of the label called `below` under `path`, a root if that is None."""
    return below if path is None else path + PATH_SEPARATOR + below


def prefix(path: str, level: int) -> str:
    """The label's ancestor at a level, 1 the roots; the label itself if it lies above."""
    return PATH_SEPARATOR.join(parts(path)[:level])


def lineage(path: str) -> list[str]:
    """From the root to the label, both included."""
    return [prefix(path, level) for level in range(1, depth(path) + 1)]


def is_within(path: str, above: str) -> bool:
    """Whether path is `above` or lies below it."""
    return path == above or path.startswith(above + PATH_SEPARATOR)


def renamed(path: str, label: str, new: str) -> str:
    """The path after a label got another name: changed if it is that label or lies below it."""
    below = path[len(label) :] if is_within(path, label) else None
    return path if below is None else child(parent(label), new) + below


def key(text: str) -> str:
    """What two names share that differ only in case, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _OTHER.sub(" ", plain).strip() or plain


def check_path(path: object, where: str) -> str:
    """The path, if it can be one; FewnerError if a part is empty or has spaces at its edges."""
    good = isinstance(path, str) and all(_is_name(part) for part in parts(path))
    if not isinstance(path, str) or not good:
        raise FewnerError(
            where,
            "a label's path must be names joined by '/', each of characters that can be seen and "
            "without spaces at its edges",
            path,
            'Write for instance "person/athlete", and in a name itself "-" for "/".',
        )
    if is_within(path, EXTENSION_PREFIX.rstrip(PATH_SEPARATOR)):
        raise FewnerError(
            where,
            f"no label may lie under {EXTENSION_PREFIX!r}, where labels that only help training do",
            path,
            "Rename it.",
        )
    return path


def _is_name(part: str) -> bool:
    return bool(part) and part == part.strip() and part.isprintable()


def as_name(label: str) -> str:
    """A label as one part of a path: "market/mall" becomes "market-mall"."""
    return " ".join(label.replace(PATH_SEPARATOR, "-").split())


def closest(label: str, paths: Collection[str], count: int = 3) -> list[str]:
    """The paths that a mistyped label may have meant, whole or by their last name; best first."""
    whole = {key(path): path for path in paths}
    names = {key(name(path)): path for path in paths}
    found = get_close_matches(key(label), [*whole, *names], 2 * count, cutoff=0.6)
    found += get_close_matches(key(name(label)), list(names), count, cutoff=0.6)
    return list(dict.fromkeys(whole.get(match) or names[match] for match in found))[:count]
