"""Files that a command reads and those that it writes are different ones."""

from pathlib import Path

from ...errors import FewnerError


def check_apart(*paths: Path | None) -> None:
    """Raise FewnerError if two of them, but for None, are the same file."""
    given = [path for path in paths if path is not None]
    if len({path.resolve() for path in given}) < len(given):
        shown = ", ".join(map(str, given))
        raise FewnerError("files", "must be different ones", shown, "Name another file to write.")
