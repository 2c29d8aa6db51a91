"""What `discover` leaves to a person: the review file, and the annotations that will follow it."""

from collections.abc import Iterable
from pathlib import Path

from ..data.files import atomic_write, together
from ..data.formats.jsonl import write_jsonl
from ..errors import FewnerError
from ..llm.client import Client
from ..synthesis.retrieval.embed import Embed
from ..types import Sample
from .found_types import Types
from .merging.discover_types import discover_types
from .review.write import review_text

REVIEW = "review.yaml"
RESOLVED = "resolved.jsonl"  # the samples with labels that mean one thing each


def write_review(
    folder: str | Path,
    samples: Iterable[Sample],
    embed: Embed,
    client: Client | None = None,
    *,
    overwrite: bool = False,
    language: str = "en",
) -> Types:
    """Write `review.yaml` and `resolved.jsonl` into a folder, both or none.

    samples, embed, client, language: see `discover_types`.
    overwrite: a review that is there and says something else.
    Raises FewnerError, with nothing written, for such a review without it: a person may have edited
    it.
    """
    folder = Path(folder)
    types = discover_types(samples, embed, client, language)
    text = review_text(types).encode("utf-8")
    check_unedited(folder, text, overwrite)
    with together():
        write_jsonl(types.samples, folder / RESOLVED)
        atomic_write(folder / REVIEW, text)
    return types


def check_unedited(folder: Path, text: bytes, overwrite: bool) -> None:
    """Raise FewnerError if there is a review that is not this one."""
    file = folder / REVIEW
    if overwrite or not file.is_file() or file.read_bytes() == text:
        return
    remedy = "Move it away, name another folder, or overwrite it with --overwrite; replies are in "
    remedy += "the journal and cost nothing."
    raise FewnerError("folder", "must not hold a review that differs", str(file), remedy)
