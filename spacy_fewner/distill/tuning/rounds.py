"""One round of tuning: rows, from a start, to the best model of its checks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

from ...llm.tuned.base import Base
from ...progress import counting
from .checkpoints import (
    best_checkpoint,
    best_step,
    copy_model,
    last_checkpoint,
    remove_halves,
    step_of,
    stopped_early,
)
from .losses import FILE as LOSSES
from .losses import Losses, read_losses
from .model import device_of, loaded, precision_of, with_adapter
from .outcome import RoundResult
from .settings import Settings
from .tokens.batches import MicroBatches, updates
from .tokens.encoding import EncodedRows
from .tokens.templates import set_template

DONE, MODEL = "round.json", "model"
CHECKS = 4  # in an epoch
KEPT = 2  # checkpoints


@dataclass(frozen=True)
class Round:
    """name: as shown. train: rows to learn, dev: to measure on, if any. start: folder of the model
    to go on from."""

    name: str
    settings: Settings
    train: EncodedRows
    dev: EncodedRows
    start: Path | None = None

    def after(self, start: Path | None) -> "Round":
        return replace(self, start=start)


def run_round(one: Round, folder: Path, is_main: bool = True) -> RoundResult:
    """Train, from the last checkpoint if there is one; a round that is done is read again."""
    if not (folder / DONE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _train(one, folder, is_main)
    said = json.loads((folder / DONE).read_text("utf8"))
    return RoundResult(one.name, folder / MODEL, **said, records=read_losses(folder / LOSSES))


def _train(one: Round, folder: Path, is_main: bool) -> None:
    from accelerate import PartialState
    from transformers import PrinterCallback

    from ...data.files import atomic_write
    from .recording import Recorder
    from .trainer import AnswerTrainer, PlannedUpdates

    settings, state = one.settings, PartialState()
    if is_main:
        remove_halves(folder)
    state.wait_for_everyone()
    found = last_checkpoint(folder)
    losses = Losses(folder / LOSSES if is_main else None)
    begun = step_of(found) or 0 if found else 0
    losses.forget_after(begun if found else -1)
    plan = updates(len(one.train.rows), settings.batch, settings.epochs, settings.seed)
    base = loaded(settings, str(one.start) if one.start and settings.method == "full" else None)
    set_template(base.tokenizer, settings.chat_template)
    model = with_adapter(base, settings, one.start)
    micro = MicroBatches(settings.micro_tokens, base.tokenizer.pad_token_id, settings.packing)
    with counting(len(plan), "updates") as count:
        count.begin(one.name)
        recorder = Recorder(losses, count, bool(one.dev.rows))
        trainer = AnswerTrainer(
            model=model,
            args=_arguments(one, folder, len(plan)),
            updates=PlannedUpdates(one.train.encoded, plan, state.num_processes),
            processing_class=base.tokenizer,
            callbacks=[recorder, *_stopping(one)],
            micro=micro,
            dev=one.dev.encoded,
            measured=_measured(one, base) if settings.by == "spans" else None,
        )
        trainer.remove_callback(PrinterCallback)
        recorder.begin(trainer, begun, resumed=found is not None)
        best = best_step(found) if found else None
        if not stopped_early(found, settings.patience if one.dev.rows else 0):
            trainer.train(resume_from_checkpoint=str(found) if found else None)
            best = trainer.state.best_global_step
    state.wait_for_everyone()
    if is_main:
        copy_model(best_checkpoint(folder, best), folder / MODEL)
        said = {
            "planned": len(plan),
            "batch": len(plan[0]),
            "tokens": sum(one.get("tokens", 0) for one in losses.records),
            "seconds": sum(one.get("seconds", 0.0) for one in losses.records),
        }
        atomic_write(folder / DONE, json.dumps(said).encode())
    state.wait_for_everyone()


def _measured(one: Round, base: Base) -> "Callable[[Any], float]":
    from .answering import generated_f1

    return lambda model: generated_f1(model, base.tokenizer, one.dev.rows, one.settings.seed)


def _stopping(one: Round) -> list[Any]:
    from transformers import EarlyStoppingCallback

    patience = one.settings.patience
    return [EarlyStoppingCallback(patience)] if patience and one.dev.rows else []


def _arguments(one: Round, folder: Path, total: int) -> Any:
    from trl import SFTConfig

    from .trainer import BETTER

    settings, on_cpu = one.settings, device_of(one.settings) == "cpu"
    every = min(
        settings.check_every or ceil(total / max(1, round(CHECKS * settings.epochs))), total
    )
    checked = {
        "eval_strategy": "steps",
        "eval_steps": every,
        "metric_for_best_model": BETTER,
        "greater_is_better": True,
    }
    return SFTConfig(
        output_dir=str(folder),
        max_steps=total,
        per_device_train_batch_size=1,  # an item is an update's share
        gradient_accumulation_steps=1,
        learning_rate=settings.learn_rate,
        weight_decay=settings.weight_decay,
        lr_scheduler_type=settings.schedule if settings.schedule != "constant" else _CONSTANT,
        warmup_steps=ceil(settings.warm_up * total),
        optim="adamw_torch",
        max_grad_norm=1.0,
        logging_strategy="no",
        save_strategy="steps",
        save_steps=every,
        save_total_limit=KEPT,
        report_to=[],
        disable_tqdm=True,
        log_level="error",
        log_level_replica="error",
        ddp_find_unused_parameters=False,
        seed=settings.seed,
        bf16=precision_of(settings).short,
        use_cpu=on_cpu,
        gradient_checkpointing=settings.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
        packing=False,
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_pin_memory=not on_cpu,
        restore_callback_states_from_checkpoint=True,
        **(checked if one.dev.rows else {}),
    )


_CONSTANT = "constant_with_warmup"
