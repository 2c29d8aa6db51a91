"""Whether the installed transformers is one that spacy-transformers can use."""

from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ..errors import FewnerError


def check_transformers() -> None:
    """Raise FewnerError where it is not: its import would end in an error of its own."""
    needed = _needed()
    try:
        installed = version("transformers")
    except PackageNotFoundError:
        installed = "none"
    if installed == "none" or not needed.specifier.contains(installed, prereleases=True):
        rule = f"must fit spacy-transformers {version('spacy-transformers')}, which needs {needed}"
        remedy = f"Run: pip install '{needed}'"
        raise FewnerError("transformers", rule, f"transformers {installed}", remedy)


def _needed() -> Requirement:
    """What spacy-transformers says of transformers."""
    named = map(Requirement, requires("spacy-transformers") or ())
    found = (one for one in named if one.name == "transformers" and one.marker is None)
    return next(found, Requirement("transformers"))
