"""How to tune, and the settings of the papers."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from ...errors import FewnerError, check_number
from ...llm.tuned.card import Method

Schedule = Literal["cosine", "linear", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]
Measure = Literal["loss", "spans"]
ALL_LINEAR = "all-linear"
_ONE_OF = {
    "method": Method,
    "schedule": Schedule,
    "precision": Precision,
    "device": Device,
    "by": Measure,
}


@dataclass(frozen=True)
class Settings:
    """How to tune.

    base: hub name, folder or .gguf file of a causal language model. revision: of a hub name.
    start: folder that `distill` wrote, whose adapter is trained on; "" for a new one.
    method: "lora", "qlora" (base in 4 bits: a GPU and bitsandbytes), or "full".
    rank, alpha, dropout, targets: of the adapter. alpha None is twice the rank. targets:
        "all-linear", or names of modules with commas between.
    learn_rate: at its highest, after warm_up (a part of all updates). schedule: how it falls.
    epochs: passes over the rows. batch: rows in an update, of all processes together.
    max_length: tokens of a row; longer ones are left out and counted, never cut.
    micro_tokens: tokens, padding included, that go through the model at once. It decides memory and
        speed, not what is learnt.
    packing: lay rows behind each other in place of padding them; none sees another.
    gradient_checkpointing: compute activations twice, which takes time and saves memory.
    precision: "float32", "bfloat16", or "auto": what the processor is fast with.
    check_every: updates between two checks: loss on the dev rows, and a checkpoint. 0 for four in
        an epoch.
    patience: checks without a better one after which training ends; 0 for never.
    by: what is better: "loss" on the dev rows, or "spans", F1 of what is generated for them.
    chat_template: "" for the tokenizer's own, "chatml", or a Jinja file.
    """

    base: str
    revision: str = ""
    start: str = ""
    method: Method = "lora"
    rank: int = 16
    alpha: float | None = None
    dropout: float = 0.05
    targets: str = ALL_LINEAR
    learn_rate: float = 2e-4
    weight_decay: float = 0.0
    schedule: Schedule = "cosine"
    warm_up: float = 0.05
    epochs: float = 3.0
    batch: int = 8
    max_length: int = 1024
    micro_tokens: int = 2048
    packing: bool = False
    gradient_checkpointing: bool = False
    precision: Precision = "auto"
    check_every: int = 0
    patience: int = 3
    by: Measure = "loss"
    chat_template: str = ""
    seed: int = 0
    device: Device = "auto"

    def __post_init__(self) -> None:
        if not self.base.strip():
            remedy = "Give a hub name, a folder, or a .gguf file."
            raise FewnerError("base", "must name a causal language model", "nothing", remedy)
        for name, known in _ONE_OF.items():
            if getattr(self, name) not in get_args(known):
                rule = f"must be one of {', '.join(get_args(known))}"
                remedy = "Leave it out for the default."
                raise FewnerError(name, rule, getattr(self, name), remedy)
        for name in ("rank", "batch", "max_length", "micro_tokens"):
            check_number(name, getattr(self, name), least=1, whole=True)
        for name in ("check_every", "patience"):
            check_number(name, getattr(self, name), least=0, whole=True)
        for name in ("learn_rate", "epochs"):
            check_number(name, getattr(self, name), least=1e-9)
        for name in ("dropout", "warm_up"):
            check_number(name, getattr(self, name), least=0, most=0.99)
        if self.alpha is not None:
            check_number("alpha", self.alpha, least=1e-9)
        check_number("weight_decay", self.weight_decay, least=0)
        check_number("seed", self.seed, least=0, most=2**32 - 1, whole=True)

    @property
    def scale(self) -> float:
        """LoRA's alpha."""
        return 2 * self.rank if self.alpha is None else self.alpha


@dataclass(frozen=True)
class GoldRound:
    """What differs in a second round, on gold rows; None for what the first one has (GuideX)."""

    learn_rate: float | None = None
    dropout: float | None = None
    epochs: float | None = None
    batch: int | None = None
    max_length: int | None = None

    def of(self, first: Settings) -> Settings:
        """Settings of the second round."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(first, **{name: value for name, value in own.items() if value is not None})


@dataclass(frozen=True)
class Recipe:
    """first: settings by name. gold: of the second round."""

    first: dict[str, Any]
    gold: GoldRound = GoldRound()


RECIPES = {
    # [ours] An adapter on a model of 0.1 to 1 billion parameters, on a CPU, where dropout takes a
    # quarter of the time. With half the learn rate and 6 passes SmolLM2-135M found 2 % of the spans
    # of the embedded data, with this one and 8 passes 23 % (strict F1, 30 texts, one seed).
    "small": Recipe({"learn_rate": 1e-3, "dropout": 0.0}, GoldRound(learn_rate=4e-4)),
    # UniversalNER: LLaMA 7B as a whole.
    "universalner": Recipe(
        {
            "method": "full",
            "learn_rate": 2e-5,
            "warm_up": 0.04,
            "epochs": 3,
            "batch": 256,
            "max_length": 1024,
            "micro_tokens": 8192,
            "packing": True,
            "gradient_checkpointing": True,
        }
    ),
    # GuideX: Llama 3.1 8B in 4 bits; synthetic documents, then gold sentences.
    "guidex": Recipe(
        {
            "method": "qlora",
            "rank": 128,
            "alpha": 256,
            "dropout": 0.08,
            "learn_rate": 3e-4,
            "weight_decay": 1e-3,
            "warm_up": 0.1,
            "epochs": 3,
            "batch": 8,
            "max_length": 8192,
            "micro_tokens": 8192,
            "packing": True,
            "gradient_checkpointing": True,
        },
        GoldRound(dropout=0.05, epochs=1, batch=16, max_length=2048),
    ),
    # [ours] CascadeNER tunes Qwen2 1.5B twice, and says nothing of how.
    "cascade": Recipe(
        {
            "rank": 32,
            "learn_rate": 1e-4,
            "batch": 16,
            "max_length": 2048,
            "micro_tokens": 8192,
            "packing": True,
        }
    ),
}


def recipe(name: str) -> Recipe:
    """Raises FewnerError for a name that none has."""
    if name not in RECIPES:
        remedy = 'Take "small" on a CPU.'
        raise FewnerError("recipe", f"must be one of {', '.join(RECIPES)}", name, remedy)
    return RECIPES[name]
