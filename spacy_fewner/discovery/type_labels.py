"""Labels of discovered annotation: the name of a type, or the type and one of its fields."""

from ..corpus.typed_text.forms import is_plural, singular
from ..data.trees import paths
from ..types import PATH_SEPARATOR, is_extension

# Names that say of a mention no more than that it is one.
CATCH_ALLS = frozenset(
    {"other", "misc", "miscellaneous", "entity", "thing", "concept", "object", "item", "unknown"}
    | {"unspecified", "general", "generic", "various", "term", "word", "noun", "phrase", "category"}
    | {"type", "kind", "element", "something", "anything", "none"}
)


def type_of(label: str) -> str:
    """ "organ" of "organ" and of "organ/year built"."""
    return label.partition(PATH_SEPARATOR)[0]


def field_of(label: str) -> str:
    """ "year built" of "organ/year built", "" of "organ"."""
    return label.partition(PATH_SEPARATOR)[2]


def is_discovered(label: str) -> bool:
    """Whether it is the label of a type or field: not one that only helps training."""
    return bool(type_of(label)) and not is_extension(label)


def plain_key(name: str) -> str:
    """What names share that differ in case, punctuation and number only: "Organ-builders" and
    "organ builder". Of a field with its type, each part alone."""
    return PATH_SEPARATOR.join(_key(part) for part in paths.parts(name))


def _key(name: str) -> str:
    words = paths.key(name).split(" ")
    return " ".join((singular(word) or word) if is_plural(word) else word for word in words)


def is_catch_all(name: str) -> bool:
    """Whether it is the name of a type for what no type is known of: "other", "misc entity"."""
    return set(plain_key(name).split(" ")) <= CATCH_ALLS
