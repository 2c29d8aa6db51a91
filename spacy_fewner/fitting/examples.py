"""The examples that training is given: read, and checked before anything is trained."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import Alignment, AuditReport, audit, read_samples
from ..errors import FewnerError
from ..types import LabelSpec, Sample, Schema

if TYPE_CHECKING:
    from spacy.language import Language


def load_samples(
    source: str | Path | Sequence[Sample] | None, name: str, spans_key: str = "sc"
) -> list[Sample]:
    """The samples of a file or a list, none of None; FewnerError if there are none.

    spans_key: which spans of a DocBin to read.
    """
    if source is None:
        return []
    if isinstance(source, (str, Path)):
        return read_samples(source, spans_key=spans_key)
    samples = list(source)
    if not samples:
        raise FewnerError(name, "must hold at least one example", "nothing", "Annotate some text.")
    return samples


def is_nested(samples: Sequence[Sample]) -> bool:
    """Whether any two spans share a character."""
    return any(
        earlier.end > later.start
        for sample in samples
        for earlier, later in pairwise(sorted(sample.spans))
    )


def audited(
    samples: Sequence[Sample],
    dev: Sequence[Sample],
    labels: Sequence[str] | None,
    nested: bool,
    lang: str,
    alignment: Alignment = "strict",
) -> AuditReport:
    """The audit of `samples`; FewnerError if they, or the dev samples, cannot be trained with.

    labels: the label scheme; without it, what the samples hold, which must be two or more.
    alignment: "strict" makes a span with an edge inside a token an error; the others move it.
    """
    schema = Schema(tuple(map(LabelSpec, labels))) if labels else Schema.from_samples(samples)
    nlp = blank_pipeline(lang)
    against = {"dev": dev} if dev else None
    flat = not nested
    report = audit(samples, nlp, labels=schema, flat=flat, against=against, alignment=alignment)
    fatal = ["single label"] if len(schema) < 2 and labels is None else []
    report.raise_on_errors(also=[*fatal, "misaligned"] if alignment == "strict" else fatal)
    if dev:
        audit(
            dev, nlp, labels=schema, flat=flat, min_count=1, alignment=alignment
        ).raise_on_errors()
    return report


def blank_pipeline(lang: str) -> "Language":
    """A tokenizer of the language; FewnerError if spaCy has none."""
    import spacy

    try:
        return spacy.blank(lang)
    except ImportError as err:
        raise FewnerError(
            "lang",
            "must be the code of a language that spaCy can tokenize here",
            f"{lang} ({str(err).splitlines()[0]})",
            "Use for instance en, de or xx, or install what the language needs.",
        ) from err
