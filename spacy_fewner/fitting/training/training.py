"""Train one pipeline on one list of samples, by spaCy's own loop."""

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from spacy import util
from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.training import Example
from spacy.training.loop import create_train_batches, train_while_improving
from thinc.api import Config

from ...corpus.readers.examples import example_of
from ...corpus.readers.mention_swap import swapped
from ...data import samples_to_docs
from ...errors import FewnerError, check_number
from ...types import Sample

OnStep = Callable[[], None]


def train_pipeline(
    config: Config, samples: Sequence[Sample], on_step: OnStep | None = None
) -> Language:
    """A new pipeline of this config, trained for the config's `max_steps`; none if that is 0.

    on_step: called after each update. No text is held out and none is evaluated: the number of
    steps is given. The same config and samples give the same weights on the same machine.
    """
    from ...encoders.shims.rounding import round_weights

    # Pipelines of trainings before are cycles; their end waits for many objects, not for memory.
    gc.collect()
    config = config.interpolate()
    util.fix_random_seed(config["training"]["seed"])
    nlp = util.load_model_from_config(config, auto_fill=True)
    for _, pipe in nlp.components:
        if hasattr(pipe, "warns_of_gold"):
            pipe.warns_of_gold = False  # the audit said it, once for all folds
    examples = to_examples(nlp, samples)
    with _memory():
        nlp.initialize(lambda: examples)
        _update(nlp, samples, on_step or (lambda: None))
    round_weights(nlp)
    return nlp


@contextmanager
def _memory() -> Iterator[None]:
    """FewnerError where memory does not suffice."""
    try:
        yield
    except (MemoryError, RuntimeError) as err:
        said = str(err)
        short = "allocate memory" in said or "out of memory" in said
        if not short and not isinstance(err, MemoryError):
            raise
        raise FewnerError(
            "max_width",
            "training must fit in memory, which it needs for each token times the widest span",
            said.split("\n")[0] or "too little memory",
            "Shorten or remove the widest spans, split long texts, or set a smaller batch_size.",
        ) from err


def to_examples(nlp: Language, samples: Sequence[Sample]) -> list[Example]:
    """Samples with tokens; spans that do not fit them are moved, or left out, as configured."""
    reader = nlp.config["corpora"]["train"]
    docs, _ = samples_to_docs(samples, nlp, reader["spans_key"], reader["alignment"])
    return [example_of(doc) for doc in docs if len(doc)]


def _update(nlp: Language, samples: Sequence[Sample], on_step: OnStep) -> None:
    settings = util.registry.resolve(nlp.config["training"], schema=ConfigSchemaTraining)
    rate = nlp.config["corpora"]["train"]["swap_mentions"]

    def corpus(nlp: Language) -> list[Example]:
        # Read anew in each epoch, with other mentions swapped.
        examples = to_examples(nlp, swapped(samples, rate))
        random.shuffle(examples)
        return examples

    steps = settings["max_steps"]
    batches = create_train_batches(nlp, corpus, settings["batcher"], max_epochs=-1)
    loop = train_while_improving(
        nlp,
        settings["optimizer"],
        batches,
        lambda: (0.0, {}),
        dropout=settings["dropout"],
        eval_frequency=steps,
        accumulate_gradient=settings["accumulate_gradient"],
        patience=0,
        max_steps=0,  # never stops by itself: told 1 it would make two updates
        exclude=[],
        annotating_components=[],
        before_update=None,
    )
    for _ in islice(loop, steps):
        on_step()


def use_device(gpu_id: int) -> None:
    """Train on this GPU; -1 is the CPU."""
    import spacy

    check_number("gpu_id", gpu_id, least=-1, whole=True)
    if gpu_id < 0:
        spacy.require_cpu()
        return
    try:
        spacy.require_gpu(gpu_id)
    except ValueError as err:
        raise FewnerError(
            "gpu_id",
            "a GPU needs CUDA, cupy and a torch built for it",
            gpu_id,
            "Install cupy (pip install 'spacy[cuda12x]') and torch for CUDA, or leave it out.",
        ) from err
