"""Writing the report: one HTML file, whole or not at all."""

from pathlib import Path

from ...data.files import atomic_write
from ...errors import FewnerError
from .contents import Report


def write_report(path: str | Path, report: Report) -> Path:
    """Write the page: one file that loads nothing else and appears whole or not at all.

    Errors: FewnerError if the path is a folder, or cannot be written.
    """
    from .page import render_page

    path = Path(path)
    if path.is_dir():
        raise FewnerError("path", "must be a file", str(path), f"Use {path / 'report.html'}.")
    # Lone surrogates, which UTF-8 cannot hold, become character references.
    content = render_page(report).encode("utf-8", errors="xmlcharrefreplace")
    atomic_write(path, content)
    return path
