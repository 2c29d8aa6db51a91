"""Chinese and Japanese data whose tokens are single characters, in the sizes that are measured."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.datasets import Sentence, draw, read_split, without
from spacy_fewner.data.sampling import k_shot, nested_subsets
from spacy_fewner.errors import FewnerError

LONGEST = 150  # characters, of a test sentence where the test set is cut short
SIZES = ["k=5", "k=10", "250"]


@dataclass(frozen=True, slots=True)
class DataSet:
    """How much of a folder of data is measured.

    sizes: "k=5" for 5 spans of each label, "250" for so many sentences.
    most: so many sentences of test, the first ones under 150 characters; 0 for all of it.
    """

    sizes: tuple[str, ...]
    most: int = 0


DATASETS = {
    "weibo": DataSet(("k=5", "k=10", "250")),
    "stockmark_ner": DataSet(("k=5", "k=10", "250")),
    "udc_pos": DataSet(("250",)),
    "msr_cws": DataSet(("250",), most=300),
}


def load(name: str, size: str, seed: int) -> tuple[list[Sentence], list[Sentence]]:
    """(train, test): train of this size, drawn by the seed, of texts that dev and test lack.

    Raises FewnerError for a data set or size that there is not, and where the files are absent.
    """
    _check(name, size)
    return _drawn(_pool(name), size, seed), _test(name)


def tuning(name: str, size: str, seed: int) -> tuple[list[Sentence], list[Sentence]]:
    """(train, dev): as `load`, with the sentences of dev that test lacks to score on."""
    _check(name, size)
    dev = _read(name, "dev")
    return _drawn(_pool(name), size, seed), without(dev, _read(name, "test"))


def _check(name: str, size: str) -> None:
    if name not in DATASETS:
        known = f"Choose from {', '.join(DATASETS)}."
        raise FewnerError("dataset", "it must be one of characters", name, known)
    if size not in DATASETS[name].sizes:
        known = f"Choose from {', '.join(DATASETS[name].sizes)}."
        raise FewnerError("size", f"it must be one of those of {name}", size, known)


def _read(name: str, split: str) -> list[Sentence]:
    return read_split(name, split, joiner="")


def _pool(name: str) -> list[Sentence]:
    return without(_read(name, "train"), _read(name, "dev") + _read(name, "test"))


def _test(name: str) -> list[Sentence]:
    test = _read(name, "test")
    most = DATASETS[name].most
    return [one for one in test if len(one.text) < LONGEST][:most] if most else test


def _drawn(pool: list[Sentence], size: str, seed: int) -> list[Sentence]:
    """Not strict, since Weibo has fewer than ten of its rarest label."""
    if size.startswith("k="):
        return draw(pool, lambda samples: k_shot(samples, int(size[2:]), seed, strict=False))
    return draw(pool, lambda samples: nested_subsets(samples, [int(size)], seed)[int(size)])
