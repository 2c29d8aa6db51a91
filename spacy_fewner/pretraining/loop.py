"""The updates: one schedule, checkpoints on the way, the same result wherever it was stopped."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..progress import Count
from ..spans.grid.sizes import OF_LABELS
from .checkpoint import load_checkpoint, save_checkpoint
from .corpus import PretrainCorpus
from .model import OpenModel, TorchBatch, open_loss
from .settings import PretrainSettings

WARMUP = 0.05  # of all steps
WEIGHT_DECAY = 0.01
CLIP = 1.0
NOTED = 50  # updates of which the loss is averaged for the progress line


@dataclass
class Trainer:
    """model: on its device. short: whether the encoder's passes are in bfloat16. fingerprint: of
    all that decides the result, for the checkpoints in `folder`."""

    model: OpenModel
    corpus: PretrainCorpus
    settings: PretrainSettings
    folder: Path
    fingerprint: str
    short: bool

    def __post_init__(self) -> None:
        skipped = {f"grid.{name}" for name in OF_LABELS}
        self.named = {
            name: one
            for name, one in self.model.named_parameters()
            if one.requires_grad and name not in skipped
        }
        decaying = [p for p in self.named.values() if p.ndim > 1]
        others = [p for p in self.named.values() if p.ndim <= 1]
        groups: list[dict[str, Any]] = [
            {"params": decaying},
            {"params": others, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(
            groups,
            lr=self.settings.learn_rate,
            weight_decay=WEIGHT_DECAY,
        )
        self.losses: list[float] = []

    def run(self, count: Count) -> None:
        """All updates that are still to be made."""
        step = done = self._resume()
        count.resume(step)
        self.model.train()
        saved = time.monotonic()
        while step < self.corpus.steps:
            self.losses.append(self._update(step))
            step += 1
            count.note(f"loss {self.loss:.2f}")
            count.step()
            if time.monotonic() - saved >= self.settings.save_every:
                self._save(step)
                done, saved = step, time.monotonic()
        if done < step:
            self._save(step)  # what comes after the updates may be stopped as well

    @property
    def last_losses(self) -> list[float]:
        return self.losses[-NOTED:]

    @property
    def loss(self) -> float:
        """Of a text, on average over the last updates."""
        return sum(self.last_losses) / len(self.last_losses)

    def _resume(self) -> int:
        state = load_checkpoint(self.folder, self.named, self.optimizer, self.fingerprint)
        if state is None:
            return 0
        self.corpus.drawing.drawn.update(state["drawn"])
        self.losses = state["losses"]
        return int(state["step"])

    def _save(self, step: int) -> None:
        state: dict[str, Any] = {
            "step": step,
            "drawn": self.corpus.drawing.drawn,
            "losses": self.last_losses,
            "fingerprint": self.fingerprint,
        }
        save_checkpoint(self.folder, self.named, self.optimizer, state)

    def _update(self, step: int) -> float:
        torch.manual_seed((self.settings.seed << 32) + step)  # of dropout
        given, vectors = self.corpus.batch(step)
        device = next(iter(self.named.values())).device
        batch, labels = TorchBatch(given, device), torch.as_tensor(vectors, device=device)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.short):
            tokens = self.model.token_vectors(batch)
        logits = self.model.score(tokens, batch.lengths, labels)
        loss = open_loss(logits, batch, self.settings.token_loss)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self.named.values()), CLIP)
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learn_rate * self._rate(step)
        self.optimizer.step()
        return float(loss.detach())

    def _rate(self, step: int) -> float:
        """Up from 0 and down to it again, in straight lines."""
        part = (step + 1) / (self.corpus.steps + 1)
        return min(part / WARMUP, (1 - part) / (1 - WARMUP))
