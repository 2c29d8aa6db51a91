"""The trainable pipe `fewner`: labels spans of any width, nested or flat, with scores."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from spacy.training import Example, validate_examples
from spacy.vocab import Vocab
from thinc.api import Model, Optimizer, set_dropout_rate
from thinc.types import Floats3d

from ..data.config_keys import check_spans_key, to_config
from ..types import Schema
from . import architecture, targets
from .counts import GoldCounts, count_gold
from .find import one_of
from .grid import loss, restored
from .nesting import Nesting, nesting
from .open.owner import OpenLabels
from .prediction import SpanPredictor
from .scoring import weigh_own_scores
from .stored_settings import (
    Setting,
    StoredSettings,
    flag,
    probabilities,
    probability,
    text,
    width_or_none,
)

WEIGHT_KEY = "fewner_weight"  # in Doc.user_data of a reference: beta, the weight of its loss
_INIT_DOCS = 10


class SpanLabeller(OpenLabels, StoredSettings, SpanPredictor, TrainablePipe):
    """Scores every span up to a width for every label and keeps those above a threshold.

    Arguments as in the factory `fewner`; they are attributes too, which may be set at any time.
    `doc.spans[spans_key]` gets the spans in order, and its `attrs["scores"]` their probabilities,
    (spans,) float32. nlp: the pipeline that it is made for.
    """

    spans_key = Setting(check_spans_key)
    threshold = Setting(probability)
    label_thresholds = Setting(probabilities)
    nested = Setting(flag)
    nesting = Setting(nesting)
    tiling = Setting(flag)
    set_ents = Setting(flag)
    type_blind = Setting(flag)
    extension_prefix = Setting(text)
    start = Setting(text)
    warns_of_gold = True  # that can never be predicted; set to False where others have said it

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Floats3d],
        name: str = "fewner",
        *,
        spans_key: str = "sc",
        threshold: float = 0.5,
        label_thresholds: dict[str, float] | list[Any] | None = None,
        nested: bool = True,
        nesting: Nesting = "any",
        tiling: bool = False,
        set_ents: bool = False,
        max_width: int | None = None,
        type_blind: bool = False,
        extension_prefix: str = "ext/",
        labels: Schema | None = None,
        start: str = "",
        scorer: Callable | None = None,
        nlp: Language | None = None,
    ):
        self.vocab = vocab
        self.model = model
        self.name = name
        self.cfg: dict[str, Any] = {
            "labels": [],
            "label_weights": [],
            "self_nested": None,
            "over_space": True,
            "max_width": width_or_none(f"{name}.max_width", max_width),
        }
        self._start_settings(
            nlp,
            spans_key=spans_key,
            threshold=threshold,
            label_thresholds=label_thresholds or {},
            nested=nested,
            nesting=nesting,
            tiling=tiling,
            set_ents=set_ents,
            type_blind=type_blind,
            extension_prefix=extension_prefix,
            start=start,
        )
        self.scorer = scorer
        self._start_labels(labels)
        self.gold_audit = targets.GoldAudit()
        self._said: set[str] = set()  # kinds of faults in gold that were warned of

    @property
    def key(self) -> str:
        """The same as spans_key, by the name that spaCy's own components have for it."""
        return self.spans_key

    @key.setter
    def key(self, value: str) -> None:
        self.spans_key = value

    def _check_restored(self) -> None:
        super()._check_restored()
        restored.check_cfg(self.name, self.cfg)
        self.cfg["max_width"] = width_or_none(f"{self.name}.max_width", self.cfg["max_width"])
        restored.check_head(self.name, self.model, len(self.labels))
        if self.model.has_dim("nO") and restored.can_be_tried(self.model):
            restored.check_finite(self.name, self.model.predict([restored.word(self.vocab)]))

    def _in_config(self, name: str) -> Any:
        value = super()._in_config(name)
        return to_config(value) if name == "label_thresholds" else value

    @property
    def max_width(self) -> int:
        """Widest span in tokens, once initialized."""
        self._require_initialized()
        return architecture.grid_sizes(self.model).max_width

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Take labels, width, priors and label weights from the data and build the head.

        labels: as `spacy init labels` writes them; else all labels of the examples. Gold that
        the model cannot reach is reported in the log and kept in `gold_audit`.
        """
        validate_examples(get_examples(), "SpanLabeller.initialize")
        for label in labels if labels is not None else self._labels_of(get_examples()):
            self.add_label(label)
        self._require_trainable_labels()
        self.cfg["self_nested"] = targets.labels_in_themselves(
            get_examples(), self.key, self._predicted
        )
        self.cfg["over_space"] = targets.over_space(get_examples(), self.key)
        self.gold_audit = self._audit(get_examples())
        width = self.cfg["max_width"] or max(
            self._least_width, targets.band_width(get_examples(), self.key, self._is_extension)
        )
        self._note_too_wide(get_examples, width)
        self._said.clear()
        if self.warns_of_gold:
            self.gold_audit.log(self.name, width, self._said)
        if nlp is not None:
            weigh_own_scores(nlp, self.name, self.key)
        self._build(get_examples, width, nlp)

    def _audit(self, examples: Iterable[Example]) -> targets.GoldAudit:
        return targets.audit_gold(
            examples,
            self.spans_key,
            self._predicted,
            flat=not self.nested,
            known=lambda label: self._learnt(label) in self.labels,
        )

    def _note_too_wide(self, get_examples: Callable[[], Iterable[Example]], width: int) -> None:
        """Targets are a fault of the data; extensions are only counted."""
        self.gold_audit.too_wide = targets.wide_gold(
            get_examples(), self.key, width, lambda label: not self._is_extension(label)
        )
        wide = targets.wide_gold(get_examples(), self.key, width, self._is_extension)
        if wide:
            said = "%s: %d extension spans are wider than %d tokens and left out."
            targets.logger.info(said, self.name, len(wide), width)

    def _warn_of_gold(self, examples: Sequence[Example]) -> None:
        """Say what of a batch can never be predicted, each kind once."""
        if self.warns_of_gold:
            audit = self._audit(examples)
            if max(audit.widths, default=0) > self.max_width:
                audit.too_wide = targets.wide_gold(examples, self.spans_key, self.max_width)
            audit.log(self.name, self.max_width, self._said)

    def _build(
        self,
        get_examples: Callable[[], Iterable[Example]],
        width: int,
        nlp: Language | None,
    ) -> None:
        counts = self._count(get_examples(), width)
        extended = self._count(self._extended(get_examples()), width)
        weights = loss.extension_weights(extended.gold, self.hide_labels)
        self.cfg["label_weights"] = weights.tolist()
        docs = [eg.predicted for eg in islice(get_examples(), _INIT_DOCS) if len(eg.predicted)]
        # A blank word stands in when the data hold no token yet (labels given, no examples).
        docs = docs or [Doc(self.vocab, words=["."])]
        self.model.initialize(X=docs)
        if self.start:
            return self._begin_open(width)
        biases = counts.where(self.hide_labels, extended).biases()
        names = self._label_names(self.labels)
        self._listen(nlp, names)
        architecture.configure_grid(self.model, names, width, *biases)

    def _count(self, examples: Iterable[Example], width: int) -> GoldCounts:
        annotated = (eg for eg in examples if targets.is_annotated(eg, self.key))
        return count_gold(annotated, self.key, self.labels, self._learnt, width)

    def _extended(self, examples: Iterable[Example]) -> Iterable[Example]:
        """Those with extension spans, no text twice: gold is repeated beside synthetic text."""
        return {eg.reference.text: eg for eg in examples if self._is_extended(eg)}.values()

    def _is_extended(self, example: Example) -> bool:
        return any(map(self._is_extension, targets.gold_labels([example], self.key)))

    def _require_initialized(self) -> None:
        if not self.model.has_dim("nO") and self.is_open and self.labels:
            self.make_ready()
        super()._require_initialized()

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step; the reference's `user_data["fewner_weight"]` weighs its loss (beta, eq 14).

        A reference with `cats` and without `doc.spans[spans_key]` was annotated for classes alone;
        nothing is learnt from it here.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, "SpanLabeller.update")
        if not any(len(eg.predicted) for eg in examples):
            return losses
        self._require_initialized()
        self._warn_of_gold(examples)
        set_dropout_rate(self.model, drop)
        logits, backprop = self.model.begin_update([eg.predicted for eg in examples])
        value, gradient = self.get_loss(examples, logits)
        backprop(gradient)
        if sgd not in (None, False):  # spaCy's training loop passes False and steps by itself
            self.finish_update(sgd)
        losses[self.name] += value
        return losses

    def get_loss(self, examples: Iterable[Example], scores: Floats3d) -> tuple[float, Floats3d]:
        """Loss and gradient, both per document, from the logits `scores`.

        scores: (N, W, labels), or (N, W + 3, labels) with the tokens' own logits, as the model
            gives them in training if it has a token loss. The gradient has the same shape.
        """
        examples = list(examples)
        lengths = [len(eg.predicted) for eg in examples]
        label_weights = np.asarray(self.cfg["label_weights"], dtype="float32")
        row_weights = np.repeat(self._document_weights(examples), lengths, axis=0)
        gold = targets.target_cells(examples, self.key, self._columns(examples), self.max_width)
        real = targets.real_cells(lengths, self.max_width)
        if scores.shape[1] > self.max_width:
            gold = loss.with_token_targets(gold, self.max_width)
            real = loss.with_token_weight(real, architecture.token_loss(self.model))
        value, gradient = loss.grid_loss(scores, gold, real, label_weights, row_weights)
        return value / len(examples), gradient / len(examples)

    def _columns(self, examples: Sequence[Example]) -> dict[str, int]:
        """The column that each gold label of the examples is learnt in, if it is."""
        at = {label: column for column, label in enumerate(self.labels)}
        gold = targets.gold_labels(examples, self.key)
        return {label: at[learnt] for label in gold if (learnt := self._learnt(label)) in at}

    def _document_weights(self, examples: Sequence[Example]) -> np.ndarray:
        betas = [
            float(eg.reference.user_data.get(WEIGHT_KEY, 1.0))
            * targets.is_annotated(eg, self.spans_key)
            for eg in examples
        ]
        extended = list(map(self._is_extended, examples))
        return loss.document_weights(betas, extended, self.hide_labels)


def labeller_of(
    nlp: Language,
    spans_key: str | None = None,
    *,
    argument: str = "nlp",
    choose: str = "spans_key=KEY",
) -> SpanLabeller:
    """The pipeline's `fewner`, whatever its name; see `one_of`."""
    return one_of(nlp, SpanLabeller, "fewner", spans_key, argument=argument, choose=choose)
