"""The part of `fewner_textcat` that holds its classes: what they mean, and which are new."""

from collections.abc import Iterable, Sequence
from typing import Any

from thinc.api import Model

from ..data.trees import paths
from ..data.trees.label_records import label_from
from ..errors import FewnerError
from ..spans.open.given import LabelsLike, as_records, as_schema
from ..types import LabelSpec, Schema
from .head import model as parts
from .siblings import Siblings, with_parents


class ClassOwner:
    """Mixed into a component; classes are in cfg["labels"], in the order of the model's output,
    what they mean in cfg["meanings"], records by label."""

    name: str
    vocab: Any
    model: Model
    cfg: dict[str, Any]
    exclusive: Any
    other: Any
    make_ready: Any  # lets the head know what it can
    _forget_meanings: Any  # the model's vectors of what classes mean are out of date

    def _start_classes(self, labels: Schema | None) -> None:
        """labels: those of the config."""
        self.cfg.update(labels=[], meanings={})
        self._from_config = labels is not None
        if labels is not None:
            self._take(labels)

    def _take(self, labels: Iterable[LabelSpec]) -> None:
        """Add classes and what they mean; the model is not told yet."""
        specs = list(labels)
        for spec in specs:
            _check_name(f"{self.name}.labels", spec.id)
            self._note(spec)
        self.cfg["labels"] = with_parents([*self.labels, *(spec.id for spec in specs)])
        for label in self.labels:
            self.vocab.strings.add(label)

    def _note(self, spec: LabelSpec) -> None:
        if spec.description or spec.synonyms:
            self.cfg["meanings"][spec.id] = as_records(Schema((spec,)))[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """Parents before children."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[dict[str, Any]]:
        """Records of the classes, as `initialize` takes them."""
        return as_records(self.meanings) if self.labels else []

    @property
    def siblings(self) -> Siblings:
        return Siblings.of(self.labels)

    @property
    def meanings(self) -> Schema:
        """The classes, each with what it means as far as somebody said."""
        return Schema(tuple(map(self._meaning, self.labels)))

    def _meaning(self, label: str) -> LabelSpec:
        known = self.cfg["meanings"].get(label)
        return label_from(known, label) if known else LabelSpec(label)

    def set_labels(self, labels: LabelsLike) -> None:
        """Tell these classes apart and no others, from now on.

        labels: names, a mapping from a name to what it means, records of {"id", "description",
            "synonyms"}, or a file of labels. Those that are known keep what training has taught of
            them; the others are known by what they mean. Not while other threads predict with it.
        Raises FewnerError for labels that are none.
        """
        schema = as_schema("labels", labels)
        if self.model.has_dim("nO"):
            self.make_ready()
        old = {label: column for column, label in enumerate(self.labels)}
        self.cfg.update(labels=[], meanings={})
        self._take(schema)
        if self.model.has_dim("nO"):
            parts.set_labels(self.model, [old.get(label) for label in self.labels])
            self._forget_meanings()

    def add_label(self, label: str, *, description: str = "", synonyms: Sequence[str] = ()) -> int:
        """Add a class; a trained model knows it by what is said of it here, until it has examples.

        Returns 1 if it is new, else 0; then what it means is taken all the same, if it is said.
        """
        if not isinstance(label, str):
            raise FewnerError("label", "must be a text", label, "Give the name of the class.")
        is_new = label not in self.labels
        if is_new or description or synonyms:
            record = {"id": label, "description": description, "synonyms": list(synonyms)}
            (told,) = as_schema("label", [record])
            known = [told if one.id == told.id else one for one in self.meanings]
            self.set_labels([*known, *([told] if is_new else [])])
        return int(is_new)

    def _require_apart(self) -> None:
        """Raises FewnerError where there is nothing to tell apart, or `other` is a class."""
        if self.exclusive and len(self.labels) == 1:
            rule = "classes that exclude each other must be two or more"
            remedy = "Add another class, or set exclusive = false."
            raise FewnerError(f"{self.name}.labels", rule, self.labels[0], remedy)
        if self.other and self.other in self.labels:
            rule = "must not be the name of a class: it says that a text has none of them"
            remedy = "Choose another name, or leave it out and annotate texts of that class."
            raise FewnerError(f"{self.name}.other", rule, self.other, remedy)


def _check_name(argument: str, label: str) -> None:
    """Raises FewnerError for a path with an empty part."""
    if not all(map(str.strip, paths.parts(label))):
        rule = "a class must have a name, and in a tree each part of its path must"
        remedy = 'Write for instance "sport/football".'
        raise FewnerError(argument, rule, label, remedy)
