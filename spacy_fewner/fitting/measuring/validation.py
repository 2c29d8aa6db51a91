"""Held-out predictions: by cross-validation, or over seeds on a dev file."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language

from ...data import folds as make_folds
from ...data import nested_subsets, samples_to_docs
from ...errors import FewnerError
from ...evaluation.scores import SpanScores, span_strict
from ...evaluation.thresholds import Thresholds, apply_thresholds, pick_thresholds
from ...spans.component import labeller_of
from ...spans.decoding import Candidate, decode_flat, decode_nested
from ...types import CharSpan, Sample
from ..training.settings import FitSettings, training_config
from ..training.training import OnStep, train_pipeline
from .fold_count import SEEDS, n_folds

FLOOR = 0.05  # probability from which a span is a candidate for a threshold


@dataclass(frozen=True)
class HeldOut:
    """What one model says of texts that it was not trained on.

    n_train, n_train_spans: texts and gold spans that it was trained on.
    candidates: per text all spans with a score of at least FLOOR.
    """

    seed: int
    n_train: int
    n_train_spans: int
    samples: list[Sample]
    candidates: list[list[CharSpan]]

    @property
    def gold(self) -> list[list[CharSpan]]:
        return [list(sample.spans) for sample in self.samples]

    def predicted(self, thresholds: Thresholds, nested: bool) -> list[list[CharSpan]]:
        decode = decoder(nested)
        return [apply_thresholds(spans, thresholds, decode) for spans in self.candidates]

    def score(self, thresholds: Thresholds, nested: bool, labels: Sequence[str]) -> SpanScores:
        return span_strict(self.gold, self.predicted(thresholds, nested), labels)


@dataclass(frozen=True)
class Split:
    """Texts to train on and texts to predict, and the seed of the model between them."""

    seed: int
    train: list[Sample]
    held_out: list[Sample]


def splits(samples: Sequence[Sample], dev: Sequence[Sample], settings: FitSettings) -> list[Split]:
    """One split a fold, each with its own seed; with a dev set all of it under several seeds.

    FewnerError if there are fewer texts than folds, or a fold leaves nothing to train on.
    """
    if dev:
        seeds = range(settings.seed, settings.seed + (settings.folds or SEEDS))
        return [Split(seed, list(samples), list(dev)) for seed in seeds]
    texts = len({sample.text for sample in samples})
    folds = n_folds(texts, settings)
    if folds > texts or texts < 2:
        raise FewnerError(
            "folds",
            f"must be at least 2 and at most the number of different texts, {texts}",
            folds,
            "Choose fewer folds, annotate more texts, or give a dev set.",
        )
    pairs = make_folds(samples, folds, settings.seed)
    if not all(any(sample.targets for sample in train) for train, _ in pairs):
        found = sum(bool(sample.targets) for sample in samples)
        raise FewnerError(
            "folds",
            "every fold must leave a text with spans to train on",
            f"{folds} folds of {len(samples)} texts, {found} with spans",
            "Annotate spans in more texts, choose another number of folds, or give a dev set.",
        )
    return [Split(seed, *pair) for seed, pair in enumerate(pairs, settings.seed)]


def part_of(split: Split, part: float) -> Split:
    """The split with that part of its training texts; larger parts contain the smaller.

    Of all labels as far as they fit in, else random.
    """
    size = max(2, round(part * len(split.train)))
    return Split(split.seed, _all_labels_first(split)[:size], split.held_out)


def _all_labels_first(split: Split) -> list[Sample]:
    """The training texts in random order, but for those with a label that none before has."""
    size, seen = len(split.train), set[str]()
    first, rest = list[Sample](), list[Sample]()
    for sample in nested_subsets(split.train, [size], split.seed)[size]:
        labels = {span.label for span in sample.targets}
        (rest if seen >= labels else first).append(sample)
        seen |= labels
    return first + rest


def run_split(
    split: Split, settings: FitSettings, nested: bool, on_step: OnStep | None = None
) -> HeldOut:
    """Train on one side of a split and predict the other."""
    config = training_config(settings, len(split.train), split.seed, nested)
    nlp = train_pipeline(config, split.train, on_step)
    n_spans = sum(len(sample.targets) for sample in split.train)
    candidates = predict_candidates(nlp, split.held_out)
    return HeldOut(split.seed, len(split.train), n_spans, split.held_out, candidates)


def predict_candidates(nlp: Language, samples: Sequence[Sample]) -> list[list[CharSpan]]:
    """Scored spans by characters, one list a sample; a text without tokens gets none."""
    component = labeller_of(nlp)
    docs, _ = samples_to_docs(samples, nlp, component.key)
    found = component.candidates(docs, FLOOR)
    return [
        [
            CharSpan(
                doc[c.start].idx,
                doc[c.end - 1].idx + len(doc[c.end - 1]),
                component.labels[c.label],
                c.score,
            )
            for c in candidates
        ]
        for doc, candidates in zip(docs, found, strict=True)
    ]


def decoder(nested: bool) -> Callable[[list[CharSpan], float], list[CharSpan]]:
    """The component's decoding, on spans by characters."""
    decode = decode_nested if nested else decode_flat

    def decode_chars(spans: list[CharSpan], threshold: float) -> list[CharSpan]:
        kept = [s for s in spans if (s.score or 0.0) >= threshold]
        ordered = sorted(kept, key=lambda s: (-(s.score or 0.0), s.start, -s.end))
        chosen = decode(Candidate(s.start, s.end, i, s.score or 0.0) for i, s in enumerate(ordered))
        return [ordered[c.label] for c in chosen]

    return decode_chars


def choose_thresholds(
    results: Iterable[HeldOut], labels: Sequence[str], nested: bool
) -> Thresholds:
    """Best for strict micro F1 on all held-out texts together."""
    scored, gold = [], []
    for result in results:
        scored += result.candidates
        gold += result.gold
    return pick_thresholds(scored, gold, labels, decode=decoder(nested))


def honest_scores(
    results: Sequence[HeldOut], labels: Sequence[str], nested: bool
) -> list[SpanScores]:
    """Each result scored with thresholds chosen on the others, never on itself."""
    scores = []
    for i, result in enumerate(results):
        others = [*results[:i], *results[i + 1 :]]
        scores.append(result.score(choose_thresholds(others, labels, nested), nested, labels))
    return scores
