"""One pipeline trained on all the examples, with nothing held out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ...corpus.checking.sample_checks import is_nested
from ...types import Sample
from ..folder import free_folder, whole_folder
from .examples import audited
from .settings import FitSettings

if TYPE_CHECKING:
    from thinc.api import Config

    from ...data import AuditReport

ConfigOf: TypeAlias = "Callable[[int, bool], Config]"


def train_one(
    samples: Sequence[Sample],
    out: str | Path,
    settings: FitSettings,
    config_of: ConfigOf,
    *,
    labels: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: bool = True,
) -> "AuditReport":
    """Audit the samples, train on them and write the pipeline; the audit.

    config_of: number of samples, whether spans may nest -> training config. labels: the scheme.
    Raises FewnerError for what cannot be trained with; `out` appears whole or not at all.
    """
    from .training import progress_bar, train_pipeline, use_device

    out, size = free_folder(out, overwrite), len(samples)
    nested = is_nested(samples) if settings.nested is None else settings.nested
    report = audited(samples, [], labels, nested, settings.lang, settings.alignment)
    use_device(settings.gpu_id)
    with whole_folder(out) as folder, progress_bar(settings.steps(size), progress) as on_step:
        train_pipeline(config_of(size, nested), samples, on_step).to_disk(folder)
    return report
