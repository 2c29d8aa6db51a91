"""Folders that installed Python packages carry, found without importing any of them."""

import importlib.util
from os.path import isdir
from pathlib import Path, PurePosixPath


def folder_in(name: str) -> Path | None:
    """name: "package/inner/folder", or "package.sub/inner". None where there is no such package.

    The spec of the top alone is asked for: importing a package would run its code for nothing, and
    the spec of one inside another imports the other. What leads out of the package is none.
    """
    package, _, inner = name.partition("/")
    top, *below = package.split(".")
    parts = PurePosixPath(inner).parts
    if not top or ".." in parts or PurePosixPath(inner).is_absolute() or "\\" in inner:
        return None
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    places = (spec.submodule_search_locations if spec else None) or ()
    homes = [home for place in places if isdir(home := Path(place).joinpath(*below))]
    return homes[0].joinpath(*parts) if homes else None
