"""What the trainer tells while it trains: losses to the disk, progress to the user."""

from time import monotonic
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from ...progress import Count
from .losses import Losses

if TYPE_CHECKING:
    from .trainer import AnswerTrainer


class Recorder(TrainerCallback):
    """checked: whether there are dev rows."""

    def __init__(self, losses: Losses, count: Count, checked: bool):
        self._losses, self._count, self._checked = losses, count, checked
        self._trainer: AnswerTrainer | None = None
        self._since = monotonic()

    def begin(self, trainer: "AnswerTrainer", step: int, resumed: bool) -> None:
        """Before training, from the state after so many updates."""
        self._trainer = trainer
        if step:
            self._count.resume(step)
        if self._checked and not resumed:
            self._add_check(0, trainer.dev_loss())
        self._since = monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        assert self._trainer
        last, now = self._trainer.last, monotonic()
        self._losses.add(
            step=state.global_step,
            loss=round(last.loss, 6),
            learn_rate=last.learn_rate,
            tokens=last.tokens,
            seconds=round(now - self._since, 3),
        )
        self._since = now
        self._count.step()
        if self._checked and state.global_step >= state.max_steps:
            control.should_evaluate = True  # the last updates want their check too
        return control

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Any = None, **_: Any
    ) -> None:
        self._add_check(state.global_step, metrics["eval_loss"])

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._since = monotonic()

    def _add_check(self, step: int, loss: float) -> None:
        self._losses.add(step=step, dev_loss=round(loss, 6))
        self._count.note(f"dev loss {loss:.3f}")
        self._since = monotonic()
