"""From what `fit` is told to the spaCy config that it trains by."""

from pathlib import Path
from typing import Any

from thinc.api import Config

from ...data.tokens.pipeline import tokenizer_config
from .class_config import MEASURED, add_classes
from .settings import FitSettings

RECIPE = Path(__file__).parent / "recipe.cfg"
WARMUP = 0.1  # of all steps
ALPHA = 4  # times the rank


def training_config(settings: FitSettings, n_examples: int, seed: int, nested: bool) -> Config:
    """The recipe with everything that the settings and the size of the data decide."""
    config = Config().from_disk(RECIPE, interpolate=False)
    config["nlp"]["lang"] = settings.lang
    if own := tokenizer_config(settings.tokens, settings.lang):
        config["nlp"]["tokenizer"] = own
    config["system"]["seed"] = seed
    fewner = config["components"]["fewner"]
    fewner.update(spans_key=settings.spans_key, nested=nested, set_ents=settings.set_ents)
    fewner["threshold"] = settings.threshold
    fewner["tiling"] = bool(settings.tiling)
    fewner["nesting"] = "any" if settings.nesting == MEASURED else settings.nesting
    fewner["model"]["tok2vec"] = _tok2vec(settings, fewner["model"]["tok2vec"])
    encoder_rate, head_rate = settings.learn_rates
    fewner["model"]["context"] = settings.head_context
    fewner["model"]["lr_scale"] = head_rate / encoder_rate
    pretrained = settings.encoder != "cnn"
    fewner["model"]["token_loss"] = float(settings.token_loss) if pretrained else 0.0
    fewner["model"]["label_vectors"] = pretrained
    if settings.begins_from:
        fewner["start"] = settings.begins_from
        fewner["labels"] = list(settings.meanings) or None
    if settings.classes:
        add_classes(config, settings.classes, head_rate / encoder_rate)
    steps = settings.steps(n_examples)
    training = config["training"]
    training["max_steps"] = steps
    steps = training["eval_frequency"] = max(1, steps)
    training["batcher"]["size"] = settings.batch_size
    schedule = training["optimizer"]["learn_rate"]
    schedule["initial_rate"] = encoder_rate
    schedule["warmup_steps"] = max(1, round(WARMUP * steps))
    schedule["total_steps"] = steps
    for reader in config["corpora"].values():
        reader.update(spans_key=settings.spans_key, alignment=settings.alignment)
    if settings.tiling:  # a word in another's place makes no sentence
        config["corpora"]["train"]["swap_mentions"] = 0.0
    return config


def _tok2vec(settings: FitSettings, recipe: dict[str, Any]) -> dict[str, Any]:
    if settings.encoder == "cnn":
        from ...spans.factory import DEFAULT_MODEL

        return dict(DEFAULT_MODEL["tok2vec"])
    own = {
        "name": settings.encoder_name,
        "revision": settings.revision,
        "rank": settings.rank,
        "save": settings.save,
        "train_precision": train_precision(settings.train_precision, settings.gpu_id),
        "mark_places": bool(tokenizer_config(settings.tokens, settings.lang)),
    }
    return {**recipe, **own, "alpha": ALPHA * settings.rank or 1}


def train_precision(asked: str, gpu_id: int) -> str:
    """The precision asked for; "auto" looks at the processor that will train."""
    if asked != "auto":
        return asked
    import torch

    from ...encoders.shims.precision import has_bfloat16

    fast = has_bfloat16(torch.device("cuda" if gpu_id >= 0 else "cpu"))
    return "bfloat16" if fast else "float32"
