"""One pipeline trained on all the examples, with nothing held out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ...corpus.checking.sample_checks import is_nested
from ...data.edge_space import without_edge_space
from ...data.given import as_samples
from ...progress import counting, progress_shown
from ...types import Sample
from ..folder import free_folder, whole_folder
from .examples import audited
from .settings import FitSettings

if TYPE_CHECKING:
    from spacy.language import Language
    from thinc.api import Config

    from ...data import AuditReport

ConfigOf: TypeAlias = "Callable[[int, bool], Config]"


def train_one(
    samples: Sequence[Sample],
    out: str | Path,
    settings: FitSettings,
    config_of: ConfigOf,
    *,
    finish: "Callable[[Language], None] | None" = None,
    labels: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: bool = True,
) -> "AuditReport":
    """Audit the samples, train on them and write the pipeline; the audit.

    config_of: number of samples, whether spans may nest -> training config. finish: what is done
        with the trained pipeline before it is written. labels: the scheme.
    Raises FewnerError for what cannot be trained with; `out` appears whole or not at all.
    """
    from .training import train_pipeline, use_device

    out, samples = free_folder(out, overwrite), as_samples(samples, "samples")
    size = len(samples)
    nested = is_nested(samples) if settings.nested is None else settings.nested
    how = settings.blank_pipeline(), settings.alignment, settings.classes
    report = audited(samples, [], labels, nested, *how)
    samples = without_edge_space(samples)
    use_device(settings.gpu_id)
    with (
        whole_folder(out) as folder,
        progress_shown(progress),
        counting(settings.steps(size), "updates") as count,
    ):
        count.begin("Training")
        nlp = train_pipeline(config_of(size, nested), samples, count.step)
        if finish is not None:
            finish(nlp)
        nlp.to_disk(folder)
    return report
