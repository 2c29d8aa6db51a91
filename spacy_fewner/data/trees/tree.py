"""A tree of labels: a Schema whose ids are paths, each with its parent declared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...errors import FewnerError
from ...types import LabelSpec, Schema
from . import paths
from .checks import check_catch_alls, check_labels, check_siblings, unknown_label


@dataclass(frozen=True)
class LabelTree:
    """Labels that cannot change; editing makes another tree.

    schema: all labels, inner ones too; siblings stand in the order of the schema.
    catch_alls: paths of labels for what their siblings are not ("other person").
    where: what errors call the tree, a file for instance.
    Raises FewnerError for an empty tree, a label without its parent, siblings that go by the
    same name, and two catch-alls under one parent. The same name under two parents is fine.
    """

    schema: Schema
    catch_alls: frozenset[str] = frozenset()
    where: str = field(default="schema", compare=False)
    _labels: Mapping[str, LabelSpec] = field(init=False, repr=False, compare=False)
    _children: Mapping[str | None, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        labels = {label.id: label for label in self.schema}
        check_labels(labels, self.where)
        children: dict[str | None, list[str]] = {}
        for path in labels:
            children.setdefault(paths.parent(path), []).append(path)
        object.__setattr__(self, "catch_alls", frozenset(self.catch_alls))
        object.__setattr__(self, "_labels", labels)
        object.__setattr__(self, "_children", children)
        check_siblings(children, labels, self.where)
        check_catch_alls(self.catch_alls, children, labels, self.where)

    def __len__(self) -> int:
        return len(self._labels)

    def __contains__(self, path: object) -> bool:
        return path in self._labels

    def __iter__(self) -> Iterator[str]:
        """All paths, parents before children, siblings in order."""
        waiting = list(reversed(self.roots))
        while waiting:
            path = waiting.pop()
            yield path
            waiting.extend(reversed(self.children(path)))

    def __getitem__(self, path: str) -> LabelSpec:
        """The label; FewnerError with those that may be meant if there is none."""
        if path not in self._labels:
            raise unknown_label(path, self._labels, self.where)
        return self._labels[path]

    @property
    def roots(self) -> tuple[str, ...]:
        return self.children(None)

    @property
    def leaves(self) -> tuple[str, ...]:
        return self.leaves_of(None)

    @property
    def depth(self) -> int:
        """How many levels there are; 1 for a flat list of labels."""
        return max(map(paths.depth, self._labels))

    def children(self, path: str | None) -> tuple[str, ...]:
        """In order; the roots of None."""
        if path is not None:
            self[path]
        return tuple(self._children.get(path, ()))

    def parent(self, path: str) -> str | None:
        """None for a root."""
        return paths.parent(self[path].id)

    def ancestors(self, path: str) -> tuple[str, ...]:
        """From the root to the parent."""
        return tuple(paths.lineage(self[path].id)[:-1])

    def is_leaf(self, path: str) -> bool:
        return not self.children(path)

    def leaves_of(self, path: str | None) -> tuple[str, ...]:
        """Those below a label, or the label if it is one; all of None."""
        if path is not None and self.is_leaf(path):
            return (path,)
        found = iter(self) if path is None else self.below(path)
        return tuple(one for one in found if self.is_leaf(one))

    def below(self, path: str) -> tuple[str, ...]:
        """All labels under one, in order, without it."""
        self[path]
        return tuple(one for one in self if one != path and paths.is_within(one, path))

    def level(self, number: int) -> tuple[str, ...]:
        """The labels at one depth, in order; 1 is that of the roots."""
        return tuple(path for path in self if paths.depth(path) == number)

    def catch_all_of(self, path: str | None) -> str | None:
        """The catch-all among the children of a label (of None: among the roots)."""
        return next((one for one in self.children(path) if one in self.catch_alls), None)

    def find(self, name: str) -> tuple[str, ...]:
        """Labels of that path, else name, else synonym, whatever the case and punctuation.

        A single name finds all labels called so, at any level.
        """
        wanted = paths.key(name)
        if paths.depth(name) > 1:
            found = tuple(path for path in self if paths.key(path) == wanted)
        else:
            found = tuple(path for path in self if paths.key(paths.name(path)) == wanted)
        return found or tuple(
            path
            for path in self
            if wanted in map(paths.key, (paths.name(path), *self[path].synonyms))
        )

    def add(
        self, label: LabelSpec, *, catch_all: bool = False, before: str | None = None
    ) -> "LabelTree":
        """A tree with one label more, the last of its siblings, or before another label."""
        if label.id in self:
            raise FewnerError(
                "label", "must be new", label.id, "Rename it, or remove the other first."
            )
        at = len(self) if before is None else self.schema.ids.index(self[before].id)
        labels = (*self.schema.labels[:at], label, *self.schema.labels[at:])
        marked = self.catch_alls | ({label.id} if catch_all else set())
        return replace(self, schema=Schema(labels), catch_alls=marked)

    def rename(self, path: str, name: str) -> "LabelTree":
        """A tree with one label called otherwise; the paths below it change too."""
        new = paths.child(self.parent(path), name)
        if paths.depth(new) != paths.depth(path):
            raise FewnerError("name", "must be one part of a path", name, 'Leave out "/".')
        if new in self and new != path:
            raise FewnerError("name", "must not be a sibling's", name, "Choose another name.")

        labels = tuple(replace(one, id=paths.renamed(one.id, path, name)) for one in self.schema)
        return replace(
            self,
            schema=Schema(labels),
            catch_alls=frozenset(paths.renamed(one, path, name) for one in self.catch_alls),
        )

    def remove(self, path: str) -> "LabelTree":
        """A tree without one label and all below it."""
        gone = {path, *self.below(path)}
        labels = tuple(label for label in self.schema if label.id not in gone)
        return replace(self, schema=Schema(labels), catch_alls=self.catch_alls - gone)
