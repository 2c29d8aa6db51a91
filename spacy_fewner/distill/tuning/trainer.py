"""trl's trainer, with a loss over answers and updates that are planned ahead."""

import inspect
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import Dataset, SequentialSampler
from trl import SFTTrainer

from .tokens.batches import MicroBatches, Tensors, shares
from .tokens.encoding import IGNORED, Encoded

KEEP = "logits_to_keep"


@dataclass(frozen=True, slots=True)
class Update:
    """loss: of an answer's token, on average. tokens: of all rows, padding not counted."""

    loss: float
    tokens: int
    learn_rate: float


class PlannedUpdates(Dataset):
    """Item i is the share of process i % processes of update i // processes: accelerate deals the
    items to its processes in turn."""

    def __init__(self, rows: Sequence[Encoded], plan: Sequence[Sequence[int]], processes: int):
        self._rows, self._plan, self._processes = rows, plan, processes

    def __len__(self) -> int:
        return len(self._plan) * self._processes

    def __getitem__(self, at: int) -> list[Encoded]:
        update, process = divmod(at, self._processes)
        return shares([self._rows[one] for one in self._plan[update]], self._processes)[process]


class AnswerTrainer(SFTTrainer):
    """An update is one step of the trainer: its micro batches are counted in tokens, not rows."""

    def __init__(self, *, micro: MicroBatches, dev: Sequence[Encoded], **how: Any):
        self._micro, self._dev = micro, dev
        self.last = Update(0.0, 0, 0.0)
        super().__init__(data_collator=self._collate, **how)
        for name, parameter in self.model.named_parameters():
            if ".lora_" in name:  # of a base in 4 bits trl freezes them too
                parameter.requires_grad_(True)
        forward = inspect.signature(self.accelerator.unwrap_model(self.model).forward)
        base = getattr(self.model, "get_base_model", lambda: self.model)()
        self._takes = {*forward.parameters, *inspect.signature(base.forward).parameters}

    def _collate(self, items: Sequence[list[Encoded]]) -> dict[str, Any]:
        rows = [row for item in items for row in item]
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
        """Loss of an answer's token on the dev rows."""
        metrics = {"eval_loss": self.dev_loss()}
        self.log(metrics)
        said = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        self.control: Any = said
        return metrics

    def dev_loss(self) -> float:
        self.model.eval()
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
