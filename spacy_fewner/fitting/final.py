"""The pipeline that `fit` saves: trained on all examples, in the way that was chosen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..progress import Count
from .task import Task
from .training.config import training_config
from .training.training import train_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

    from .measuring.trial import Trial


@dataclass(frozen=True)
class Trained:
    """nlp: the pipeline, with the recipe's threshold. updates: that were made."""

    nlp: "Language"
    updates: int


def train(task: Task, way: "Trial", count: Count) -> Trained:
    """Train on everything, as `way` was."""
    settings = task.settings
    samples = task.extended if way.extended else task.samples
    if way.mixture:
        synthetic = task.mixed_in(task.synthetic, way.extended)
        samples = way.mixture.training_set(samples, synthetic, settings.seed)
        settings = way.mixture.settings(settings, len(samples))
    count.begin("Training on all examples")
    config = training_config(settings, len(samples), settings.seed, task.nested)
    return Trained(train_pipeline(config, samples, count.step), settings.steps(len(samples)))
