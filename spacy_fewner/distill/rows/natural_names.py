"""What labels are called in questions: words, not the codes that data sets use (UniversalNER)."""

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import count
from types import MappingProxyType

from ...data.trees.paths import key, parent
from ...spans.open.texts import name_in_words
from ...types import LabelSpec

# Tags of CoNLL, OntoNotes, WNUT and their like, whose letters say nothing to a model.
_TAGS = MappingProxyType(
    {
        "per": "person",
        "loc": "location",
        "org": "organization",
        "misc": "miscellaneous",
        "gpe": "geopolitical entity",
        "fac": "facility",
        "norp": "nationality, religious or political group",
        "prod": "product",
        "veh": "vehicle",
        "wea": "weapon",
        "tit": "title",
        "anim": "animal",
        "bio": "biological entity",
        "cel": "celestial body",
        "dis": "disease",
        "inst": "instrument",
        "mon": "money",
        "num": "number",
        "myth": "mythological entity",
        "eve": "event",
    }
)


def natural_names(labels: Iterable[LabelSpec]) -> dict[str, str]:
    """A name for each label by its id, no two alike but for case and punctuation.

    "field_athlete" is "field athlete"; "PER" its first synonym that is no code, else "person";
    names of several words stay as they are. Labels of one name get their parent's before it
    ("place other"), and a number where that does not tell them apart.
    """
    names = {label.id: natural_name(label) for label in labels}
    counts = Counter(map(key, names.values()))
    shared = {label for label, name in names.items() if counts[key(name)] > 1}
    taken = {key(name) for label, name in names.items() if label not in shared}
    for label in [one for one in names if one in shared]:
        names[label] = _free(_with_parent(label, names[label]), taken)
        taken.add(key(names[label]))
    return names


def natural_name(label: LabelSpec) -> str:
    """Of one label, whatever others are called."""
    name = label.name.strip()
    if len(name.split()) > 1:
        return " ".join(name.split())
    if not _is_code(name):
        return name_in_words(name)
    said = (name_in_words(one) for one in label.synonyms if one.strip() and not _is_code(one))
    return next(said, _TAGS.get(name.casefold(), name_in_words(name)))


def _is_code(name: str) -> bool:
    """Whether it is short and in capitals, or a tag in whatever case."""
    return name.casefold() in _TAGS or (name.isupper() and name.isascii() and len(name) <= 5)


def _with_parent(label: str, name: str) -> str:
    above = parent(label)
    return f"{name_in_words(above)} {name}" if above else name


def _free(name: str, taken: Collection[str]) -> str:
    numbered = (name if at == 1 else f"{name} {at}" for at in count(1))
    return next(one for one in numbered if key(one) not in taken)
