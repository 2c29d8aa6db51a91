"""Options that several commands share, declared once as a dataclass."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints

Command = Callable[..., None]


def unbundled(command: Command) -> Command:
    """For typer: the command with the fields of each dataclass among its parameters as options.

    Fields need defaults, and names that no other parameter has.
    """
    signature = inspect.signature(command)
    bundles: dict[str, Any] = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if is_dataclass(parameter.annotation)
    }

    @wraps(command)
    def run(**given: Any) -> None:
        for name, bundle in bundles.items():
            given[name] = bundle(**{field.name: given.pop(field.name) for field in fields(bundle)})
        command(**given)

    shown = [
        option
        for name, parameter in signature.parameters.items()
        for option in (_options(bundles[name]) if name in bundles else [_by_name(parameter)])
    ]
    run.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    return run


def _options(bundle: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(bundle, include_extras=True)
    return [_option(field, hints[field.name]) for field in fields(bundle)]


def _option(field: "Field[Any]", annotation: Any) -> inspect.Parameter:
    assert field.default is not MISSING, f"{field.name} has no default"
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=annotation
    )


def _by_name(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
