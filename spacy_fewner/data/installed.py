"""Installed Python packages, found without importing any: folders in them, those of training."""

import importlib.util
from os.path import isdir
from pathlib import Path, PurePosixPath

from ..errors import FewnerError

OF_TRAINING = ("torch", "transformers", "peft", "safetensors")
HOW = "Run: pip install 'spacy-fewner[train]'"


def needs_training(what: str, *more: str) -> None:
    """Raises FewnerError where the extra [train] is not installed.

    what: needs it. more: packages of it that not all need.
    """
    for package in (*OF_TRAINING, *more):
        if not is_installed(package):
            raise missing(what, package)


def missing(what: str, package: str) -> FewnerError:
    """What to say of something that needs a package of the extra [train]."""
    return FewnerError(what, "needs the extra [train]", f"no package {package}", HOW)


def is_installed(package: str) -> bool:
    """package: a top-level module."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


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
