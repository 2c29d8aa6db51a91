"""trl's trainer, with a loss over answers and updates that are planned ahead."""

import inspect
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy
from torch.utils.data import SequentialSampler
from trl import SFTTrainer

from .outcome import worse
from .tokens.batches import MicroBatches, Tensors, shares
from .tokens.encoding import IGNORED, Encoded

KEEP = "logits_to_keep"
_ITEM = "item"
BETTER = "eval_better"  # what checks are compared by: the higher the better


@dataclass(frozen=True, slots=True)
class Update:
    """loss: of an answer's token, on average. tokens: of all rows, padding not counted."""

    loss: float
    tokens: int
    learn_rate: float


@dataclass(frozen=True)
class PlannedUpdates:
    """plan: indices of the rows in each update.

    Item i is the share of process i % processes of update i // processes: accelerate deals the
    items to its processes in turn.
    """

    rows: Sequence[Encoded]
    plan: Sequence[Sequence[int]]
    processes: int

    @property
    def items(self) -> Dataset:
        """Their numbers: trl takes nothing but a data set of this kind."""
        return numbered(len(self.plan) * self.processes)

    def __getitem__(self, at: int) -> list[Encoded]:
        update, process = divmod(at, self.processes)
        return shares([self.rows[one] for one in self.plan[update]], self.processes)[process]


def numbered(count: int) -> Dataset:
    return Dataset.from_dict({_ITEM: list(range(count))})


class AnswerTrainer(SFTTrainer):
    """An update is one step of the trainer: its micro batches are counted in tokens, not rows."""

    def __init__(
        self,
        *,
        updates: PlannedUpdates,
        micro: MicroBatches,
        dev: Sequence[Encoded],
        measured: Callable[[Any], float] | None = None,
        **how: Any,
    ):
        """micro: what lays rows into batches. dev: rows held out. measured: F1 of a model."""
        self._updates, self._micro, self._dev = updates, micro, dev
        self._measured = measured
        self.last = Update(0.0, 0, 0.0)
        super().__init__(
            data_collator=self._collate,
            train_dataset=updates.items,
            eval_dataset=numbered(len(dev)) if dev else None,
            **how,
        )
        for name, parameter in self.model.named_parameters():
            if ".lora_" in name:  # of a base in 4 bits trl freezes them too
                parameter.requires_grad_(True)
        forward = inspect.signature(self.accelerator.unwrap_model(self.model).forward)
        base = getattr(self.model, "get_base_model", lambda: self.model)()
        self._takes = {*forward.parameters, *inspect.signature(base.forward).parameters}

    def _collate(self, items: Sequence[dict[str, int]]) -> dict[str, Any]:
        rows = [row for item in items for row in self._updates[item[_ITEM]]]
        counts = [sum(row.answers for row in rows), sum(map(len, rows))]
        return {"micro": self._micro(rows), "counts": torch.tensor(counts)}

    def _get_train_sampler(self, *_: Any) -> SequentialSampler:
        return SequentialSampler(self.train_dataset)

    def training_step(
        self, model: torch.nn.Module, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> torch.Tensor:
        model.train()
        inputs = self._prepare_inputs(inputs)
        answers, tokens = self.accelerator.reduce(inputs["counts"], "sum").tolist()
        share = self.accelerator.num_processes / max(1, answers)
        summed = torch.zeros((), device=self.args.device)
        for left, one in enumerate(reversed(inputs["micro"])):
            more = left < len(inputs["micro"]) - 1
            with self.accelerator.no_sync(model) if more else nullcontext():
                with self.compute_loss_context_manager():
                    loss = self._summed(model, one)
                self.accelerator.backward(loss * share)
            summed += loss.detach()
        mean = self.accelerator.reduce(summed, "sum") / max(1, answers)
        rate = self.optimizer.param_groups[0]["lr"]
        self.last = Update(float(mean), int(tokens), float(rate))
        return mean

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        metrics = self.check()
        self.log(metrics)
        said = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        self.control: Any = said
        return metrics

    def check(self) -> dict[str, float]:
        """Loss of an answer's token on the dev rows; F1 if it is to be measured."""
        self.model.eval()
        found = {"eval_loss": self._dev_loss()}
        if self._measured:
            found["eval_f1"] = self._f1(self._measured)
        found[BETTER] = -worse(found["eval_loss"], found.get("eval_f1"))
        return found

    def _f1(self, measured: Callable[[Any], float]) -> float:
        """Of the main process; the others wait for it."""
        own = self.accelerator.unwrap_model(self.model)
        found = measured(own) if self.accelerator.is_main_process else 0.0
        shared = torch.tensor(found, device=self.args.device)
        return float(self.accelerator.reduce(shared, "sum"))

    def _dev_loss(self) -> float:
        own = self._dev[self.accelerator.process_index :: self.accelerator.num_processes]
        found = torch.zeros(2, device=self.args.device)
        with torch.no_grad():
            for one in self._micro(own) if own else ():
                one = self._prepare_inputs(one)
                with self.compute_loss_context_manager():
                    found[0] += self._summed(self.model, one)
                found[1] += (one["targets"] != IGNORED).sum()
        loss, answers = self.accelerator.reduce(found, "sum").tolist()
        return loss / max(1, answers)

    def floating_point_ops(self, inputs: Any) -> int:
        return 0  # of no use here, and a guess

    def _summed(self, model: torch.nn.Module, one: Tensors) -> torch.Tensor:
        """Loss of all answers' tokens. The vocabulary is wide: other logits are not computed."""
        given = {name: value for name, value in one.items() if name in self._takes}
        logits = model(**given, use_cache=False).logits
        if KEEP not in self._takes:
            logits = logits[:, one[KEEP]]
        learnt = one["targets"] != IGNORED
        return cross_entropy(logits[learnt].float(), one["targets"][learnt], reduction="sum")
