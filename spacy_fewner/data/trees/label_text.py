"""What a label means, in words: what the classifier reads of it."""

import re

import numpy as np

from . import paths
from .tree import LabelTree

_EXAMPLES = 8  # of a label's examples are read; more make the text long and add little


def full_text(tree: LabelTree, path: str) -> str:
    """ "name: definition (examples)", without what is not given."""
    label = tree[path]
    text = plain_name(tree, path)
    if label.description:
        text += f": {label.description}"
    if label.examples:
        text += f" ({', '.join(label.examples[:_EXAMPLES])})"
    return text


def plain_name(tree: LabelTree, path: str) -> str:
    """The name in words: "field athlete" for "field_athlete".

    A catch-all whose name alone says nothing ("other") gets its parent's name too.
    """
    name = _words(paths.name(path))
    above = paths.parent(path)
    if above is None or path not in tree.catch_alls:
        return name
    parent_name = _words(paths.name(above))
    return name if parent_name.lower() in name.lower() else f"{name} {parent_name}"


def drawn_text(tree: LabelTree, path: str, name_rate: float, rng: np.random.Generator) -> str:
    """The full text, or with probability name_rate only the name or one of the synonyms."""
    if rng.random() >= name_rate:
        return full_text(tree, path)
    names = [plain_name(tree, path), *tree[path].synonyms]
    return names[rng.integers(len(names))]


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip() or name
