"""A review file as entries."""

from collections.abc import Collection
from pathlib import Path

from ...data.trees import paths
from ...errors import FewnerError, path_given_as
from ...types import PATH_SEPARATOR
from .entries import Entry, Review
from .yaml_nodes import Node, read_yaml

_FIELD = ("name", "definition", "synonyms", "labels", "merge_into", "drop")
_TYPE = (*_FIELD, "fields")
_SHAPE = "Write it as `discover` does: types:, then entries with a name."
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "": None}


def read_review(path: str | Path) -> Review:
    """The entries of a review file; what they say together is checked by `settle`.

    Raises FewnerError, naming file and line, for what `read_yaml` refuses, a key that an entry does
    not have, a value that is no text, list of texts or flag, and a name that a label cannot have.
    """
    path = Path(path)
    with path_given_as("review"):
        root = read_yaml(path)
    reader = _Reader(str(path))
    top = reader.mapping(root, ("types",), "a review")
    if "types" not in top:
        raise FewnerError(f"{path}:{root.line}", "must have `types:`", "none", _SHAPE)
    listed = reader.items(top["types"], "types")
    return Review(tuple(reader.entry(one, _TYPE) for one in listed), str(path))


class _Reader:
    """where: the file."""

    def __init__(self, where: str):
        self._where = where

    def entry(self, node: Node, keys: Collection[str]) -> Entry:
        found = self.mapping(node, keys, "a field" if "fields" not in keys else "a type")
        name = self._name(found, node)
        if "drop" in found and "merge_into" in found:
            rule = "an entry is dropped or merged, not both"
            raise FewnerError(self._place(found["drop"]), rule, name, "Remove one of the lines.")
        below = self.items(found["fields"], "fields") if "fields" in found else []
        return Entry(
            name,
            self._text(found, "definition"),
            self._texts(found, "synonyms"),
            self._texts(found, "labels"),
            tuple(self.entry(one, _FIELD) for one in below),
            self._text(found, "merge_into"),
            self._flag(found, "drop"),
            f"{self._place(node)} ({name})",
        )

    def mapping(self, node: Node, keys: Collection[str], what: str) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            shown = f"{node.value!r}" if isinstance(node.value, str) else "a list"
            raise FewnerError(self._place(node), f"{what} must have keys", shown, _SHAPE)
        for key, value in node.value.items():
            if key not in keys:
                meant = paths.closest(key, keys, 1)
                hint = f"Write {meant[0]!r}" if meant else "Remove it"
                rule = f"{what} has {', '.join(keys)}"
                raise FewnerError(self._place(value), rule, key, f"{hint}, or put # before it.")
        return node.value

    def items(self, node: Node, key: str) -> list[Node]:
        if isinstance(node.value, list):
            return node.value
        if not node.value:
            return []
        raise FewnerError(self._place(node), f"`{key}` must be a list", node.value, _SHAPE)

    def _name(self, found: dict[str, Node], node: Node) -> str:
        name = self._text(found, "name")
        place = self._place(found.get("name", node))
        if not name:
            raise FewnerError(place, "an entry must have a name", "none", "Write name: organ.")
        if PATH_SEPARATOR in name:
            remedy = "Write another sign, such as '-'. To move a field write merge_into."
            raise FewnerError(place, f"a name must have no {PATH_SEPARATOR!r}", name, remedy)
        return paths.check_path(name, place)

    def _text(self, found: dict[str, Node], key: str) -> str:
        node = found.get(key)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            remedy = f'Write {key}: "…".'
            raise FewnerError(self._place(node), f"`{key}` must be a text", "a list", remedy)
        return " ".join(node.value.split())

    def _texts(self, found: dict[str, Node], key: str) -> tuple[str, ...]:
        node = found.get(key)
        values = self.items(node, key) if node is not None else []
        texts = [self._text({key: one}, key) for one in values]
        return tuple(dict.fromkeys(text for text in texts if text))

    def _flag(self, found: dict[str, Node], key: str) -> bool | None:
        text = self._text(found, key).casefold()
        if text not in _FLAGS:
            remedy = f"Write {key}: true, or remove the line."
            raise FewnerError(self._place(found[key]), f"`{key}` is true or false", text, remedy)
        return _FLAGS[text]

    def _place(self, node: Node) -> str:
        return f"{self._where}:{node.line}"
