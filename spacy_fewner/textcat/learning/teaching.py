"""Whether examples can teach the classes that there are."""

from collections import Counter
from collections.abc import Iterable

from spacy.training import Example

from ...data.classes.labels import deepest, holding
from ...data.trees import paths
from ...errors import FewnerError
from ...types import Schema
from .targets import is_annotated


def check_classes(name: str, classes: Schema, exclusive: bool, examples: Iterable[Example]) -> None:
    """Raises FewnerError where there is nothing to tell apart, for texts of two classes where
    classes exclude each other, and for a class of which nothing is known."""
    labels = classes.ids
    if not labels:
        remedy = "Give examples with doc.cats, or labels in the config."
        raise FewnerError(f"{name}.labels", "must name a class", "none", remedy)
    if exclusive and len(labels) == 1:
        rule = "classes that exclude each other must be two or more"
        remedy = "Add the class of the other texts, or set exclusive = false."
        raise FewnerError(f"{name}.labels", rule, labels[0], remedy)
    seen: Counter[str] = Counter()
    for example in filter(is_annotated, examples):
        found = holding(example.reference.cats)
        if exclusive:
            _check_one(name, example, found)
        seen.update(step for label in found for step in paths.lineage(label))
    for spec in classes if seen else ():
        if not seen[spec.id] and not spec.description:
            rule = "a class must have an example or a definition"
            remedy = "Annotate a text of it, say what it means in labels, or leave it out."
            raise FewnerError(f"{name}.labels", rule, spec.id, remedy)


def _check_one(name: str, example: Example, found: list[str]) -> None:
    ends = deepest(found)
    if len(ends) > 1:
        shown = f"{' and '.join(ends)} in {example.reference.text[:60]!r}"
        remedy = "Set exclusive = false, or leave one of the classes out."
        raise FewnerError(f"{name}.exclusive", "a text must have one class", shown, remedy)
