"""The first model of the loop: trained on the examples, it annotates explanations, and judges what
a language model wrote if it is asked to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from ..corpus.checking.extended_gold import with_extended
from ..llm.client import Client
from ..synthesis.stage import Outcome, Stage
from ..types import CharSpan, Sample, Schema
from .judge import judge_of
from .start import settled_unmeasured
from .task import Task
from .training.config import training_config

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

FOLDS = 3  # at most, to pick the threshold by

Train: TypeAlias = "Callable[[Sequence[Sample]], Language]"


@dataclass
class FirstModel:
    """A pipeline with `fewner` that is trained when it is first needed.

    gold: the examples. train: samples -> pipeline. spans_key: where that leaves its spans.
    extended: what `noting` saw until then. It takes the place of the gold texts that it was made
        of: KnowFREE annotates with a model of its fusion samples.
    """

    gold: Sequence[Sample]
    train: Train
    spans_key: str
    extended: list[Sample] = field(default_factory=list)

    @classmethod
    def of(
        cls, pipeline: "Language", labels: Iterable[str], spans_key: str | None = None
    ) -> "FirstModel":
        """One that is trained already; see `judge_of` for what is refused."""
        judge = judge_of(pipeline, labels, spans_key)
        return cls([], lambda _: pipeline, judge.spans_key)

    @cached_property
    def pipeline(self) -> "Language":
        return self.train(with_extended(self.gold, self.extended)[0])

    def annotate(self, texts: Iterable[str]) -> "Iterator[Doc]":
        return self.pipeline.pipe(texts)

    def candidates(self, samples: Sequence[Sample]) -> list[list[CharSpan]]:
        from ..spans.component import labeller_of
        from .measuring.validation import predict_candidates

        judge = labeller_of(self.pipeline, self.spans_key)
        return predict_candidates(self.pipeline, samples, judge)

    def noting(self, stage: Stage) -> Stage:
        """The stage; the samples that it makes are noted as extended."""
        return _Noted(stage, self.extended)


@dataclass(frozen=True)
class _Noted:
    stage: Stage
    seen: list[Sample]

    @property
    def name(self) -> str:
        return self.stage.name

    def __call__(
        self, samples: Iterable[Sample], schema: Schema, client: Client | None
    ) -> Iterator[Outcome]:
        for outcome in self.stage(samples, schema, client):
            if isinstance(outcome, Sample):
                self.seen.append(outcome)
            yield outcome


def trained_with_threshold(task: Task, samples: Sequence[Sample]) -> "Language":
    """A pipeline of `samples`, its threshold picked on held-out parts of the task's examples.

    samples: the task's, as far as they could be with extension spans.
    """
    from ..progress import counting
    from .measuring.parallel import split_runner
    from .measuring.validation import splits
    from .training.training import train_pipeline, use_device

    folds = min(FOLDS, task.settings.folds or FOLDS)
    settings, _ = settled_unmeasured(replace(task.settings, folds=folds))
    pairs = [
        replace(pair, train=with_extended(pair.train, samples)[0])
        for pair in splits(task.samples, task.dev, settings)
    ]
    use_device(settings.gpu_id)
    steps = sum(settings.steps(len(pair.train)) for pair in pairs) + settings.steps(len(samples))
    with counting(steps, "updates") as count:
        with split_runner(settings, task.nested, count) as run:
            found = run(((pair, settings) for pair in pairs), "Training a first model")
        count.begin("Training a first model on all examples")
        config = training_config(settings, len(samples), settings.seed, task.nested)
        nlp = train_pipeline(config, samples, count.step)
    for head in task.heads:
        head.apply(nlp, head.decide(found))
    return nlp
