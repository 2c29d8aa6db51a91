"""How far apart types are that mean the same, and types that do not: the line for `Merge` to draw.

FEWNER_DATA=data python benchmarks/merging.py --encoder PATH
Types of Few-NERD with mentions of its training text. A type stands against itself, with other
mentions and a synonym for a name, and against every other type.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.datasets import ROOT, data_folder
from benchmarks.provenance import foot, provenance, table
from spacy_fewner.synthesis.retrieval.embed import Embed, sentence_embedder
from spacy_fewner.synthesis.stages.label_radius import Sphere, sphere

# What a model might call the types of Few-NERD, by their own names there.
NAMES = {
    "location-GPE": ("place", "location"),
    "organization-company": ("company", "business"),
    "person-artist/author": ("artist", "creative person"),
    "person-politician": ("politician", "political figure"),
    "organization-sportsteam": ("sports team", "club"),
    "organization-education": ("school", "educational institution"),
    "location-road/railway/highway/transit": ("road", "route"),
    "other-biologything": ("biological entity", "biological term"),
    "organization-media/newspaper": ("newspaper", "media outlet"),
    "event-attack/battle/war/militaryconflict": ("battle", "military conflict"),
    "organization-sportsleague": ("sports league", "competition"),
    "other-award": ("award", "prize"),
    "product-software": ("software", "computer program"),
    "art-film": ("film", "movie"),
    "other-language": ("language", "tongue"),
    "other-disease": ("disease", "medical condition"),
    "other-astronomything": ("celestial body", "astronomical object"),
    "person-soldier": ("soldier", "military person"),
    "product-airplane": ("airplane", "aircraft"),
    "location-mountain": ("mountain", "peak"),
    "location-island": ("island", "isle"),
    "art-broadcastprogram": ("tv show", "broadcast program"),
    "person-director": ("director", "film director"),
    "other-god": ("god", "deity"),
    "other-law": ("law", "legislation"),
    "product-food": ("food", "dish"),
    "building-airport": ("airport", "airfield"),
    "product-ship": ("ship", "vessel"),
    "building-hotel": ("hotel", "inn"),
    "event-disaster": ("disaster", "catastrophe"),
}
REFERENCE = 12  # mentions of the type that others may join
SIZES = (2, 4, 12)  # mentions of the type that may join it
EPS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5)
DRAWS = 3


def mentions() -> dict[str, list[str]]:
    """Surfaces by type, none twice."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    with (data_folder() / "fewnerd_inter36/train.jsonl").open(encoding="utf8") as lines:
        for row in map(json.loads, lines):
            for span in row["spans"]:
                surface = " ".join(row["tokens"][span["start"] : span["end"]])
                found[span["label"]][surface] = None
    return {kind: list(found[kind]) for kind in NAMES}


def spheres(size: int, seed: int, embed: Embed) -> Iterator[tuple[Sphere, Sphere, Sphere]]:
    """Of each type: the reference; the type again, by another name; and by its own name."""
    rng = random.Random(seed)
    for kind, surfaces in mentions().items():
        drawn = rng.sample(surfaces, REFERENCE + size)
        own, other = NAMES[kind]
        rest = drawn[REFERENCE:]
        yield (
            sphere(own, drawn[:REFERENCE], embed),
            sphere(other, rest, embed),
            sphere(own, rest, embed),
        )


def ratios(size: int, embed: Embed) -> tuple[list[float], list[float]]:
    """Distance of centres over the reference's radius: of the same type, and of any two others."""
    same, different = list[float](), list[float]()
    for seed in range(DRAWS):
        found = list(spheres(size, seed, embed))
        for place, (reference, synonym, _) in enumerate(found):
            same.append(_ratio(reference, synonym))
            different += [
                _ratio(reference, other)
                for number, (_, _, other) in enumerate(found)
                if number != place
            ]
    return same, different


def _ratio(reference: Sphere, other: Sphere) -> float:
    return float(np.linalg.norm(reference.center - other.center)) / reference.radius


def rows(embed: Embed) -> Iterator[Sequence[str]]:
    """For each number of mentions and each eps, how much of both kinds passes."""
    for size in SIZES:
        same, different = ratios(size, embed)
        for eps in EPS:
            passed = [float(np.mean(np.asarray(kind) <= eps)) for kind in (same, different)]
            yield str(size), f"{eps:.1f}", f"{passed[0]:.0%}", f"{passed[1]:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/merging.md")
    args = parser.parse_args()
    head = ("mentions", "eps", "synonyms that pass", "other types that pass")
    lines = [
        "# The radius test of merging: which eps tells synonyms from other types",
        f"{len(NAMES)} types of Few-NERD, {REFERENCE} mentions of each as the reference, {DRAWS} "
        "draws. A type passes if the centre of its mentions lies within eps radii of the "
        "reference's.",
        table(head, rows(sentence_embedder(args.encoder))),
        foot(provenance(args.machine)),
    ]
    page = "\n\n".join(lines) + "\n"
    args.out.write_text(page, encoding="utf8")
    print(page)


if __name__ == "__main__":
    main()
