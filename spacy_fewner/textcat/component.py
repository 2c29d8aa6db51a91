"""The trainable pipe `fewner_textcat`: gives whole texts their classes, with probabilities."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from spacy.training import Example, validate_examples
from thinc.api import Model, Optimizer, set_dropout_rate
from thinc.types import Floats2d

from ..cascade.trained.architecture import listens
from ..cascade.trained.label_reader import REREAD, LabelReader
from ..encoders.locking import MAKING_READY
from ..errors import FewnerError
from ..spans.find import components_of
from ..spans.stored_settings import Setting, StoredSettings, flag, probability, text
from ..types import Schema
from . import restored
from .classes import ClassOwner
from .deciding import decide
from .head import model as parts
from .learning.lesson import Lesson
from .learning.targets import gold_labels, is_annotated
from .learning.teaching import check_classes
from .meanings import read_meanings
from .settings import label_probabilities, temperature, way
from .siblings import Classes, probabilities

_INIT_DOCS = 10


class TextClassifier(ClassOwner, StoredSettings, TrainablePipe):
    """Compares a text with what its classes mean and with what examples have taught of them.

    Arguments as in the factory `fewner_textcat`; they are attributes too, which may be set at any
    time. `doc.cats` gets the probability of every class; `chosen` says which of them hold.
    """

    exclusive = Setting(flag)
    threshold = Setting(probability)
    label_thresholds = Setting(label_probabilities)
    temperature = Setting(temperature)
    other = Setting(text)
    train = Setting(way)
    warns_of_gold = True  # that teaches nothing; set to False where others have said it

    def __init__(
        self,
        nlp: Language,
        model: Model[list[Doc], Floats2d],
        name: str = "fewner_textcat",
        *,
        labels: Schema | None = None,
        exclusive: bool = True,
        threshold: float | None = None,
        label_thresholds: Mapping[str, float] | Sequence[Any] = (),
        temperature: float = 1.0,
        other: str = "",
        train: str = "finetune",
        scorer: Callable | None = None,
    ):
        self.vocab = nlp.vocab
        self.model = model
        self.name = name
        self.cfg: dict[str, Any] = {}
        self._start_settings(
            nlp,
            exclusive=exclusive,
            threshold=(0.0 if exclusive else 0.5) if threshold is None else threshold,
            label_thresholds=label_thresholds or {},
            temperature=temperature,
            other=other,
            train=train,
        )
        self.scorer = scorer
        self.of_start = False  # whether the model is not the config's, but reads classes unlearnt
        self._reader = LabelReader(nlp)
        self._lesson = Lesson()
        self._meanings_known = False
        self._updates = 0
        self._start_classes(labels)

    # Building

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Any = None,
    ) -> None:
        """Take the classes from the config and the examples, build the head and fit it to what the
        encoder says of the examples before it is trained.

        labels: as `spacy init labels` writes them. Raises FewnerError for classes that cannot be
        told apart: one alone, or one with neither example nor definition.
        """
        validate_examples(get_examples(), "TextClassifier.initialize")
        if labels is not None:
            self._take(restored.schema_of(labels))
        self._take(restored.schema_of(gold_labels(get_examples())))
        check_classes(self.name, self.meanings, self.exclusive, get_examples())
        docs = [eg.predicted for eg in islice(get_examples(), _INIT_DOCS) if len(eg.predicted)]
        self._build(docs)
        self._lesson = Lesson(filter(is_annotated, get_examples()))
        self._updates = 0
        self._read_meanings()
        self._fit_head()

    def _build(self, docs: list[Doc]) -> None:
        docs = docs or [Doc(self.vocab, words=["."])]
        parts.initialize_model(self.model, self._reader.read(self.model, docs), len(self.labels))
        self._forget_meanings()

    @property
    def _classes(self) -> Classes:
        return Classes(self.siblings, self.exclusive)

    def make_ready(self) -> None:
        """Load the encoder and read what the classes mean, if that was not done yet; the first
        prediction does it else."""
        with MAKING_READY:
            if not self.model.has_dim("nO") and self._from_config and self.labels:
                self._build([])
            self._require_initialized()
            self._require_apart()
            if not self._meanings_known:
                self._read_meanings()
            if self._lesson.is_due:
                self._fit_head()

    def _fit_head(self) -> None:
        """To the examples, by the encoder as it is."""
        from .learning.training import fit_head

        self._lesson.is_due = False
        fit_head(self.model, self._reader, self._lesson.examples, self._classes)

    def _read_meanings(self) -> None:
        read_meanings(self.model, self._reader, self.meanings)
        self._meanings_known = True

    def _forget_meanings(self) -> None:
        self._meanings_known = False

    def _require_initialized(self) -> None:
        if not self.model.has_dim("nO"):
            raise FewnerError(
                self.name,
                "the component must have classes, or be trained or loaded, before it can predict",
                "an untrained component without labels",
                'Make it with config={"labels": […]}, call nlp.initialize(get_examples), or load a '
                "trained pipeline.",
            )

    # Predicting

    def logits(self, docs: Iterable[Doc]) -> np.ndarray:
        """(docs, labels) float32, comparable among siblings, before the temperature."""
        docs = list(docs)
        self.make_ready()
        if not docs:
            return np.zeros((0, len(self.labels)), dtype="float32")
        return parts.logits_of(self.model, docs)

    def predict(self, docs: Iterable[Doc]) -> np.ndarray:
        """(docs, labels) float32 probabilities: of each class, that of its parent times its own."""
        return self.probabilities(self.logits(docs))

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Of (texts, labels) logits, by the temperature in use."""
        return probabilities(logits / self.temperature, self.siblings, self.exclusive)

    def set_annotations(self, docs: Iterable[Doc], scores: np.ndarray) -> None:
        """Write `doc.cats`: the probability of every class, beside what others wrote there."""
        labels = self.labels
        chosen = self._decide(scores) if self.other else [None] * len(scores)
        for doc, row, found in zip(docs, scores.tolist(), chosen, strict=True):
            doc.cats.update(zip(labels, row, strict=True))
            if self.other:
                doc.cats[self.other] = 0.0 if found else 1.0

    def chosen(self, doc: Doc) -> list[str]:
        """The classes that a document has by `doc.cats` and the thresholds; of exclusive classes
        one or none. Where none is sure enough, `other` if that is set."""
        if not doc.cats.keys() & set(self.labels):
            remedy = "Give one that nlp(text) or nlp.pipe made."
            rule = f"must have come through {self.name}, which writes doc.cats"
            raise FewnerError("doc", rule, doc.text[:60], remedy)
        row = np.asarray([[doc.cats.get(label, 0.0) for label in self.labels]])
        (found,) = self._decide(row)
        return [label for label in self.labels if label in found] or [self.other] * bool(self.other)

    def _decide(self, scores: np.ndarray) -> list[set[str]]:
        least = [self.label_thresholds.get(label, self.threshold) for label in self.labels]
        return decide(self.labels, self.exclusive, scores, np.asarray(least))

    # Training

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step on the `cats` of the references; texts without any say nothing about classes.

        The reference's `user_data["fewner_weight"]` weighs its loss.
        Raises FewnerError for a class that the component does not have.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, "TextClassifier.update")
        annotated = [eg for eg in examples if is_annotated(eg)]
        self._require_initialized()
        self._check_gold(annotated)
        # A shared encoder waits for a gradient even where there is no gold.
        shared = listens(self.model) and any(len(eg.predicted) for eg in examples)
        learns = bool(annotated) and self.train != "probe"
        if learns or shared:
            if self._updates % REREAD == 0:
                self._read_meanings()
            self._updates += 1
            set_dropout_rate(self.model, drop)
            batch = examples if shared else annotated
            losses[self.name] += self._step(batch)
            if sgd not in (None, False):  # spaCy's training loop passes False, steps by itself
                self.finish_update(sgd)
        return losses

    def _step(self, examples: Sequence[Example]) -> float:
        from .learning.training import step

        return step(self.model, examples, self._classes, self.train)

    def finish_update(self, sgd: Optimizer) -> None:
        """The encoder is another one then, to which the head is fitted before it predicts."""
        self._forget_meanings()
        self._lesson.is_due = self._lesson.is_known
        if self.train != "probe":
            super().finish_update(sgd)

    def use_params(self, params: dict) -> Iterator[None]:
        """Predict with the given values of the parameters (an optimizer's averages).

        A plain generator, since nlp.use_params steps through it.
        """
        due, self._lesson.is_due = self._lesson.is_due, False  # weights that are swapped stay
        self._forget_meanings()
        with self.model.use_params(params):
            yield
        self._lesson.is_due = due
        self._forget_meanings()

    def _check_gold(self, examples: Sequence[Example]) -> None:
        unknown = [label for label in gold_labels(examples) if label not in self.labels]
        if unknown:
            rule = f"must be a class of {self.name}: {', '.join(self.labels)}"
            remedy = "Mend the annotation, or initialize the component with examples of all."
            raise FewnerError("cats", rule, unknown[0], remedy)

    # Storing

    def to_disk(self, path: Any, **kwargs: Any) -> None:
        self._make_whole()
        super().to_disk(path, **kwargs)

    def to_bytes(self, **kwargs: Any) -> bytes:
        self._make_whole()
        return super().to_bytes(**kwargs)

    def _make_whole(self) -> None:
        if self.model.has_dim("nO") or (self._from_config and self.labels):
            self.make_ready()

    def _in_config(self, name: str) -> Any:
        return restored.in_config(name, super()._in_config(name))

    def _more_in_config(self) -> dict[str, Any]:
        found: dict[str, Any] = {"labels": self.label_data} if self._from_config else {}
        if self.of_start:
            from .unlearnt import model_config

            found["model"] = model_config()
        return found

    def _check_restored(self) -> None:
        super()._check_restored()
        restored.check(self.name, self.vocab, self.model, self.cfg)
        self._meanings_known = True

    def _restored(self, overrides: Mapping[str, Any]) -> None:
        super()._restored(overrides)
        if overrides.get("labels"):
            self.set_labels(overrides["labels"])


def textcat_of(nlp: Language, *, argument: str = "nlp") -> TextClassifier:
    """The pipeline's `fewner_textcat`, whatever its name.

    argument: what the user gave the pipeline as. Raises FewnerError if there is none, or several.
    """
    found = components_of(nlp, TextClassifier)
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        rule, shown = "must have one fewner_textcat to use", ", ".join(found)
        remedy = "Leave one out: spacy.load(…, exclude=[NAME]), then nlp.to_disk(…)."
        raise FewnerError(argument, rule, shown, remedy)
    rule = "must have a fewner_textcat that is not disabled"
    raise FewnerError(
        argument, rule, ", ".join(nlp.pipe_names) or "no component", "Give another pipeline."
    )
