"""What the readers of Python replies give back, and why a piece is left out."""

from dataclasses import dataclass
from typing import TypeAlias, Union

from .parsed import Problem

TOO_LONG = "too long"
TOO_DEEP = "nested too deeply"
NULL = "null character"

NOT_PYTHON = "not python"
STATEMENT = "a statement that is no class and no instance"
CODE = "code where data was asked"
JSON_INSTEAD = "json where python was asked"
NAME_TAKEN = "a name that python or typing has"
TWICE = "defined twice"
UNKNOWN_TYPE = "unknown type"
UNKNOWN_CLASS = "unknown class"
UNKNOWN_FIELD = "unknown field"
NO_FIELDS = "no fields"
NO_INSTANCE = "not an instance"
EMPTY = "no values"
EXAMPLE = "copy of the example"


@dataclass(frozen=True, slots=True)
class PythonField:
    """name, type: as written, `List[str]`. comment: what is written of the field, or ""."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PythonClass:
    """docstring: without the indentation, or ""."""

    name: str
    docstring: str
    fields: tuple[PythonField, ...]


@dataclass(frozen=True, slots=True)
class PythonClasses:
    """The classes of one reply, in order.

    wrapper: the class that only holds lists of the others, one of `classes`. cut: the reply
    ended in the midst of a class.
    """

    classes: tuple[PythonClass, ...]
    wrapper: str | None = None
    problems: tuple[Problem, ...] = ()
    cut: bool = False


Value: TypeAlias = Union[str, int, float, bool, "list[Value]", "PythonInstance", None]


@dataclass(frozen=True, slots=True)
class PythonInstance:
    """type: the name of its class. values: by the names of fields, those that were given."""

    type: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class PythonInstances:
    """The instances of one reply, in order, those in a wrapper among them.

    cut: the reply ended in the midst of an instance.
    """

    instances: tuple[PythonInstance, ...]
    problems: tuple[Problem, ...] = ()
    cut: bool = False
