"""The page of one run: what was tuned on what, and the losses."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ....evaluation.report.page import environment
from ....evaluation.report.svg import INK, LINE, inline_svg
from ....shown import shown
from ..losses import dev_losses, train_losses
from ..outcome import RoundResult, TuningReport
from ..settings import Settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (7.2, 3.5)  # inches
_SMOOTHED = 20  # windows over the losses of all updates


def page_of(report: TuningReport, scores: dict[str, Any], settings: Settings) -> str:
    """HTML that loads nothing else. scores: as in scores.json."""
    rounds = [
        {**said, "curve": Markup(loss_svg(one))}
        for said, one in zip(scores["rounds"], report.rounds, strict=True)
    ]
    template = environment(__package__).get_template("tuning.html.jinja")
    return shown(
        template.render(
            title=f"{report.folder.resolve().name}: {_short(settings.base)}, tuned",
            rounds=rounds,
            facts=list(_facts(report, settings)),
            rejects=Counter(one.reason for one in report.rejects).most_common(),
        )
    )


def _short(base: str) -> str:
    """The name of a file or folder, without its place; a hub name as it is."""
    return Path(base).name if Path(base).expanduser().exists() else base


def loss_svg(one: RoundResult) -> str:
    """Losses of updates, smoothed, and those of checks."""
    return inline_svg(partial(_draw, one), f"{one.name}: losses", _SIZE)


def _draw(one: RoundResult, axes: "Axes") -> None:
    steps, losses = zip(*train_losses(one.records), strict=True)
    width = max(1, len(losses) // _SMOOTHED)
    axes.plot(steps, losses, ".", color=INK, alpha=0.15, markersize=3)
    axes.plot(steps, _smoothed(losses, width), color=INK, alpha=0.6, label="updates, smoothed")
    if checks := dev_losses(one.records):
        axes.plot(*zip(*checks, strict=True), "o-", color=LINE, label="held-out rows")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("update")
    axes.set_ylabel("loss of an answer's token")
    axes.grid(axis="y", alpha=0.2, color=INK)
    axes.legend(frameon=False)


def _smoothed(values: Sequence[float], width: int) -> list[float]:
    """Means of each value and those before it."""
    parts = (values[max(0, at + 1 - width) : at + 1] for at in range(len(values)))
    return [sum(part) / len(part) for part in parts]


def _facts(report: TuningReport, settings: Settings) -> Iterator[tuple[str, str]]:
    for name, count in report.counts.items():
        yield name.replace("_", " "), f"{count:,} rows"
    for name, value in asdict(settings).items():
        if value not in ("", None):
            yield name.replace("_", " "), str(value)
