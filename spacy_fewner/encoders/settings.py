"""What a LoRA encoder is told: which base, what trains, how it is stored."""

from dataclasses import dataclass

from ..errors import FewnerError

TRAINABLE = ("lora", "full", "none")
SAVE = ("adapter", "merged")
PRECISION = ("float32", "bfloat16")


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """Hyperparameters of a LoRA encoder (Hu et al. 2022, arXiv:2106.09685).

    name, revision: the base, as `resolve_base` takes them.
    rank: width r of the low-rank update; 0 means full fine-tuning.
    alpha: the update is scaled by alpha / rank.
    dropout: on the input of the update, in [0, 1).
    targets: endings of the names of the linear modules to adapt ("attention.self.query");
        empty: every linear module of the encoder's layers.
    trainable: "lora", "full" (every weight) or "none" (frozen encoder).
    train_norms: with "lora", train the layers' normalisations too.
    save: "adapter" stores the update and refers to the base; "merged" stores whole weights.
    lr_scale: multiplies the optimizer's learn rate for this encoder.
    grad_checkpointing: recompute activations in the backward pass to save memory.
    train_precision: "float32", or "bfloat16" for the passes of training (weights stay float32, as
        does prediction): two to three times faster where the processor has it.
    predict_precision: the same of prediction, or "auto" for bfloat16 where the processor has it:
        one and a half times faster, with scores up to some hundredths apart (docs/runtime.md).
    mark_places: tell tokens that share a word piece where they stand in it: for tokens that are
        characters, beside tokenizers whose pieces are words of several. Of `lora_tok2vec` alone.
    """

    name: str
    revision: str = ""
    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.1
    targets: tuple[str, ...] = ()
    trainable: str = "lora"
    train_norms: bool = False
    save: str = "adapter"
    lr_scale: float = 1.0
    grad_checkpointing: bool = False
    train_precision: str = "float32"
    predict_precision: str = "float32"
    mark_places: bool = False

    def __post_init__(self) -> None:
        _check_choice("trainable", self.trainable, TRAINABLE)
        _check_choice("save", self.save, SAVE)
        _check_choice("train_precision", self.train_precision, PRECISION)
        _check_choice("predict_precision", self.predict_precision, (*PRECISION, "auto"))
        if self.rank < 0:
            raise FewnerError("rank", "must be 0 or more", self.rank, "Use 8, 16 or 32.")
        if not 0 <= self.dropout < 1:
            raise FewnerError("dropout", "must be in [0, 1)", self.dropout, "Use 0.1.")
        if self.alpha <= 0:
            raise FewnerError("alpha", "must be above 0", self.alpha, "Use twice the rank.")
        if self.lr_scale <= 0:
            remedy = 'Use 1.0, or trainable = "none" to freeze the encoder.'
            raise FewnerError("lr_scale", "must be above 0", self.lr_scale, remedy)

    @property
    def mode(self) -> str:
        """What trains: "lora", "full" or "none"."""
        return "full" if self.trainable == "lora" and self.rank == 0 else self.trainable


def _check_choice(argument: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        allowed = ", ".join(f'"{choice}"' for choice in choices)
        raise FewnerError(argument, f"must be one of {allowed}", value, "Correct the config.")
