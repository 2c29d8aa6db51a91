"""Which classes texts have, and whether each text has exactly one.

A text without `cats` was not annotated for classes: it is no text without a class, and nothing
here counts it. Classes that `cats` of an annotated text do not name are 0 in it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from ...errors import FewnerError
from ...types import PATH_SEPARATOR, Sample

ClassKind = Literal["exclusive", "multilabel"]
HOLDS = 0.5  # the score from which a class is one of the text's


def is_classified(sample: Sample) -> bool:
    """Whether the text was annotated for classes."""
    return bool(sample.cats)


def classified(samples: Iterable[Sample]) -> list[Sample]:
    """The texts that were annotated for classes."""
    return [sample for sample in samples if sample.cats]


def held(sample: Sample) -> list[str]:
    """The classes that hold of the text, in the order of its cats."""
    return holding(sample.cats)


def holding(cats: Mapping[str, float]) -> list[str]:
    """The classes that hold by these scores, in their order."""
    return [name for name, score in cats.items() if score >= HOLDS]


def chosen(sample: Sample) -> list[str]:
    """The classes that hold, without those above another of them in a tree: of sport and
    sport/football, sport/football."""
    return deepest(held(sample))


def deepest(names: Collection[str]) -> list[str]:
    """Without those that are above another of them in a tree."""
    return [
        name
        for name in names
        if not any(other.startswith(name + PATH_SEPARATOR) for other in names)
    ]


def classes_of(samples: Iterable[Sample]) -> list[str]:
    """Every class that the cats of a text name, whether it holds or not; sorted."""
    return sorted({name for sample in samples for name in sample.cats})


def kind_of(samples: Iterable[Sample]) -> ClassKind:
    """ "multilabel" if a text has two classes, or has none of those that its cats name.

    Scores in between say no such thing: a text of which all stay below 0.5, but above 0, is one of
    which nobody was sure. A class and one below it in a tree are one.
    """
    several = any(len(chosen(s)) > 1 or has_none(s) for s in samples)
    return "multilabel" if several else "exclusive"


def has_none(sample: Sample) -> bool:
    """Whether the text was annotated, and all its scores are 0: it has none of the classes."""
    return bool(sample.cats) and not any(sample.cats.values())


def is_unsure(sample: Sample) -> bool:
    """Whether no class holds, though some score is above 0: of no use as exclusive data."""
    return any(sample.cats.values()) and not held(sample)


def with_all_classes(samples: Sequence[Sample]) -> list[Sample]:
    """The samples, each annotated text with a score for every class, as spaCy's textcat wants it:
    0 for those that its cats do not name. Those read from a DocBin are as they were."""
    missing = dict.fromkeys(classes_of(samples), 0.0)
    return [
        replace(sample, cats={**missing, **sample.cats})
        if sample.cats and "spacy" not in getattr(sample.source, "formats", ())
        else sample
        for sample in samples
    ]


def check_spans_annotated(samples: Sequence[Sample], format: str) -> None:
    """Raise FewnerError for a text without annotated spans, where a format would say that it has
    none."""
    for index, sample in enumerate(samples):
        if not sample.spans_annotated:
            raise FewnerError(
                sample.place or f"samples[{index}]",
                f"{format} cannot hold a text that was not annotated for spans",
                f"classes alone ({', '.join(sample.cats) or 'none'})",
                "Write .jsonl or .spacy, or .csv, which holds classes.",
            )


def check_exclusive(samples: Sequence[Sample], argument: str = "exclusive") -> None:
    """Raise FewnerError for the first text that has two classes, or none of them.

    argument: what the error calls the choice of one class a text.
    """
    for index, sample in enumerate(samples):
        classes = chosen(sample)
        if len(classes) > 1 or has_none(sample):
            where = sample.place or f"example {index + 1}"
            named = " and ".join(map(repr, classes)) or f"none of {', '.join(sample.cats)}"
            raise FewnerError(
                argument,
                "every text must have exactly one class",
                f"{named} in {where}: {sample.text[:60]!r}",
                "Let texts have several classes (--multi-label, or exclusive=False in Python), or "
                "correct the text's.",
            )
