"""`pretrain`: from data sets with many label schemes to a start for open models."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.installed import needs_training
from ..errors import FewnerError
from ..progress import counted, counting, progress_shown
from ..types import Sample
from .schemes import Scheme, totals
from .settings import PretrainSettings

if TYPE_CHECKING:
    from ..encoders.lora.lora_shim import LoraHFShim
    from ..spans.open.start import Start
    from .loop import Trainer

# Of the span grid, as in `fit`'s recipe.
GRID: dict[str, Any] = {
    "hidden": 128,
    "cell": 80,
    "biaffine_heads": 4,
    "attention_heads": 4,
    "reach": 3,
    "dropout": 0.2,
    "label_vectors": True,
    "token_evidence": True,
}
ALPHA = 4  # times the rank, as `fit` has it
# One pass over so much text does not overfit, and masks take time; eager attention is faster than
# torch's own for short texts in bfloat16 on a CPU.
ENCODER = {
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "attn_implementation": "eager",
}
THRESHOLD = 0.3  # without a dev set


@dataclass(frozen=True)
class Pretrained:
    """folder: where the start is. counts: texts, spans, labels and what was left out. loss: of a
    text, on average over the last updates."""

    folder: Path
    start: "Start"
    counts: dict[str, Any]
    loss: float


def pretrain(
    schemes: Sequence[Scheme],
    out: str | Path,
    *,
    dev: Sequence[Scheme] = (),
    held_out: Mapping[str, Sequence[Sample]] | None = None,
    shares: Mapping[str, float] | None = None,
    about: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    progress: bool = True,
    **settings: Any,
) -> Pretrained:
    """Train an open span model and write it as a start: a folder for `start=` of `fewner`.

    schemes: data sets, each with its labels (`read_scheme`).
    out: holds checkpoints while it trains; called again with the same arguments, it goes on from
        the last one, with the same result as a run that was never stopped.
    dev: data sets to choose the threshold on and to score; held out, too. Without any the threshold
        is a guess.
    held_out: name -> test set: texts like its texts are left out.
    shares: by scheme, how much more often its texts are drawn than their number says.
    about: for the start's card. "sources" has a mapping of "licence" and "source" by scheme.
    settings: by name; see `PretrainSettings`.

    Raises FewnerError for data without spans, settings that cannot work, and for a folder with a
    finished start or another run's checkpoint unless `overwrite` is set.
    """
    needs_training("pretrain")
    from ..fitting.training.training import use_device
    from .output.zero_shot import with_scores

    chosen = PretrainSettings(**_checked(settings))
    folder = _folder(Path(out), overwrite)
    use_device(chosen.gpu_id)
    with progress_shown(progress):
        kept, leaked = _without(schemes, {**_texts_of(dev), **(held_out or {})})
        trainer, shim = _trainer(kept, chosen, folder, shares or {})
        with counting(trainer.corpus.steps, "updates") as count:
            count.begin("Pretraining")
            trainer.run(count)
        counts = {**totals(kept), "in_held_out": leaked, **trainer.corpus.left_out}
        names = _names(kept)
        said = {
            **_said(kept, shares or {}, about or {}),
            "counts": counts,
            "settings": asdict(chosen),
            "names": sorted(names),
        }
        start = with_scores(_start(trainer, shim, chosen, said), dev, names)
    _write(start, folder)
    return Pretrained(folder, start, counts, trainer.loss)


def _write(start: "Start", folder: Path) -> None:
    from ..data.files import atomic_write, together
    from ..spans.open.start import write_start
    from .checkpoint import remove_checkpoint
    from .output.card import CARD, card_of

    with together():
        atomic_write(folder / CARD, card_of(start, folder.resolve().name).encode())
        write_start(start, folder)
    remove_checkpoint(folder)


def _texts_of(schemes: Sequence[Scheme]) -> dict[str, Sequence[Sample]]:
    return {f"dev set {scheme.name}": scheme.samples for scheme in schemes}


def _said(
    schemes: Sequence[Scheme], shares: Mapping[str, float], about: Mapping[str, Any]
) -> dict[str, Any]:
    """For the card, with a record of each data set in place of their sources."""
    nothing = {"licence": "not stated", "source": ""}
    sources: Mapping[str, Any] = about.get("sources", {})
    data = [
        {
            "name": one.name,
            "texts": len(one.samples),
            "spans": one.counts.total(),
            "labels": len(one.counts),
            "share": shares.get(one.name, 1.0),
            **nothing,
            **sources.get(one.name, {}),
        }
        for one in schemes
    ]
    return {**{key: value for key, value in about.items() if key != "sources"}, "data": data}


def _names(schemes: Sequence[Scheme]) -> set[str]:
    """What the labels of spans were called in training."""
    return {name for one in schemes for label in one.counts for name in one.label(label).names}


def _checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    known = PretrainSettings.__dataclass_fields__
    for name in settings:
        if name not in known:
            remedy = f"Known are {', '.join(known)}."
            raise FewnerError("settings", "must be known", name, remedy)
    return dict(settings)


def _folder(out: Path, overwrite: bool) -> Path:
    """With a checkpoint it may hold a start as well: the run that is to replace it was stopped."""
    from ..spans.open.start import ABOUT
    from .checkpoint import STATE, remove_checkpoint

    if out.exists() and not out.is_dir():
        raise FewnerError("out", "must be a folder", str(out), "Name another.")
    if overwrite and out.is_dir():
        remove_checkpoint(out)
    elif (out / ABOUT).is_file() and not (out / STATE).is_file():
        remedy = "Name another folder, or set overwrite (--overwrite)."
        raise FewnerError("out", "must not hold a start already", str(out), remedy)
    return out


def _without(
    schemes: Sequence[Scheme], held_out: Mapping[str, Sequence[Sample]]
) -> tuple[list[Scheme], int]:
    """Without texts like those held out; how many those were."""
    from ..corpus.checking.decontaminate import HeldOutCheck

    if not held_out:
        return list(schemes), 0
    # As one set: each text is looked up once, however many sets are held out.
    check = HeldOutCheck({"held out": [one for samples in held_out.values() for one in samples]})
    given = [sample for scheme in schemes for sample in scheme.samples]
    shown = counted(given, "Comparing with held-out texts", "texts", len(given))
    found = iter(list(check(shown)))
    kept = [
        replace(
            scheme,
            samples=[one for one in islice(found, len(scheme.samples)) if isinstance(one, Sample)],
        )
        for scheme in schemes
    ]
    return kept, sum(len(s.samples) for s in schemes) - sum(len(s.samples) for s in kept)


def _trainer(
    schemes: Sequence[Scheme],
    settings: PretrainSettings,
    folder: Path,
    shares: Mapping[str, float],
) -> "tuple[Trainer, LoraHFShim]":
    import torch

    from ..encoders.model import LoraEncoder
    from ..encoders.piece_rules import piece_reader
    from ..encoders.sentences import sentence_vectors
    from ..encoders.settings import LoraSettings
    from ..fitting.training.config import train_precision
    from ..fitting.training.settings import auto_encoder
    from ..spans.grid.sizes import GridSizes
    from ..spans.open.start import put_in_place, read_start
    from .corpus import PretrainCorpus
    from .loop import Trainer
    from .model import OpenModel

    torch.manual_seed(settings.seed)
    name = auto_encoder() if settings.encoder == "auto" else settings.encoder
    rank = settings.rank
    own = LoraSettings(name, settings.revision, rank=rank, alpha=ALPHA * rank, dropout=0.0)
    encoder = LoraEncoder(own, transformer_config=ENCODER)
    base, loaded = encoder.shim.find_base()
    reader = piece_reader(loaded.tokenizer, loaded.transformer)
    corpus = PretrainCorpus(schemes, settings, reader, partial(sentence_vectors, loaded), shares)
    encoder.attrs["set_transformer"](encoder, loaded, base)
    width = encoder.get_dim("nO")
    sizes = GridSizes(width, 1, settings.max_width, **GRID, writer=settings.writer)
    model = OpenModel(encoder.shim._model, sizes).to(encoder.shim.device)
    if settings.start:
        put_in_place(read_start(settings.start), encoder.shim, model.grid)
    short = train_precision(settings.precision, settings.gpu_id) == "bfloat16"
    mark = _fingerprint(settings, schemes, shares, encoder.shim.base_hash)
    return Trainer(model, corpus, settings, folder, mark, short), encoder.shim


def _fingerprint(
    settings: PretrainSettings, schemes: Sequence[Scheme], shares: Mapping[str, float], base: str
) -> str:
    """Of all that decides the result."""
    from ..spans.open.start import WEIGHTS, find_start

    decides = {k: v for k, v in asdict(settings).items() if k != "save_every"}
    if settings.start:
        decides["start"] = hashlib.sha256(
            (find_start(settings.start) / WEIGHTS).read_bytes()
        ).hexdigest()
    digest = hashlib.sha256(json.dumps([decides, dict(sorted(shares.items())), base]).encode())
    for scheme in schemes:
        digest.update(repr((scheme.name, sorted(scheme.labels.items()))).encode())
        for sample in scheme.samples:
            read = (sample.text, sample.tokens, sample.spans, sorted(sample.meta.items()))
            digest.update(repr(read).encode())
    return digest.hexdigest()


def _start(
    trainer: "Trainer", shim: "LoraHFShim", settings: PretrainSettings, about: dict[str, Any]
) -> "Start":
    from ..encoders.lora import adapters, storage
    from ..spans.open.start import ENCODER as OF_ENCODER
    from ..spans.open.start import GRID as OF_GRID
    from ..spans.open.start import OF_LABELS, Start

    assert shim.base is not None
    adapter = adapters.trained_state(shim._model)
    body = trainer.model.grid.state_dict()
    sizes = asdict(trainer.model.grid.sizes)
    return Start(
        storage.base_record(shim.base, shim.base_hash),
        {"rank": settings.rank, "alpha": ALPHA * settings.rank},
        {name: value for name, value in sizes.items() if name not in ("n_labels", "max_width")},
        THRESHOLD,
        {
            **{OF_ENCODER + name: one.detach() for name, one in adapter.items()},
            **{OF_GRID + name: one for name, one in body.items() if name not in OF_LABELS},
        },
        about,
    )
