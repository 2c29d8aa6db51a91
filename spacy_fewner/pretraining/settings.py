"""How to pretrain."""

from dataclasses import dataclass

from ..discovery.negative_types import Drawing, check_drawing
from ..errors import FewnerError, check_number

PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class PretrainSettings:
    """start: the folder of a start to go on from, or "open"; "" for from scratch.
    encoder: hub name, folder, "pkg:package/folder", or "auto" as for `fit`; revision: of a hub
        encoder.
    passes: how often each text is seen on average, counted over all data sets.
    learn_rate: of adapter and head, at its highest.
    rank: of the adapter; trainings that start from it have the same.
    batch_size: texts in an update. group: how many of them in a row are of one data set.
    negatives: how absent labels are drawn, "frequency", "uniform" or "none" (UniversalNER).
    token_loss: weight of the loss of single tokens, as in `spacy-fewner.SpanGrid.v1`.
    writer: width of the bottleneck of the module that writes label weights.
    max_width: of spans, most_tokens: of texts; what is wider or longer is left out and counted.
    precision: "float32", "bfloat16", or "auto": what the processor is fast with.
    seed, gpu_id: -1 for the CPU.
    save_every: seconds between checkpoints.
    """

    start: str = ""
    encoder: str = "auto"
    revision: str = ""
    passes: float = 1.0
    learn_rate: float = 1e-3
    rank: int = 16
    batch_size: int = 32
    group: int = 8
    negatives: Drawing = "frequency"
    token_loss: float = 1.0
    writer: int = 256
    max_width: int = 12
    most_tokens: int = 60
    precision: str = "auto"
    seed: int = 0
    gpu_id: int = -1
    save_every: float = 300.0

    def __post_init__(self) -> None:
        check_drawing(self.negatives)
        if self.encoder == "cnn":
            rule = "must be a pretrained encoder, which a LoRA adapter fits"
            raise FewnerError("encoder", rule, self.encoder, "Leave it out for all-MiniLM-L6-v2.")
        if self.precision not in PRECISIONS:
            rule = f"must be one of {', '.join(PRECISIONS)}"
            raise FewnerError("precision", rule, self.precision, 'Use "auto".')
        for name in ("passes", "learn_rate", "save_every"):
            check_number(name, getattr(self, name), least=1e-9)
        for name in ("batch_size", "group", "rank", "writer", "max_width", "most_tokens"):
            check_number(name, getattr(self, name), least=1, whole=True)
        check_number("token_loss", self.token_loss, least=0)
        check_number("seed", self.seed, least=0, most=2**32 - 1, whole=True)
        check_number("gpu_id", self.gpu_id, least=-1, whole=True)
