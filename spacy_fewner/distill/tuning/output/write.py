"""What a run leaves: the model, its card, scores, losses and the page."""

import json
from typing import Any

from ....data.files import atomic_copy, atomic_write, remove, together
from ....llm.tuned.card import TunedCard, write_card
from ..losses import FILE as LOSSES
from ..losses import dev_losses, train_losses
from ..outcome import RoundResult, TuningReport
from ..settings import Settings

_MODEL = ("*.safetensors", "*.safetensors.index.json", "adapter_config.json", "config.json")
SCORES, REJECTS, PAGE = "scores.json", "rejects.jsonl", "report.html"


def write_output(report: TuningReport, card: TunedCard, settings: Settings) -> None:
    """In place of a model that was there: of two, half would be of either."""
    from .page import page_of

    folder, scores = report.folder, scores_of(report)
    made = sorted(report.rounds[-1].folder.iterdir())
    stale = {file for pattern in _MODEL for file in folder.glob(pattern)}
    with together():
        for file in made:
            atomic_copy(file, folder / file.name)
        for file in sorted(stale - {folder / file.name for file in made}):
            remove(file)
        atomic_write(folder / SCORES, json.dumps(scores, indent=1).encode())
        atomic_write(folder / LOSSES, _losses(report.rounds))
        atomic_write(folder / REJECTS, _rejects(report))
        atomic_write(folder / PAGE, page_of(report, scores, settings).encode("utf8"))
        write_card(folder, card)


def scores_of(report: TuningReport) -> dict[str, Any]:
    return {"rows": report.counts, "rounds": [_round(one) for one in report.rounds]}


def _round(one: RoundResult) -> dict[str, Any]:
    checks, losses = dev_losses(one.records), train_losses(one.records)
    best = one.best
    return {
        "name": one.name,
        "updates": one.updates,
        "planned": one.planned,
        "tokens": one.tokens,
        "seconds": round(one.seconds, 1),
        "tokens_per_second": round(one.tokens / one.seconds, 1) if one.seconds else None,
        "train_loss": losses[-1][1] if losses else None,
        "dev_loss_before": checks[0][1] if checks else None,
        "dev_loss": best[1] if best else None,
        "dev_f1": one.f1,
        "best_update": best[0] if best else one.updates,
    }


def _losses(rounds: list[RoundResult]) -> bytes:
    lines = [
        json.dumps({"round": number, **record}) + "\n"
        for number, one in enumerate(rounds, start=1)
        for record in one.records
    ]
    return "".join(lines).encode()


def _rejects(report: TuningReport) -> bytes:
    lines = [
        json.dumps({"reason": one.reason, "detail": one.detail, "meta": one.meta}) + "\n"
        for one in report.rejects
    ]
    return "".join(lines).encode()
