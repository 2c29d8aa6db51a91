"""Hypothesis strategies for trees of labels."""

from hypothesis import strategies as st

from spacy_fewner.data.trees import paths
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.types import LabelSpec, Schema

# Names that YAML would take for something else, that look alike to a careless reader, and others.
NAMES = st.sampled_from(
    [
        "person",
        "other",
        "no",
        "1",
        "null",
        "a: b",
        "# x",
        "çà",
        "部門",
        "GPE",
        "two words",
        "- y",
        "*z",
    ]
)
TEXTS = st.text(
    st.characters(exclude_categories=("C",)) | st.sampled_from("\n\u2028: #"), max_size=12
)


@st.composite
def trees(draw: st.DrawFn) -> LabelTree:
    """Up to three levels; siblings differ, names repeat across parents."""
    labels, catch_alls = [], set()

    def grow(above: str | None, depth: int) -> None:
        names = draw(st.lists(NAMES, min_size=above is None, max_size=4, unique=True))
        marked = draw(st.sampled_from([None, *names]))
        for name in names:
            path = paths.child(above, name)
            examples = tuple(draw(st.lists(TEXTS, max_size=2)))
            synonyms = tuple(f"{name} {n}" for n in range(draw(st.integers(0, 2))))
            labels.append(LabelSpec(path, draw(TEXTS), examples, synonyms))
            if name == marked:
                catch_alls.add(path)
            if depth < 3:
                grow(path, depth + 1)

    grow(None, 1)
    return LabelTree(Schema(tuple(labels)), frozenset(catch_alls))
