"""What synthesis kept and turned away, in files."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ..data.docs import SPANS_KEY
from ..data.files import atomic_write, together
from ..data.read import write_samples
from ..errors import FewnerError
from ..types import Reject
from .checking.clean import Cleaned
from .synthesize import Stopped


def write_kept(cleaned: Cleaned, samples: Path, rejects: Path, spans_key: str = SPANS_KEY) -> None:
    """Samples as any examples, rejects one JSON object a line.

    Raises FewnerError, with the rejects written, if there is no sample.
    """
    with together():
        write_rejects(cleaned.rejects, rejects)
        if cleaned.samples:
            write_samples(cleaned.samples, samples, spans_key=spans_key)
    check_kept(cleaned, rejects)


@contextmanager
def rejects_kept(rejects: Path) -> Iterator[None]:
    """Where synthesis ends early inside, what was rejected until then is written all the same."""
    try:
        yield
    except Stopped as err:
        if err.cleaned.rejects:
            write_rejects(err.cleaned.rejects, rejects)
        raise


def write_rejects(rejects: Iterable[Reject], path: Path) -> None:
    lines = [json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in rejects]
    # Half a surrogate pair, a reason to reject, becomes its JSON escape.
    atomic_write(path, "".join(lines).encode("utf8", "backslashreplace"))


def check_kept(cleaned: Cleaned, rejects: Path | None = None, what: str = "synthetic text") -> None:
    """Raise FewnerError if nothing was kept; rejects: where they were written. what: they are."""
    if cleaned.samples:
        return
    where = f"See their reasons in {rejects}" if rejects else "What was rejected by which step"
    raise FewnerError(
        what,
        "must keep at least one text",
        f"{len(cleaned.rejects)} rejects",
        f"{where}:\n{cleaned.ledger.to_text()}",
    )
