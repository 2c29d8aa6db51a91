"""The trainable pipe `fewner_cascade`: gives candidate spans their place in a tree of labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span
from spacy.training import Example, validate_examples
from thinc.api import Model, Optimizer, set_dropout_rate
from thinc.types import Floats2d

from ...data.config_keys import check_spans_key
from ...data.trees import label_text as label_texts
from ...data.trees import paths
from ...data.trees.checks import unknown_label
from ...encoders.stored import names_of
from ...errors import FewnerError
from ...spans import targets
from ...spans.component import WEIGHT_KEY
from ...spans.grid.restored import can_be_tried, check_finite, word
from ...spans.scoring import weigh_own_scores
from ...spans.stored_settings import Setting, at_least, flag
from .. import spans_in
from ..classify import Columns, Levels, decide
from ..open_finder import OpenFinder
from ..open_spans import joined, open_spans
from ..tree_owner import TreeOwner
from ..trees import TreeLike, tree_of
from ..writing import write_paths
from . import architecture
from .architecture import Pairs
from .label_reader import LabelReader
from .loss import path_loss
from .questions import Questions, ask

_INIT_DOCS = 10


class Scored(NamedTuple):
    """Candidates of one document.

    spans: (S, 2). logits: (S, labels of the tree in its order). sure: (S,) how sure the candidates
    themselves are.
    """

    spans: np.ndarray
    logits: np.ndarray
    sure: np.ndarray


def _key_or_none(argument: str, value: Any) -> str | None:
    return None if value is None else check_spans_key(argument, value)


def _rate(argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise FewnerError(argument, "must lie in [0, 1]", value, "0 leaves it out.")
    return float(value)


class CascadeClassifier(TreeOwner, TrainablePipe):
    """Classifies candidate spans level by level, in a tree that may change at any time.

    Arguments as in the factory `fewner_cascade`. `doc.spans[spans_key]` gets the spans with the
    path of the deepest label they reach; its `attrs["levels"]` has for each span the list of
    [path, probability] from the root down, its `attrs["scores"]` that of the deepest, (spans,)
    float32. A label's probability is that of its parent times its own among its siblings; that of
    a root begins with the score that the candidate came with, if it came with one.
    """

    context = Setting(flag)
    max_labels = Setting(at_least(2))
    drop_distractors = Setting(_rate)
    name_rate = Setting(_rate)
    seed = Setting(at_least(0))
    open_key = Setting(_key_or_none)
    warns_of_gold = True  # that can never be predicted; set to False where others have said it

    def __init__(
        self,
        nlp: Language,
        model: Model[Pairs, Floats2d],
        name: str = "fewner_cascade",
        *,
        tree: TreeLike | None = None,
        candidates_key: str = "sc",
        spans_key: str = "sc",
        threshold: float = 0.0,
        level_thresholds: Sequence[float] = (),
        context: bool = True,
        set_ents: bool = False,
        max_labels: int = 64,
        drop_distractors: float = 0.0,
        name_rate: float = 0.3,
        seed: int = 0,
        open_key: str | None = None,
        scorer: Callable | None = None,
    ):
        self.vocab = nlp.vocab
        self.model = model
        self.name = name
        self.cfg: dict[str, Any] = {"tree": None, "trained": []}
        self._start_settings(
            nlp,
            candidates_key=candidates_key,
            spans_key=spans_key,
            threshold=threshold,
            level_thresholds=level_thresholds,
            context=context,
            set_ents=set_ents,
            max_labels=max_labels,
            drop_distractors=drop_distractors,
            name_rate=name_rate,
            seed=seed,
            open_key=open_key,
        )
        self.scorer = scorer
        self.gold_audit = targets.GoldAudit()
        self._reader = LabelReader(nlp)
        self._random = np.random.default_rng(seed)
        remedy = "Set candidates_key to where the spans are."
        self._warn_of_missing = spans_in.MissingWarning(name, remedy)
        self._finder = OpenFinder()  # while the tree is that of the config, as its labels are
        self._start_tree(tree)
        self._finder = OpenFinder(nlp)

    def set_tree(self, tree: TreeLike) -> None:
        """See `TreeOwner`; a `fewner` that writes doc.spans[open_key] finds its labels from now
        on."""
        new = tree_of(tree, f"{self.name}.tree")
        self._finder.follow(new, self.open_key)
        super().set_tree(new)

    def rename_label(self, label: str, name: str) -> None:
        """See `TreeOwner`; in further training it is still a label that there are examples of."""
        super().rename_label(label, name)
        self.cfg["trained"] = sorted(paths.renamed(one, label, name) for one in self.cfg["trained"])

    # Building

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        tree: TreeLike | None = None,
        labels: TreeLike | None = None,
    ) -> None:
        """Build the model; without a tree, the gold labels of the examples become one.

        tree: instead of that of the config. labels: the same, as `spacy init labels` writes it.
        Gold that fits no tokens is reported in the log and kept in `gold_audit`.
        """
        validate_examples(get_examples(), "CascadeClassifier.initialize")
        gold = spans_in.gold_labels(get_examples(), self.spans_key)
        given = tree if tree is not None else labels
        if given is not None:
            self.set_tree(given)
        elif gold and not self.has_tree:
            self.set_tree(gold)
        self._check_gold(gold)
        self.cfg["trained"] = []
        self._note_trained(gold)
        self.gold_audit = targets.audit_gold(get_examples(), self.spans_key)
        if self.warns_of_gold:
            self.gold_audit.log(self.name, 0)
        if nlp is not None:
            weigh_own_scores(nlp, self.name, self.spans_key)
        self._build(get_examples)

    def _build(self, get_examples: Callable[[], Iterable[Example]]) -> None:
        self._require_context()
        docs = [eg.predicted for eg in islice(get_examples(), _INIT_DOCS) if len(eg.predicted)]
        docs = docs or [Doc(self.vocab, words=["."])]
        architecture.initialize_model(self.model, docs)
        self._random = np.random.default_rng(self.seed)
        self._reader.start()

    def _require_context(self) -> None:
        if not self.context and architecture.listens(self.model):
            remedy = "Give the component a tok2vec of its own, or set context."
            raise FewnerError(
                "context", "a shared encoder has read the whole text", "false", remedy
            )

    def _check_gold(self, labels: Iterable[str]) -> None:
        for label in labels:
            if label not in self.tree:
                where = f"gold of doc.spans[{self.spans_key!r}]"
                raise unknown_label(label, self.labels, where)

    def _note_trained(self, labels: Iterable[str]) -> None:
        """Keep the labels that there are examples of. Others are no wrong options in training: a
        label that is always wrong there would never be predicted, whatever it means."""
        known = {step for label in labels for step in paths.lineage(label)}
        if not known.issubset(self.cfg["trained"]):
            self.cfg["trained"] = sorted(known.union(self.cfg["trained"]))

    @property
    def untrained(self) -> frozenset[str]:
        """The labels of the tree that training had no example of."""
        return frozenset(self.labels) - frozenset(self.cfg["trained"])

    # Predicting

    def predict(self, docs: Iterable[Doc]) -> list[Scored]:
        """Scores of the candidates of each document, for all labels of the tree."""
        docs = list(docs)
        self._require_initialized()
        key = self.candidates_key
        self._warn_of_missing(docs, key)
        return self._score(docs, *spans_in.found(docs, key))

    def classify(self, docs: Sequence[Doc], spans: Sequence[np.ndarray]) -> list[list[Levels]]:
        """See `SpanClassifier`."""
        self._require_initialized()
        spans_in.check_inside(docs, spans)
        return self._levels(self._score(docs, spans, [np.ones(len(own)) for own in spans]))

    def _levels(self, scores: Iterable[Scored]) -> list[list[Levels]]:
        columns = Columns.of(self.tree)
        return [decide(one.logits, columns, self.thresholds, one.sure) for one in scores]

    def _score(
        self, docs: Sequence[Doc], spans: Sequence[np.ndarray], sure: Sequence[np.ndarray]
    ) -> list[Scored]:
        tree = self.tree
        filled = [number for number, table in enumerate(spans) if len(table)]
        counts = np.cumsum([len(table) for table in spans], dtype=int)
        if not filled:
            nothing = np.zeros((0, len(tree)), "float32")
            return [Scored(table, nothing, own) for table, own in zip(spans, sure, strict=True)]
        vectors = self._reader.vectors(self.model, [label_texts.full_text(tree, p) for p in tree])
        read = self._in_context([docs[n] for n in filled], [spans[n] for n in filled])
        logits = architecture.score_spans(self.model, *read, vectors)
        by_doc = np.split(logits, counts[:-1])
        return list(map(Scored, spans, by_doc, sure))

    def _in_context(self, docs: list[Doc], spans: list[np.ndarray]) -> tuple[list[Doc], np.ndarray]:
        """What the encoder reads, and where in it the spans are, (S, 3)."""
        stacked = spans_in.stack(spans)
        return (docs, stacked) if self.context else spans_in.alone(docs, stacked)

    def _require_initialized(self) -> None:
        if not self.model.has_dim("nI"):
            raise FewnerError(
                self.name,
                "the component must be initialized or loaded before it can predict",
                "a component without weights",
                "Call nlp.initialize() for zero-shot use, train it, or load a pipeline.",
            )

    def set_annotations(self, docs: Iterable[Doc], scores: list[Scored]) -> None:
        """Write `doc.spans[spans_key]` with scores and levels, and `doc.ents` when asked to."""
        untrained = self.untrained if self.open_key else frozenset()
        for doc, scored, levels in zip(docs, scores, self._levels(scores), strict=True):
            pairs = zip(scored.spans.tolist(), levels, strict=True)
            found = [(start, end, path) for (start, end), path in pairs if path]
            if self.open_key:
                found = joined(found, open_spans(doc, self.open_key, untrained))
            write_paths(doc, found, self.spans_key, self.set_ents, self._keeps_ents)

    # Training

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step on the gold spans of `doc.spans[spans_key]`, whose labels are paths of the tree.

        The reference's `user_data["fewner_weight"]` weighs its loss.
        Raises FewnerError for a label outside the tree.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, "CascadeClassifier.update")
        gold = spans_in.gold_spans(examples, self.spans_key)
        labels = {span.label_ for spans in gold for span in spans}
        self._check_gold(labels)
        self._note_trained(labels)
        # A shared encoder waits for a gradient even where there is no gold.
        if any(gold) or (architecture.listens(self.model) and any(map(_has_tokens, examples))):
            self._reader.forget()
            set_dropout_rate(self.model, drop)
            losses[self.name] += self._step(examples, gold)
            if sgd not in (None, False):  # spaCy's training loop passes False, steps by itself
                self.finish_update(sgd)
        return losses

    def _step(self, examples: list[Example], gold: list[list[Span]]) -> float:
        pairs, questions = self._pairs([eg.predicted for eg in examples], gold)
        betas = [float(eg.reference.user_data.get(WEIGHT_KEY, 1.0)) for eg in examples]
        weights = np.repeat(np.asarray(betas, dtype="float32"), list(map(len, gold)))
        logits, backprop = self.model.begin_update(pairs)
        value, gradient = path_loss(logits, questions, weights)
        # By documents, as fewner's: by spans it would weigh a third as much on a shared encoder.
        backprop(gradient / len(examples))
        return value / len(examples)

    def _pairs(self, docs: list[Doc], gold: list[list[Span]]) -> tuple[Pairs, Questions]:
        tree, random = self.tree, self._random
        labels = [span.label_ for spans in gold for span in spans]
        most, dropped = self.max_labels, self.drop_distractors
        known = frozenset(self.cfg["trained"])
        questions = ask(labels, tree, most, dropped, random, known)
        rate = self.name_rate
        texts = [label_texts.drawn_text(tree, path, rate, random) for path in questions.labels]
        options = self._reader.docs_to_train(self.model, texts)
        bounds = [spans_in.bounds(spans) for spans in gold]
        return Pairs(*self._in_context(docs, bounds), options), questions

    def finish_update(self, sgd: Optimizer) -> None:
        self._reader.forget()
        super().finish_update(sgd)

    def use_params(self, params: dict) -> Iterator[None]:
        """Predict with the given values of the parameters (an optimizer's averages).

        A plain generator, since nlp.use_params steps through it.
        """
        self._reader.forget()
        with self.model.use_params(params):
            yield
        self._reader.forget()

    def _check_restored(self) -> None:
        super()._check_restored()
        names_of(f"{self.name}.trained", self.cfg["trained"])
        if self.model.has_dim("nI") and can_be_tried(self.model):
            docs = [word(self.vocab)]
            vectors = architecture.label_vectors(self.model, docs)
            scores = architecture.score_spans(self.model, docs, np.array([[0, 0, 1]]), vectors)
            check_finite(self.name, scores)

    def _restored(self, overrides: Mapping[str, Any]) -> None:
        self._reader.forget()
        super()._restored(overrides)


def _has_tokens(example: Example) -> bool:
    return len(example.predicted) > 0
