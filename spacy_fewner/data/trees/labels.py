"""Between trees and flat labels: of schemes, of samples, and of spaCy's components."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...errors import FewnerError
from ...types import CharSpan, LabelSpec, Sample, Schema, is_extension
from . import paths
from .checks import unknown_label
from .tree import LabelTree


@dataclass(frozen=True)
class Nested:
    """A tree made of flat labels, and where in it each of them is."""

    tree: LabelTree
    paths: Mapping[str, str]


def tree_from_schema(schema: Schema) -> LabelTree:
    """The tree of a scheme's paths; of plain names, one of roots only. Missing parents are added,
    without a definition."""
    labels: dict[str, LabelSpec] = {}
    for label in schema:
        for above in paths.lineage(label.id)[:-1]:
            labels.setdefault(above, LabelSpec(above))
        labels[label.id] = label
    return LabelTree(Schema(tuple(labels.values())))


def flat_schema(tree: LabelTree, level: int | None = None) -> Schema:
    """The leaves, or the labels of a level and the leaves above it, as a scheme without tree."""
    found = [path for path in tree if level is None or paths.depth(path) <= level]
    kept = [path for path in found if tree.is_leaf(path) or paths.depth(path) == level]
    return Schema(tuple(tree[path] for path in kept))


def tree_from_labels(
    labels: Sequence[str] | Mapping[str, Any], separator: str | None = None
) -> Nested:
    """A tree from the label data of a spaCy component.

    labels: a list, as of `spancat` and `textcat`, or counts per move, as of `ner`.
    separator: what stands between a label's parent and name ("-" in "location-GPE"), its first
        occurrence; None for none. A "/" in a name becomes "-".
    """
    split = {label: _path(label, separator) for label in listed(labels)}
    owners: dict[str, str] = {}
    for label, path in split.items():
        if owners.setdefault(path, label) != label:
            raise FewnerError(
                "labels", "must differ as paths", f"{owners[path]!r} and {label!r}", "Rename one."
            )
    return Nested(tree_from_schema(Schema(tuple(map(LabelSpec, owners)))), split)


def spacy_labels(tree: LabelTree) -> list[str]:
    """The leaves' paths, as `spacy init labels` would write them for `spancat`."""
    return list(tree.leaves)


def relabel(samples: Iterable[Sample], new: Mapping[str, str]) -> list[Sample]:
    """Samples with each span's label replaced; FewnerError for a label without replacement."""

    def moved(label: str, index: int) -> str:
        if label in new or is_extension(label):
            return new.get(label, label)
        raise unknown_label(label, new, f"samples[{index}]")

    return [
        replace(
            sample,
            spans=tuple(replace(span, label=moved(span.label, at)) for span in sample.spans),
        )
        for at, sample in enumerate(samples)
    ]


def check_samples(samples: Iterable[Sample], tree: LabelTree) -> None:
    """Raise FewnerError, with the closest labels, for a span labelled with none of the tree."""
    for index, sample in enumerate(samples):
        for span in sample.spans:
            if span.label not in tree and not is_extension(span.label):
                raise unknown_label(span.label, list(tree), f"samples[{index}]")


def to_tree(samples: Sequence[Sample], tree: LabelTree) -> list[Sample]:
    """Samples labelled with names, with paths instead: of leaves, if one has the name.

    Raises FewnerError for a name that no label has, and for one that several have.
    """
    labels = {span.label for sample in samples for span in sample.spans}
    return relabel(samples, {label: path_of(label, tree) for label in sorted(labels)})


def path_of(label: str, tree: LabelTree) -> str:
    """The path that a label, given by path, name or synonym, has in the tree.

    A name goes before another label's synonym, and means a leaf, if one has it ("miscellaneous" may
    be a root's path and a leaf's name). Cousins may share a synonym, since a language model chooses
    among siblings; here, where nothing says which parent is meant, it stands for neither.
    Raises FewnerError for a label that the tree lacks, and for one that may mean several.
    """
    if is_extension(label):
        return label
    found = tree.find(label)
    if not found:
        raise unknown_label(label, list(tree), "label")
    if any(paths.key(label) in map(paths.key, (path, paths.name(path))) for path in found):
        found = tuple(path for path in found if tree.is_leaf(path)) or found
    if len(found) > 1:
        raise FewnerError(
            "label", "must mean one label of the tree", label, f"Write {' or '.join(found)}."
        )
    return found[0]


def at_level(
    docs: Iterable[Sequence[CharSpan]], tree: LabelTree, level: int
) -> list[list[CharSpan]]:
    """Spans with each label's ancestor at a level (1: the roots) in its place.

    A span whose label lies above the level is left out, since nothing was said of it there, unless
    the label is a leaf.
    """

    def says(label: str) -> bool:
        return paths.depth(label) >= level or label not in tree or tree.is_leaf(label)

    return [
        [replace(span, label=paths.prefix(span.label, level)) for span in spans if says(span.label)]
        for spans in docs
    ]


def project(samples: Iterable[Sample], tree: LabelTree, level: int) -> list[Sample]:
    """Samples with each label replaced by its ancestor at a level (1: the roots).

    Labels above the level stay. Of spans that become equal, one is kept.
    Raises FewnerError for a label outside the tree.
    """
    if level < 1:
        raise FewnerError("level", "must be 1 or more", level, "1 stands for the roots.")
    samples = list(samples)
    check_samples(samples, tree)
    new = {path: paths.prefix(path, level) for path in tree}
    return [
        replace(sample, spans=tuple(dict.fromkeys(sample.spans)))
        for sample in relabel(samples, new)
    ]


def listed(labels: Sequence[str] | Mapping[str, Any], where: str = "labels") -> list[str]:
    """The labels of a component's label data, each once; `ner` has one more, without a name.

    where: what errors call them. Raises FewnerError for what is no list of texts.
    """
    groups = labels.values() if isinstance(labels, Mapping) else [labels]
    found = [label for group in groups for label in group]
    if isinstance(labels, str) or not all(isinstance(label, str) for label in found):
        raise FewnerError(where, "must be a list of texts", labels, 'Write ["PER", "LOC"].')
    return [label for label in dict.fromkeys(found) if label]


def _path(label: str, separator: str | None) -> str:
    above, found, name = label.partition(separator) if separator else (label, "", "")
    if not (found and above and name):
        return paths.as_name(label)
    return paths.child(paths.as_name(above), paths.as_name(name))
