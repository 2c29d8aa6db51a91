"""Running commands in this process, and small files for them."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from server import Server
from typer.testing import CliRunner

from spacy_fewner.cli.app import app

ORGAN = Path(__file__).parents[2] / "assets" / "organ"
TINY = ("--encoder", "cnn", "--epochs", "1", "--min-steps", "2")
ASKED = ("--llm", "stand-in", "--llm-key-env", "")  # a server that wants no key
RECORDS = [
    {"text": "Ada met Bo in Rome", "spans": [(0, 3, "PER"), (8, 10, "PER"), (14, 18, "LOC")]},
    {"text": "Cy left Oslo", "spans": [(0, 2, "PER"), (8, 12, "LOC")]},
    {"text": "Di saw Lima", "spans": [(0, 2, "PER"), (7, 11, "LOC")]},
    {"text": "Nobody went", "spans": []},
]

Run = Callable[..., Result]


def run_command(*args: object) -> Result:
    """Run a command; what it raises, but for exits, is raised here."""
    return CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)


def asking(server: Server) -> list[str]:
    """Options of a command that is to ask this server."""
    return [*ASKED, "--llm-url", server.url]


def write_records(path: Path, records: list[dict]) -> Path:
    lines = [
        json.dumps({"text": r["text"], "spans": [_span(*span) for span in r["spans"]]})
        for r in records
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf8")
    return path


def _span(start: int, end: int, label: str) -> dict:
    return {"start": start, "end": end, "label": label}


def tree(folder: Path) -> set[str]:
    """Everything in a folder, hidden files included."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
