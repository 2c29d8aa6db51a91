"""Held-out predictions: by cross-validation, or over seeds on a dev file."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from spacy.language import Language

from ...data import folds as make_folds
from ...data import nested_subsets, samples_to_docs
from ...data.classes.labels import is_classified
from ...data.sampling import labels_of
from ...errors import FewnerError
from ...evaluation.scores import PRF, SpanScores, span_strict
from ...evaluation.thresholds import Thresholds, apply_thresholds, pick_thresholds
from ...spans.component import SpanLabeller, labeller_of
from ...spans.decoding.candidates import Candidate, decode_flat, decode_nested
from ...spans.find import encoders_before
from ...spans.nesting import Nesting, nesting, never_in_itself, self_nested
from ...types import CharSpan, Sample
from ..training.config import training_config
from ..training.settings import MEASURED, FitSettings
from ..training.training import OnStep, train_pipeline
from .class_logits import predict_logits
from .fold_count import SEEDS, n_folds

FLOOR = 0.05  # probability from which a span is a candidate for a threshold


@dataclass(frozen=True)
class HeldOut:
    """What one model says of texts that it was not trained on.

    n_train, n_train_spans: texts and gold spans that it was trained on.
    candidates: per text all spans with a score of at least FLOOR.
    samples: all that were held out, also those that are not annotated for spans: `gold` and what is
        compared with it leave them out.
    self_nested: labels of which one span lay in another in what it was trained on.
    nesting, tiling: as in the settings that it was trained with. Spans that tile a text are decoded
        already: they are the candidates.
    more: candidates in the further texts of its split.
    logits: (texts, classes) of the classes of the texts, and n_classified: texts with classes that
        it was trained on; None where it predicts none.
    """

    seed: int
    n_train: int
    n_train_spans: int
    samples: list[Sample]
    candidates: list[list[CharSpan]]
    self_nested: frozenset[str] = frozenset()
    nesting: str = "any"
    tiling: bool = False
    more: list[list[CharSpan]] = field(default_factory=list)
    logits: np.ndarray | None = field(default=None, compare=False)
    n_classified: int = 0

    @property
    def annotated(self) -> list[Sample]:
        """The texts that were annotated for spans."""
        return [sample for sample in self.samples if sample.spans_annotated]

    @property
    def gold(self) -> list[list[CharSpan]]:
        return [list(sample.spans) for sample in self.annotated]

    @property
    def scored(self) -> list[list[CharSpan]]:
        """The candidates in the texts of `gold`."""
        pairs = zip(self.samples, self.candidates, strict=True)
        return [found for sample, found in pairs if sample.spans_annotated]

    def predicted(self, thresholds: Thresholds, nested: bool) -> list[list[CharSpan]]:
        return self._decoded(self.scored, thresholds, nested)

    def predicted_in_more(self, thresholds: Thresholds, nested: bool) -> list[list[CharSpan]]:
        return self._decoded(self.more, thresholds, nested)

    def _decoded(
        self, candidates: list[list[CharSpan]], thresholds: Thresholds, nested: bool
    ) -> list[list[CharSpan]]:
        decode = decoder(nested, self._alone(thresholds.nesting))
        return [apply_thresholds(spans, thresholds, decode) for spans in candidates]

    def _alone(self, rule: str) -> frozenset[str]:
        labels = {span.label for spans in self.candidates for span in spans}
        return never_in_itself(nesting("nesting", rule), labels, self.self_nested)

    def score(self, thresholds: Thresholds, nested: bool, labels: Sequence[str]) -> SpanScores:
        return span_strict(self.gold, self.predicted(thresholds, nested), labels)


@dataclass(frozen=True)
class Split:
    """Texts to train on and texts to predict, and the seed of the model between them.

    more: texts to predict that are not held-out gold, so nothing is scored on them.
    """

    seed: int
    train: list[Sample]
    held_out: list[Sample]
    more: list[Sample] = field(default_factory=list)


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
    if settings.predicts_spans:
        _check_left(pairs, samples, lambda sample: bool(sample.targets), "spans")
    if settings.classes:
        _check_left(pairs, samples, is_classified, "classes")
    return [Split(seed, *pair) for seed, pair in enumerate(pairs, settings.seed)]


def _check_left(
    pairs: Sequence[tuple[list[Sample], list[Sample]]],
    samples: Sequence[Sample],
    has: Callable[[Sample], bool],
    what: str,
) -> None:
    """FewnerError if a fold leaves no text that has them to train on."""
    if not all(any(map(has, train)) for train, _ in pairs):
        raise FewnerError(
            "folds",
            f"every fold must leave a text with {what} to train on",
            f"{len(pairs)} folds of {len(samples)} texts, {sum(map(has, samples))} with {what}",
            f"Annotate {what} in more texts, choose another number of folds, or give a dev set.",
        )


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
        labels = labels_of(sample)
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
    spans = settings.predicts_spans
    return HeldOut(
        split.seed,
        len(split.train),
        n_spans,
        split.held_out,
        predict_candidates(nlp, split.held_out) if spans else [[] for _ in split.held_out],
        frozenset(label for sample in split.train for label in _self_nested(sample)),
        settings.nesting,
        bool(settings.tiling),
        predict_candidates(nlp, split.more) if spans else [],
        predict_logits(nlp, split.held_out) if settings.classes else None,
        sum(map(is_classified, split.train)),
    )


def _self_nested(sample: Sample) -> set[str]:
    return self_nested((span.start, span.end, span.label) for span in sample.targets)


def predict_candidates(
    nlp: Language, samples: Sequence[Sample], component: SpanLabeller | None = None
) -> list[list[CharSpan]]:
    """Scored spans by characters, one list a sample; a text without tokens gets none.

    They are those to pick thresholds for or, where spans tile the text, those predicted.

    component: of the pipeline's, if it has more than one.
    """
    component = component or labeller_of(nlp)
    docs, _ = samples_to_docs(samples, nlp, component.key)
    for pipe in encoders_before(nlp, component):
        docs = list(pipe.pipe(docs))
    found = component.tiled(docs) if component.tiling else component.candidates(docs, FLOOR)
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


def decoder(
    nested: bool, alone: Collection[str] = ()
) -> Callable[[list[CharSpan], float], list[CharSpan]]:
    """The component's decoding, on spans by characters.

    alone: labels of which no span may lie in another of the same label.
    """

    def decode_chars(spans: list[CharSpan], threshold: float) -> list[CharSpan]:
        kept = [s for s in spans if (s.score or 0.0) >= threshold]
        ordered = sorted(kept, key=lambda s: (-(s.score or 0.0), s.start, -s.end))
        labels = list(dict.fromkeys(span.label for span in ordered))
        given = [Candidate(s.start, s.end, labels.index(s.label), s.score or 0.0) for s in ordered]
        apart = {number for number, label in enumerate(labels) if label in alone}
        chosen = decode_nested(given, apart) if nested else decode_flat(given)
        return [CharSpan(c.start, c.end, labels[c.label], c.score) for c in chosen]

    return decode_chars


def choose_thresholds(
    results: Iterable[HeldOut], labels: Sequence[str], nested: bool
) -> Thresholds:
    """Best for strict micro F1 on all held-out texts together, and so is the rule of nesting where
    the settings leave it to be measured; of equal ones it is the stricter."""
    given = list(results)
    if given and all(result.tiling for result in given):
        return Thresholds(0.0)  # each token gets its span, whatever its probability
    tried = [_picked(given, labels, nested, rule) for rule in _rules(given, nested)]
    f_of = [sum((r.score(t, nested, labels).micro for r in given), PRF()).f for t in tried]
    return tried[f_of.index(max(f_of))]


def _rules(results: Sequence[HeldOut], nested: bool) -> list[Nesting]:
    """The rules of nesting to try."""
    asked = results[0].nesting if results and nested else "any"
    return ["learnt", "any"] if asked == MEASURED else [nesting("nesting", asked)]


def _picked(
    results: Sequence[HeldOut], labels: Sequence[str], nested: bool, rule: Nesting
) -> Thresholds:
    seen = frozenset[str]().union(*(result.self_nested for result in results))
    decode = decoder(nested, never_in_itself(rule, labels, seen))
    scored = [spans for result in results for spans in result.scored]
    gold = [spans for result in results for spans in result.gold]
    return replace(pick_thresholds(scored, gold, labels, decode=decode), nesting=rule)
