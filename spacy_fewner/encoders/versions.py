"""Whether spacy-transformers is there, and the installed transformers is one that it can use."""

from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ..errors import FewnerError

EXTRA = "pip install 'spacy-fewner[transformer]'"


def check_spacy_transformers() -> None:
    """Raise FewnerError where it is not: the import would end in an error of its own."""
    theirs, installed = _version("spacy-transformers"), _version("transformers")
    if theirs is None:
        rule = "spacy-fewner.LoraTransformer.v1 needs spacy-transformers"
        remedy = f"Run: {EXTRA}. Without it: spaCy's component tok2vec with LoraTok2Vec.v1."
        raise FewnerError("transformer", rule, "not installed", remedy)
    needed = _needed()
    if installed is None or not needed.specifier.contains(installed, prereleases=True):
        rule = f"must fit spacy-transformers {theirs}, which needs {needed}"
        shown = f"transformers {installed or 'none'}"
        raise FewnerError("transformers", rule, shown, f"Run: pip install '{needed}'")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _needed() -> Requirement:
    """What spacy-transformers says of transformers."""
    named = map(Requirement, requires("spacy-transformers") or ())
    found = (one for one in named if one.name == "transformers" and one.marker is None)
    return next(found, Requirement("transformers"))
