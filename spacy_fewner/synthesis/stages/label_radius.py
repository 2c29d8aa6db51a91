"""Likeness of labels by embeddings: the radius test of label merging (KnowFREE)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..retrieval.embed import Embed, unit_vectors

# The paper's 1.5 is for text2vec. With all-MiniLM-L6-v2 any type passes at 1.5; at 0.9 most
# synonyms pass and hardly a type of another kind (benchmarks/results/merging.md).
EPS = 0.9


@dataclass(frozen=True, slots=True)
class Sphere:
    """A label as a ball around the embeddings of its members.

    center: (d,) their mean. radius: the mean of the p farthest distances from it. count: members.
    """

    label: str
    center: np.ndarray
    radius: float
    count: int


def sphere(label: str, members: Iterable[str], embed: Embed, farthest: int = 5) -> Sphere:
    """members: surfaces, each embedded as "[surface] is [label]"."""
    texts = [f"{member} is {label}" for member in sorted(set(members))]
    vectors = unit_vectors(embed, texts)
    center = vectors.mean(axis=0)
    distances = np.sort(np.linalg.norm(vectors - center, axis=1))
    return Sphere(label, center, float(distances[-farthest:].mean()), len(texts))


def merged(
    group: Sequence[str],
    members: Mapping[str, Iterable[str]],
    embed: Embed,
    eps: float = EPS,
    farthest: int = 5,
    standards: Collection[str] = (),
) -> dict[str, str]:
    """Label -> the one it becomes, within a group of supposed synonyms.

    standards: labels that stay; where the group has some, the reference is one of them (ours).

    The reference is the label with most members, then the largest radius, then the first by name
    (the order is ours); T_j joins it if ||c_j - c_max|| <= eps * r_max, else it stays its own. A
    reference with one member has radius 0, so that only the very same joins it.
    """
    spheres = [sphere(label, members[label], embed, farthest) for label in group]
    largest = min(spheres, key=lambda s: (s.label not in standards, -s.count, -s.radius, s.label))
    reach = eps * largest.radius
    joined = {
        s.label: largest.label
        for s in spheres
        if s.label not in standards and float(np.linalg.norm(s.center - largest.center)) <= reach
    }
    return {label: joined.get(label, label) for label in group} | {largest.label: largest.label}


def neighbours(labels: Sequence[str], embed: Embed) -> list[str]:
    """The labels in an order in which each is followed by the most alike of those left (ours)."""
    vectors = unit_vectors(embed, labels)
    order, left = [0], np.ones(len(labels), dtype=bool)
    for _ in labels[1:]:
        left[order[-1]] = False
        likeness = (vectors @ vectors[order[-1]]).round(5)
        order.append(int(np.where(left, likeness, -np.inf).argmax()))
    return [labels[number] for number in order]
