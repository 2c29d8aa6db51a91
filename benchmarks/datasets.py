"""The benchmark's data sets as sentences with token spans, read from a local folder."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from spacy_fewner.data.sampling import k_shot
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED_SPLITS = ("crossner_ai", "crossner_literature", "crossner_politics")
SAMPLED_SPLITS = ("mit_movie",)
NAMES = PUBLISHED_SPLITS + SAMPLED_SPLITS
SHOTS = 10
FIVE_SHOT = ("wnut17_5shot", "mit_movie_5")
SEEDED_SPLITS = 10  # published training sets of wnut17_5shot


class TokenSpan(NamedTuple):
    """Tokens start (inclusive) to end (exclusive) and their label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A tokenized sentence with its gold spans; its text is the tokens joined by `joiner`."""

    tokens: tuple[str, ...]
    spans: tuple[TokenSpan, ...]
    joiner: str = " "  # "" where the tokens are the characters of the text

    @property
    def text(self) -> str:
        return self.joiner.join(self.tokens)


def data_folder() -> Path:
    """FEWNER_DATA, or ../shared/data beside the repository."""
    folder = Path(os.environ.get("FEWNER_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        raise FewnerError(
            "FEWNER_DATA",
            "the data folder must exist",
            str(folder),
            "Set FEWNER_DATA to the folder that holds crossner_ai/train.jsonl and the others.",
        )
    return folder


def load(name: str, seed: int, shots: int = SHOTS) -> tuple[list[Sentence], list[Sentence]]:
    """(train, test) of a data set; the seed only matters where train is sampled.

    CrossNER: the published train and test. MIT Movie: `shots` per label, drawn greedily from the
    published train without the sentences that also stand in test; `mit_movie_5`: 5. WNUT-17: the
    published training set of this number, 5 per label.

    Raises FewnerError for a name or seed that there is not, and where the files are absent.
    """
    if name not in NAMES + FIVE_SHOT:
        known = f"Choose from {NAMES + FIVE_SHOT}."
        raise FewnerError("dataset", "it must be one the benchmark knows", name, known)
    if name == "wnut17_5shot":
        return _published_sample(name, seed), read_split(name, "test")
    if name == "mit_movie_5":
        return load("mit_movie", seed, shots=5)
    train, test = read_split(name, "train"), read_split(name, "test")
    if name in SAMPLED_SPLITS:
        train = _k_shot(without(train, test), shots, seed)
    return train, test


def _published_sample(name: str, seed: int) -> list[Sentence]:
    if not 0 <= seed < SEEDED_SPLITS:
        rule = f"{name} has {SEEDED_SPLITS} training sets"
        raise FewnerError("seed", rule, seed, f"Choose 0 to {SEEDED_SPLITS - 1}.")
    return read_split(name, f"train_{seed}")


def read_split(name: str, split: str, joiner: str = " ") -> list[Sentence]:
    """All sentences of one JSONL file; its rows have "tokens" and "spans" with token offsets."""
    path = data_folder() / name / f"{split}.jsonl"
    if not path.is_file():
        raise FewnerError(
            f"{name}/{split}", "the file must exist", str(path), "Complete the folder FEWNER_DATA."
        )
    with path.open(encoding="utf8") as lines:
        return [_sentence(json.loads(line), joiner) for line in lines]


def few_and_held_out(
    name: str, shots: int, seed: int, held_out: int
) -> tuple[list[Sentence], list[Sentence]]:
    """`shots` per label of the published train, drawn as by `load`, and others of it to score on.

    The others do not depend on the seed. No sentence of test is in either.
    """
    pool = without(read_split(name, "train"), read_split(name, "test"))
    others = random.Random(0).sample(pool, held_out)
    return _k_shot(without(pool, others), shots, seed), others


def digest(sentences: Sequence[Sentence]) -> str:
    """12 hex digits of the sentences and their order: equal for systems given equal data."""
    rows = [[sentence.tokens, sentence.spans] for sentence in sentences]
    return hashlib.sha256(json.dumps(rows).encode("utf8")).hexdigest()[:12]


def joiner_of(sentences: Sequence[Sentence]) -> str:
    """What stands between the tokens of the sentences: the same in all of them."""
    return sentences[0].joiner if sentences else " "


def to_char_spans(
    tokens: Sequence[str], spans: Sequence[TokenSpan], joiner: str = " "
) -> list[CharSpan]:
    """Token spans as character spans of the tokens joined by `joiner`."""
    gap = len(joiner)
    starts = list(accumulate((len(token) + gap for token in tokens), initial=0))
    return [CharSpan(starts[span[0]], starts[span[1]] - gap, span[2]) for span in spans]


def to_sample(sentence: Sentence) -> Sample:
    """The sentence as the package's own Sample, tokens kept."""
    tokens, joiner = sentence.tokens, sentence.joiner
    every = [TokenSpan(i, i + 1, "") for i in range(len(tokens))]
    offsets = to_char_spans(tokens, every, joiner)
    return Sample(
        sentence.text,
        tuple(to_char_spans(tokens, sentence.spans, joiner)),
        tokens=tuple((span.start, span.end) for span in offsets),
    )


def without(sentences: Sequence[Sentence], others: Sequence[Sentence]) -> list[Sentence]:
    """Those of `sentences` whose text none of the others has."""
    texts = {sentence.text for sentence in others}
    return [sentence for sentence in sentences if sentence.text not in texts]


def draw(
    pool: Sequence[Sentence], choose: Callable[[list[Sample]], list[Sample]]
) -> list[Sentence]:
    """The sentences whose samples a sampler of the package chooses, in its order."""
    samples = [to_sample(sentence) for sentence in pool]
    sentence_of = {id(sample): sentence for sample, sentence in zip(samples, pool, strict=True)}
    return [sentence_of[id(sample)] for sample in choose(samples)]


def _k_shot(pool: list[Sentence], shots: int, seed: int) -> list[Sentence]:
    return draw(pool, lambda samples: k_shot(samples, shots, seed))


def _sentence(row: dict, joiner: str) -> Sentence:
    spans = (TokenSpan(span["start"], span["end"], span["label"]) for span in row["spans"])
    return Sentence(tuple(row["tokens"]), tuple(sorted(spans)), joiner)
