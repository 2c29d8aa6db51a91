"""The trainable pipe `fewner`: labels spans of any width, nested or flat, with scores."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

import numpy as np
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example, validate_examples
from spacy.vocab import Vocab
from thinc.api import Model, Optimizer, set_dropout_rate
from thinc.types import Floats3d

from ..errors import FewnerError
from ..types import ENTITY, PATH_SEPARATOR
from . import architecture, decoding, targets
from .grid import loss
from .scoring import weigh_own_scores

WEIGHT_KEY = "fewner_weight"  # in Doc.user_data of a reference: beta, the weight of its loss
_INIT_DOCS = 10


class SpanLabeller(TrainablePipe):
    """Scores every span up to a width for every label and keeps those above a threshold.

    Arguments as in the factory `fewner`. `doc.spans[spans_key]` gets the spans in order, and
    its `attrs["scores"]` their probabilities, (spans,) float32.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Floats3d],
        name: str = "fewner",
        *,
        spans_key: str = "sc",
        threshold: float = 0.5,
        label_thresholds: dict[str, float] | None = None,
        nested: bool = True,
        set_ents: bool = False,
        max_width: int | None = None,
        type_blind: bool = False,
        extension_prefix: str = "ext/",
        scorer: Callable | None = None,
    ):
        self.vocab = vocab
        self.model = model
        self.name = name
        self.cfg: dict[str, Any] = {
            "labels": [],
            "spans_key": spans_key,
            "threshold": threshold,
            "label_thresholds": dict(label_thresholds or {}),
            "nested": nested,
            "set_ents": set_ents,
            "max_width": max_width,
            "type_blind": type_blind,
            "extension_prefix": extension_prefix,
            "label_weights": [],
        }
        self.scorer = scorer
        self.gold_audit = targets.GoldAudit()

    @property
    def key(self) -> str:
        return str(self.cfg["spans_key"])

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        return list(self.labels)

    @property
    def hide_labels(self) -> list[bool]:
        """(labels,) which are extension labels: trained, never predicted."""
        return [self._is_extension(label) for label in self.labels]

    def _is_extension(self, label: str) -> bool:
        prefix = self.cfg["extension_prefix"]
        return bool(prefix) and label.startswith(prefix)

    def _learnt(self, label: str) -> str:
        """What a gold label counts as."""
        blind = self.cfg["type_blind"] and not self._is_extension(label)
        return ENTITY if blind else label

    def _predicted(self, label: str) -> str | None:
        return None if self._is_extension(label) else self._learnt(label)

    @property
    def max_width(self) -> int:
        """Widest span in tokens, once initialized."""
        return architecture.grid_sizes(self.model).max_width

    def add_label(self, label: str, *, nlp: Language | None = None) -> int:
        """Add a label; on a trained model the head grows by it. Returns 1 if it is new, else 0.

        Where the head has label vectors, that of the new label is its name as the encoder reads it
        now. nlp: the pipeline, if the encoder is a pipe of its own that this one listens to;
        without it the vector starts at random then, as the label's other weights do.
        """
        if not isinstance(label, str) or not label.strip():
            raise FewnerError("label", "must be a non-empty string", label, "Give it a name.")
        label = self._learnt(label)
        if label in self.labels:
            return 0
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        if self.model.has_dim("nO"):
            self.cfg["label_weights"].append(1.0)
            self.set_output(len(self.labels))
            names = self._label_names([label])
            self._listen(nlp, names)
            architecture.read_last_labels(self.model, names)
        return 1

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
        self.gold_audit = targets.audit_gold(get_examples(), self.key, self._predicted)
        width = self.cfg["max_width"] or max(self.gold_audit.widths, default=1)
        self.gold_audit.too_wide = targets.wide_gold(get_examples(), self.key, width)
        self.gold_audit.log(self.name, width)
        if nlp is not None:
            weigh_own_scores(nlp, self.name, self.key)
        self._build(get_examples, width, nlp)

    def _labels_of(self, examples: Iterable[Example]) -> list[str]:
        return sorted(map(self._learnt, targets.gold_labels(examples, self.key)))

    def _require_trainable_labels(self) -> None:
        if all(self.hide_labels):
            raise FewnerError(
                f"{self.name}.labels",
                f"training needs at least one label to predict in doc.spans[{self.key!r}]",
                list(self.labels),
                "Check spans_key against your data, or pass labels.",
            )

    def _build(
        self,
        get_examples: Callable[[], Iterable[Example]],
        width: int,
        nlp: Language | None,
    ) -> None:
        counts = self._count_labels(get_examples())
        lengths = [len(eg.predicted) for eg in get_examples()]
        cells = targets.count_cells(lengths, width)
        self.cfg["label_weights"] = loss.extension_weights(counts, self.hide_labels).tolist()
        docs = [eg.predicted for eg in islice(get_examples(), _INIT_DOCS) if len(eg.predicted)]
        # A blank word stands in when the data hold no token yet (labels given, no examples).
        docs = docs or [Doc(self.vocab, words=["."])]
        self.model.initialize(X=docs)
        bias = loss.prior_log_odds(counts, cells)
        token_bias = loss.prior_log_odds(np.minimum(counts, sum(lengths)), sum(lengths))
        names = self._label_names(self.labels)
        self._listen(nlp, names)
        architecture.configure_grid(self.model, names, width, bias, token_bias)

    def _label_names(self, labels: Sequence[str]) -> list[Doc]:
        """What labels are called, in words: "person/field_athlete" is "field athlete"."""
        names = [label.rsplit(PATH_SEPARATOR, 1)[-1] for label in labels]
        words = [re.sub(r"[\W_]+", " ", name).lower().split() for name in names]
        return [
            Doc(self.vocab, words=own or [name]) for own, name in zip(words, names, strict=True)
        ]

    def _listen(self, nlp: Language | None, docs: list[Doc]) -> None:
        """Give documents the vectors of an encoder earlier in the pipeline that we listen to."""
        pipes: list[Any] = [pipe for _, pipe in nlp.pipeline] if nlp is not None else []
        for pipe in pipes:
            if pipe is self:
                return
            if hasattr(pipe, "add_listener"):
                pipe.set_annotations(docs, pipe.predict(docs))

    def _count_labels(self, examples: Iterable[Example]) -> np.ndarray:
        found: Counter[str] = Counter()
        for example in examples:
            gold, _ = targets.aligned_gold(example, self.key)
            cells = {(span.start, span.end, self._learnt(span.label_)) for span in gold}
            found.update(label for _, _, label in cells)
        return loss.count_labels(self.labels, found)

    def predict(self, docs: Iterable[Doc]) -> list[np.ndarray]:
        """Probabilities of all spans: one (tokens, W, labels) float32 array a document."""
        docs = list(docs)
        self._require_initialized()
        filled = [doc for doc in docs if len(doc)]
        if not filled:
            return [np.zeros((0, 0, len(self.labels)), dtype="float32") for _ in docs]
        scores = self.model.ops.to_numpy(loss.sigmoid(self.model.predict(filled)))
        ends = np.cumsum([len(doc) for doc in docs])
        return np.split(scores, ends[:-1])

    def _require_initialized(self) -> None:
        if not self.model.has_dim("nO"):
            raise FewnerError(
                self.name,
                "the component must be trained or loaded before it can predict",
                "an untrained component",
                "Call nlp.initialize(get_examples) and train it, or load a trained pipeline.",
            )

    def set_annotations(self, docs: Iterable[Doc], scores: list[np.ndarray]) -> None:
        """Write `doc.spans[key]` with scores, and `doc.ents` when asked to."""
        thresholds = decoding.threshold_vector(
            self.labels, self.cfg["threshold"], self.cfg["label_thresholds"], self.hide_labels
        )
        decode = decoding.decode_nested if self.cfg["nested"] else decoding.decode_flat
        for doc, doc_scores in zip(docs, scores, strict=True):
            kept = decode(self._candidates(doc, doc_scores, thresholds))
            spans = [Span(doc, c.start, c.end, label=self.labels[c.label]) for c in kept]
            group = SpanGroup(doc, name=self.key, spans=spans)
            group.attrs["scores"] = np.asarray([c.score for c in kept], dtype="float32")
            doc.spans[self.key] = group
            if self.cfg["set_ents"]:
                flat = decoding.decode_flat(sorted(kept, key=lambda c: (-c.score, c.start, -c.end)))
                doc.set_ents([Span(doc, c.start, c.end, label=self.labels[c.label]) for c in flat])

    def _candidates(
        self, doc: Doc, scores: np.ndarray, thresholds: np.ndarray
    ) -> list[decoding.Candidate]:
        if not len(doc):
            return []
        blocked = doc.to_array(IS_SPACE).astype(bool)
        return decoding.candidates_above(scores, thresholds, blocked)

    def candidates(
        self, docs: Iterable[Doc], floor: float = 0.05
    ) -> Iterator[list[decoding.Candidate]]:
        """Every span of each document with a probability of at least `floor`, best first.

        For choosing thresholds; nothing is written to the documents.
        """
        docs = list(docs)
        floors = decoding.threshold_vector(self.labels, floor, {}, self.hide_labels)
        for doc, scores in zip(docs, self.predict(docs), strict=True):
            yield self._candidates(doc, scores, floors)

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step; the reference's `user_data["fewner_weight"]` weighs its loss (beta, eq 14)."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, "SpanLabeller.update")
        if not any(len(eg.predicted) for eg in examples):
            return losses
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
        betas = [float(eg.reference.user_data.get(WEIGHT_KEY, 1.0)) for eg in examples]
        extended = [
            any(map(self._is_extension, targets.gold_labels([eg], self.key))) for eg in examples
        ]
        return loss.document_weights(betas, extended, self.hide_labels)


def labeller_of(nlp: Language, name: str = "fewner") -> SpanLabeller:
    """The pipeline's component of this name."""
    return cast(SpanLabeller, nlp.get_pipe(name))
