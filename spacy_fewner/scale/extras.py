"""What only some runs need, as extras of this package."""

from importlib import import_module
from typing import Any

from ..errors import FewnerError


def need(module: str, extra: str) -> Any:
    """The module; FewnerError where it is not installed.

    extra: of this package, which brings it; also what the error is said of.
    """
    try:
        return import_module(module)
    except ImportError as err:
        remedy = f"Run: pip install 'spacy-fewner[{extra}]'"
        raise FewnerError(
            extra, f"needs {module.partition('.')[0]}", "not installed", remedy
        ) from err
