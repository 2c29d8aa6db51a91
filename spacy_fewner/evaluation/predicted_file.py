"""Spans that stand in a file of annotated text, as what was predicted for others."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..data import read_samples
from ..errors import FewnerError, FewnerWarning
from ..types import CharSpan, Sample


def spans_in_file(
    path: str | Path, samples: Sequence[Sample], spans_key: str, **how: Any
) -> list[Sequence[CharSpan]]:
    """For each sample the spans that its text has in the file; none, with a warning, for a text
    that the file lacks, as one that a language model gave no usable answer for.

    how: to read the file, as of read_samples.
    Raises FewnerError where the file has none of the texts.
    """
    known = {one.text: one.targets for one in read_samples(path, spans_key=spans_key, **how)}
    missing = [one.text for one in samples if one.text not in known]
    if len(missing) == len(samples):
        rule, remedy = "must have the texts of GOLD", "Annotate those, or give a pipeline."
        raise FewnerError("MODEL", rule, f"{path}, which has none", remedy)
    if missing:
        said = f"{len(missing)} of {len(samples)} texts are not in {path}: they count as without "
        warnings.warn(f"{said}spans, such as {missing[0][:60]!r}.", FewnerWarning, stacklevel=2)
    return [known.get(one.text, ()) for one in samples]
