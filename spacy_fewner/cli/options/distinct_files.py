"""Files that a command reads and those that it writes are different ones."""

from pathlib import Path

from ...errors import FewnerError

_REMEDY = "Name another file to write."


def check_written(out: Path, journal: Path | None, *read: str | Path | None) -> None:
    """Raise FewnerError if OUT, its rejects or the journal are a file that is read, or each other.

    read: options too that may name a file."""
    check_apart(out, out.with_suffix(".rejects.jsonl"), journal)
    written = {path.resolve() for path in (out, out.with_suffix(".rejects.jsonl"))}
    for one in read:
        if one is not None and Path(one).resolve() in written:
            raise FewnerError("files", "must be different ones", str(one), _REMEDY)


def check_apart(*paths: Path | None) -> None:
    """Raise FewnerError if two of them, but for None, are the same file."""
    given = [path for path in paths if path is not None]
    if len({path.resolve() for path in given}) < len(given):
        shown = ", ".join(map(str, given))
        raise FewnerError("files", "must be different ones", shown, _REMEDY)
