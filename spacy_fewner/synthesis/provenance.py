"""Where a sample comes from: ids, parents, and the steps that made it."""

import hashlib
from typing import Any

from ..types import Sample

_STEP = ("stage", "prompt", "calls", "parents")
_ID_DIGITS = 16


def text_id(text: str) -> str:
    """The first digits of the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS]


def sample_id(sample: Sample) -> str:
    """Its `meta["id"]`, else an id made of its text."""
    return str(sample.meta.get("id") or text_id(sample.text))


def inherited(sample: Sample) -> dict[str, Any]:
    """Meta for the same text with other annotation: what made it so far moves to "earlier".

    "earlier" lists the steps before the last, the first one first.
    """
    meta = {key: value for key, value in sample.meta.items() if key not in _STEP}
    step = {key: sample.meta[key] for key in _STEP if key in sample.meta}
    if step:
        meta["earlier"] = [*sample.meta.get("earlier", ()), step]
    return meta


def origin(sample: Sample) -> str:
    """The stage that wrote the text; "gold" for one that no stage did."""
    return str(next((step["stage"] for step in steps(sample) if "stage" in step), "gold"))


def ancestors(sample: Sample) -> set[str]:
    """Ids of all that the sample was made of, by whatever step."""
    return {str(parent) for step in steps(sample) for parent in step.get("parents", ())}


def went_through(sample: Sample, stage: str) -> bool:
    """Whether a stage of this name made the sample what it is."""
    return any(step.get("stage") == stage for step in steps(sample))


def steps(sample: Sample) -> list[dict[str, Any]]:
    """What made the sample, the first step first."""
    return [*sample.meta.get("earlier", ()), sample.meta]
