"""What a run leaves: the model, its card, scores, losses and the page."""

import json
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from ...data.files import atomic_write, together
from ...llm.tuned.card import TunedCard, write_card
from .losses import FILE as LOSSES
from .losses import dev_losses, train_losses
from .settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from .outcome import RoundResult, TuningReport

SCORES, REJECTS, PAGE = "scores.json", "rejects.jsonl", "report.html"


def write_output(
    report: "TuningReport",
    card: TunedCard,
    tokenizer: "PreTrainedTokenizerBase",
    settings: Settings,
) -> None:
    """The card comes last: it is what says that a folder holds a tuned model."""
    from .page import page_of

    folder, scores = report.folder, scores_of(report)
    for file in sorted(report.rounds[-1].folder.iterdir()):
        copyfile(file, folder / file.name)
    tokenizer.save_pretrained(str(folder))
    with together():
        atomic_write(folder / SCORES, json.dumps(scores, indent=1).encode())
        atomic_write(folder / LOSSES, _losses(report.rounds))
        atomic_write(folder / REJECTS, _rejects(report))
        atomic_write(folder / PAGE, page_of(report, scores, settings).encode("utf8"))
        write_card(folder, card)


def scores_of(report: "TuningReport") -> dict[str, Any]:
    return {"rows": report.counts, "rounds": [_round(one) for one in report.rounds]}


def _round(one: "RoundResult") -> dict[str, Any]:
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
        "best_update": best[0] if best else one.updates,
    }


def _losses(rounds: "list[RoundResult]") -> bytes:
    lines = [
        json.dumps({"round": number, **record}) + "\n"
        for number, one in enumerate(rounds, start=1)
        for record in one.records
    ]
    return "".join(lines).encode()


def _rejects(report: "TuningReport") -> bytes:
    lines = [
        json.dumps({"reason": one.reason, "detail": one.detail, "meta": one.meta}) + "\n"
        for one in report.rejects
    ]
    return "".join(lines).encode()
